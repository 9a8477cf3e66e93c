"""Where the objects of the archive lie: the storage root that is written to, and a second store of the same objects."""

from __future__ import annotations

from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings

from haihe.archive.domain import layout
from haihe.archive.domain.ocfl.errors import NoSuchObject
from haihe.archive.domain.ocfl.store import Store
from haihe.archive.domain.shelf import Shelf

__all__ = ["LOCAL", "SECOND", "NoSuchObject", "identifier", "local", "open_content", "place", "remove", "second"]

LOCAL, SECOND = "disk", "second"
_IN_MEMORY = 8 << 20  # bytes


def local() -> Store:
    """The storage root below the home folder. Raises StoreUnusable, NotStored."""
    return _opened(str(layout.root() / "ocfl"))


@lru_cache(maxsize=4)
def _opened(root: str) -> Store:
    return Store(root)


def second() -> Shelf | None:
    """The store of `second_store`; None where there is none. Raises ShelfUnknown."""
    return _shelf(settings.SECOND_STORE) if settings.SECOND_STORE else None


@lru_cache(maxsize=4)
def _shelf(address: str) -> Shelf:
    return Shelf(address)


def identifier(item: UUID | str) -> str:
    return f"urn:uuid:{item}"


def place(item: UUID | str) -> str:
    """An object's folder below the root of any store."""
    return local().layout.path(identifier(item))


def remove(item: UUID | str) -> None:
    """Take an object out of every store, for ever. Raises NotStored, ShelfFailing."""
    shelf = second()
    if shelf is not None:
        shelf.remove_object(place(item))
    local().remove(identifier(item))


def open_content(item: UUID | str, content: str) -> BinaryIO:
    """A file of an object by its content path; of the second store where the first has lost it.

    Raises FileNotFoundError, OSError, ShelfFailing.
    """
    try:
        return open(f"{local().path(identifier(item))}/{content}", "rb")
    except OSError:
        shelf = second()
        if shelf is None:
            raise
        fetched = cast(BinaryIO, SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115  the caller closes it
        shelf.get(f"{place(item)}/{content}", fetched)
        fetched.seek(0)
        return fetched
