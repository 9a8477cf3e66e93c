"""Whether a copy is sound: the validator finds no fault in the object, and its inventory is the one in the catalogue,
so that a whole object put in place of another is found, too."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from haihe.archive.domain import stores
from haihe.archive.domain.ocfl import platter
from haihe.archive.domain.ocfl.objects import validate_object
from haihe.archive.domain.shelf import Shelf, ShelfFailing
from haihe.archive.models import Copy, Item

MISSING = "The object is not there."


@dataclass(frozen=True, slots=True)
class Examined:
    """What was read of one copy: a fault that it shows by itself, bytes, and the digest of its inventory."""

    fault: str
    bytes: int
    inventory: str = ""


def look_at(copy: Copy) -> tuple[str, int]:
    """What is wrong with a copy, empty for nothing, and how many bytes were read. Raises ShelfFailing."""
    found = examine(copy.store, copy.item_id)
    return compare(copy.item, copy.head, found), found.bytes


def soon(store: str, item: UUID) -> None:
    """Say that a copy is read next, so that a disk of our own fetches it meanwhile."""
    if store == stores.LOCAL:
        platter.soon(stores.local().path(stores.identifier(item)))


def examine(store: str, item: UUID) -> Examined:
    """Read a copy from end to end; asks no database, so that threads may do it. Raises ShelfFailing."""
    with laid_out(store, item) as folder:
        return _examined(folder)


@contextmanager
def sound_copy(item: Item, head: int, *, but: str = "") -> Iterator[str | None]:
    """A folder with the object as it should be, from the first store that has it so; None where none has.

    but    a store that is not asked

    Raises ShelfFailing where a store is away and no other has it.
    """
    away: ShelfFailing | None = None
    for copy in sorted(Copy.objects.filter(item=item, head=head).exclude(store=but), key=_nearest):
        try:
            with laid_out(copy.store, item.pk) as folder:
                if not judge(folder, item, head):
                    yield folder
                    return
        except ShelfFailing as error:
            away = error
    if away is not None:
        raise away
    yield None


def _nearest(copy: Copy) -> int:
    return [stores.LOCAL, stores.MAIN, stores.SECOND].index(copy.store)


def _shelf_of(store: str) -> Shelf:
    shelf = stores.shelves().get(store)
    if shelf is None:
        raise ShelfFailing("There is no store of this name now.", thing=store)
    return shelf


@contextmanager
def laid_out(store: str, item: UUID) -> Iterator[str]:
    """A store's object on this disk; a name without a folder where it has none. Raises ShelfFailing."""
    if store == stores.LOCAL:
        yield stores.local().path(stores.identifier(item))
        return
    shelf = _shelf_of(store)
    with tempfile.TemporaryDirectory(prefix="look-", dir=stores.room()) as room:
        folder = Path(room) / "object"
        try:
            shelf.get_object(stores.place(item), folder)
        except FileNotFoundError:
            folder = Path(room) / "none"
        yield str(folder)


def judge(path: str, item: Item, head: int) -> str:
    """What is wrong with the object in a folder that is to become another copy: the newest version, or none."""
    found = _examined(path)
    known = Item.objects.filter(pk=item.pk).values_list("head", "inventory").first()
    if known is None or known[0] != head:
        return "A newer version came meanwhile."  # what it is compared with says nothing of this one
    return compare_with(known, head, found)


def _examined(path: str) -> Examined:
    if not os.path.isdir(path):
        return Examined(MISSING, 0)
    report = validate_object(path, quick=True)  # sha256 where it is known, else sha512; the other says nothing more
    first = next(iter([*report.findings.errors, *report.findings.unreadable]), None)
    if first is not None:
        return Examined(f"{first.code} {first.path}: {first.message}".strip(), report.bytes)
    if report.odd:  # a letter of a digest in the other case is right for the specification, and a bit that has flipped
        return Examined(f"E061 {report.odd}: The file is not as the archive writes it.", report.bytes)
    return Examined("", report.bytes, report.inventory)


def compare(item: Item, head: int, found: Examined) -> str:
    """What is wrong with a copy that was read, now that the catalogue is asked too."""
    known = Item.objects.filter(pk=item.pk).values_list("head", "inventory").first()
    return compare_with(known, head, found)


def compare_with(known: tuple[int, str] | None, head: int, found: Examined) -> str:
    """The same, where the catalogue was asked already for the newest version's number and inventory."""
    if found.fault:
        return found.fault
    if known is None or known[0] != head:
        return ""  # a newer version came while this was read
    return "" if found.inventory == known[1] else "It is another object than the one in the catalogue."
