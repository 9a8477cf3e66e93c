"""A home of the tests' own, made before anything reads the settings.

Named by `-p` in pyproject.toml, for pytest-django reads them before it comes to any conftest.py. A city whose home
stands in the environment is none of the tests' business.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

for name in [name for name in os.environ if name.startswith("HAIHE_")]:
    if name not in ("HAIHE_INNER", "HAIHE_TEST_DATA", "HAIHE_CHROMIUM"):
        del os.environ[name]
os.environ["HAIHE_HOME"] = tempfile.mkdtemp(prefix="haihe-test-")
atexit.register(shutil.rmtree, os.environ["HAIHE_HOME"], ignore_errors=True)
