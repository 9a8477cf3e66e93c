"""Memory for large buffers, in large pages where the system has them."""

from __future__ import annotations

import mmap
from contextlib import suppress


def large_pages(size: int) -> mmap.mmap:
    """`size` bytes of this process alone, given by the system as they are written to; a page shared with others would
    rarely be a large one."""
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a kernel without large pages
            pages.madvise(mmap.MADV_HUGEPAGE)
    return pages
