"""Where the baked tree lies."""

from __future__ import annotations

import threading
from pathlib import Path

from django.conf import settings

from haihe.base.edge import tree

_open: dict[Path, tree.Generation] = {}
_lock = threading.Lock()


def baked_root() -> Path:
    """`baked` in the home folder, or the Django setting HAIHE_BAKED_ROOT."""
    return Path(getattr(settings, "HAIHE_BAKED_ROOT", None) or Path(settings.HOME) / "baked")


def tell_readers() -> None:
    """Every edge looks again at what it holds in memory."""
    root = baked_root()
    with _lock:
        generation = _open.get(root)
        if generation is None or generation.replaced():
            generation = _open[root] = tree.Generation(root)
        generation.advance()  # the file lock keeps processes apart, this one threads
