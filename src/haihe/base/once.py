"""What many pages that are made one after another have in common is read once, while whoever makes them says so.

Outside `keeping` nothing is kept and every call reads anew; so a request always shows what is there now.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("haihe_once", default=None)


def once(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives; within `keeping` the same object for the same key. It must not be changed by its takers, but
    for a collection that is filled under this key alone."""
    kept = _kept.get()
    if kept is None:
        return make()
    if key not in kept:
        kept[key] = make()
    return kept[key]  # type: ignore[no-any-return]


@contextmanager
def keeping(kept: dict[Hashable, Any] | None = None) -> Iterator[None]:
    """Keep within the block, in `kept` where it is given; inside another block that one's memory goes on."""
    if kept is None and _kept.get() is not None:
        yield
        return
    token = _kept.set({} if kept is None else kept)
    try:
        yield
    finally:
        _kept.reset(token)
