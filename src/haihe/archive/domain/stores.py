"""Where the objects of the archive lie. Every object is written on the disk of the home; from there

- it stays, the storage root being `archive/ocfl` of the home, or the folder that `archive/root` leads to, or
- it goes on to the *main* store, a bucket, if the archive was moved there (`haihe archive move`), and
- a copy of it goes to the *second* store, where `second_store` names one.

Everywhere the same files lie under the same names.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings

from haihe.archive.domain import layout
from haihe.archive.domain.ocfl.errors import NoSuchObject
from haihe.archive.domain.ocfl.store import Store
from haihe.archive.domain.shelf import DECLARATION, INVENTORIES, Shelf

__all__ = [
    "LOCAL", "MAIN", "SECOND", "NoSuchObject", "carrying", "described", "identifier", "local", "main", "open_content",
    "place", "remove", "room", "second", "set_main", "shelves",
]  # fmt: skip

LOCAL, MAIN, SECOND = "disk", "main", "second"
_IN_MEMORY = 8 << 20  # bytes


def local() -> Store:
    """The storage root that is written to. Raises StoreUnusable, NotStored."""
    return _opened(str(root_folder()))


def root_folder() -> Path:
    """Its folder, on whichever disk: `archive/root` leads to one that `haihe archive move` moved to."""
    moved = layout.root() / "root"
    return Path(os.path.realpath(moved)) if moved.is_symlink() else layout.root() / "ocfl"


@lru_cache(maxsize=4)
def _opened(root: str) -> Store:
    return Store(root)


def second() -> Shelf | None:
    """The store of `second_store`; None where there is none. Raises ShelfUnknown."""
    return _shelf(settings.SECOND_STORE) if settings.SECOND_STORE else None


def main() -> Shelf | None:
    """The bucket that the archive was moved to; None where its objects stay on the disk. Raises ShelfUnknown."""
    try:
        said = json.loads(_main_file().read_bytes())
    except FileNotFoundError:
        return None
    return _shelf(said["address"])


def set_main(address: str) -> None:
    """Have objects go on to a bucket from now on; empty: have them stay. Raises OSError."""
    if not address:
        _main_file().unlink(missing_ok=True)
    elif main() is None or main() is not _shelf(address):
        arriving = _main_file().with_suffix(".arriving")
        arriving.parent.mkdir(parents=True, exist_ok=True)
        arriving.write_text(json.dumps({"address": address}) + "\n")
        arriving.replace(_main_file())
    layout.sync_folder(_main_file().parent)


def _main_file() -> Path:
    return layout.root() / "main.json"


@lru_cache(maxsize=4)
def _shelf(address: str) -> Shelf:
    return Shelf(address)


def shelves() -> dict[str, Shelf]:
    """The stores beside the disk, by name, the one asked first in front. Raises ShelfUnknown."""
    return {name: shelf for name, shelf in ((MAIN, main()), (SECOND, second())) if shelf is not None}


def identifier(item: UUID | str) -> str:
    return f"urn:uuid:{item}"


def place(item: UUID | str) -> str:
    """An object's folder below the root of any store."""
    return local().layout.path(identifier(item))


def remove(item: UUID | str) -> None:
    """Take an object out of every store, for ever. Raises NotStored, ShelfFailing."""
    with carrying():
        for shelf in shelves().values():
            shelf.remove_object(place(item))
    local().remove(identifier(item))


def open_content(item: UUID | str, content: str) -> BinaryIO:
    """A file of an object by its content path; of another store where the disk has not, or no longer, got it.

    Raises FileNotFoundError, OSError, ShelfFailing.
    """
    try:
        return open(f"{local().path(identifier(item))}/{content}", "rb")
    except OSError as error:
        missing: Exception = error
    for shelf in shelves().values():
        fetched = cast(BinaryIO, SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115  the caller closes it
        try:
            shelf.get(f"{place(item)}/{content}", fetched)
        except Exception as error:
            missing = error if isinstance(missing, FileNotFoundError) else missing
            fetched.close()
            continue
        fetched.seek(0)
        return fetched
    raise missing


@contextmanager
def described(item: UUID | str) -> Iterator[str]:
    """A folder with at least the declaration and the newest inventory of an object, wherever it lies.

    Raises NoSuchObject, ShelfFailing.
    """
    here = local().path(identifier(item))
    others = {} if os.path.isdir(here) else shelves()
    for shelf in others.values():
        with tempfile.TemporaryDirectory(prefix="look-", dir=room()) as folder:
            try:
                for name in (DECLARATION, *INVENTORIES):
                    with open(f"{folder}/{name}", "xb") as out:
                        shelf.get(f"{place(item)}/{name}", out)
            except FileNotFoundError:
                continue
            yield folder
            return
    yield here


@contextmanager
def carrying() -> Iterator[None]:
    """Held by whoever writes to a store beside the disk: one object at a time, by one process. Who holds the chain of
    events may wait for it, never the other way round. Raises StoreFull, StoreFailing."""
    with layout.disk_faults():
        layout.root().mkdir(parents=True, exist_ok=True)
        lock = (layout.root() / "carrying.lock").open("ab")
    with lock:
        with layout.disk_faults():
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def arriving() -> Iterator[str]:
    """A name for an object on its way into the storage root, on the same disk; what is left of it goes."""
    name = f"{local().staging}/heal-{secrets.token_hex(8)}"
    try:
        yield name
    finally:
        shutil.rmtree(name, ignore_errors=True)


def room() -> Path:
    """Where objects of other stores are laid out to be looked at."""
    folder = Path(settings.HOME) / "archive" / "looking"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
