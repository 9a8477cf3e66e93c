"""Which keys a page depends on, gathered while its view runs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from haihe.base.once import once

T = TypeVar("T")
_keys: ContextVar[set[str] | None] = ContextVar("haihe_baking_keys", default=None)


def depends_on(*keys: str) -> None:
    """Say what the page being made shows: "publication:<id>", "section:<slug>", "topic:<slug>",
    "organisation:<slug>", "kind:<kind>", "releases" (any of them), or keys of your own. Outside a baked view nothing
    happens. Keys are at most 200 characters. Raises ValueError for a longer or an empty one."""
    for key in keys:
        if not key or len(key) > 200:
            raise ValueError(f"not a key: {key[:50]!r}")
    collected = _keys.get()
    if collected is not None:
        collected.update(keys)


@contextmanager
def collecting() -> Iterator[set[str]]:
    """A set that `depends_on` fills within the block."""
    keys: set[str] = set()
    token = _keys.set(keys)
    try:
        yield keys
    finally:
        _keys.reset(token)


def shared(key: Hashable, make: Callable[[], T]) -> T:
    """`once` for what pages show of the database: every page that takes it depends on what `make` depends on."""

    def made() -> tuple[T, set[str]]:
        with collecting() as keys:
            return make(), keys

    value, keys = once(key, made)
    depends_on(*keys)
    return value
