"""Where the objects of the archive lie: the storage root that is written to."""

from __future__ import annotations

from functools import lru_cache
from typing import BinaryIO
from uuid import UUID

from haihe.archive.domain import layout
from haihe.archive.domain.ocfl.errors import NoSuchObject
from haihe.archive.domain.ocfl.store import Store

__all__ = ["NoSuchObject", "bring_home", "identifier", "local", "open_content", "remove"]

LOCAL = "disk"  # the name of the store that is written to first


def local() -> Store:
    """The storage root below the home folder. Raises StoreUnusable, NotStored."""
    return _opened(str(layout.root() / "ocfl"))


@lru_cache(maxsize=4)
def _opened(root: str) -> Store:
    return Store(root)


def identifier(item: UUID | str) -> str:
    return f"urn:uuid:{item}"


def bring_home(item: object) -> None:
    """Have an object in the store that is written to."""


def remove(item: UUID | str) -> None:
    """Take an object out of every store, for ever. Raises NotStored."""
    local().remove(identifier(item))


def open_content(item: UUID | str, content: str) -> BinaryIO:
    """A file of an object by its content path. Raises FileNotFoundError, OSError."""
    return open(f"{local().path(identifier(item))}/{content}", "rb")
