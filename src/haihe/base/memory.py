"""Memory that a process has freed, given back to the system.

glibc keeps what was freed, in as many arenas as there are threads: a process stays as large as its largest job, and a
city has many processes. Elsewhere than on glibc nothing is done here.
"""

from __future__ import annotations

import ctypes
import gc
import time
from collections.abc import Callable

_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 2


def _of_libc(name: str) -> Callable[..., int] | None:
    try:
        return getattr(ctypes.CDLL("libc.so.6"), name)  # type: ignore[no-any-return]
    except (OSError, AttributeError):
        return None


_mallopt, _malloc_trim = _of_libc("mallopt"), _of_libc("malloc_trim")


def few_arenas() -> None:
    """Let the threads of this process, and of its forks, share two arenas. To be called before there are threads."""
    if _mallopt is not None:
        _mallopt(_M_ARENA_MAX, _ARENAS)


class GivingBack:
    """Gives memory back when a process rests after work, at most once in so many seconds: it takes milliseconds."""

    def __init__(self, seconds: float = 5.0) -> None:
        self._seconds = seconds
        self._next = 0.0
        self._worked = False

    def worked(self) -> None:
        self._worked = True

    def rest(self) -> None:
        now = time.monotonic()
        if _malloc_trim is None or not self._worked or now < self._next:
            return
        self._worked, self._next = False, now + self._seconds
        gc.collect()
        _malloc_trim(ctypes.c_size_t(0))
