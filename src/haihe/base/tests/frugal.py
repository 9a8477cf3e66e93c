"""What takes processor time from every test and gives it nothing, named by `-p` in pyproject.toml.

Linear algebra's threads spin for a tenth of a second in each process that a test starts; two test processes have the
processors busy anyway. The collector of cycles looks at all of Django again and again: 6% of a room's tests.
"""

from __future__ import annotations

import gc
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
gc.set_threshold(50_000, 50, 50)
