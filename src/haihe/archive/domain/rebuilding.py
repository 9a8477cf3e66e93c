"""The catalogue made again from nothing but the objects, wherever they lie."""

from __future__ import annotations

import gc
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from haihe.archive.domain import cataloguing, chain, packing, stores
from haihe.archive.domain.ocfl.batch import newest_inventory
from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.folders import listed
from haihe.archive.domain.ocfl.roots import object_folders
from haihe.archive.domain.shelf import DECLARATION, INVENTORIES, Shelf, ShelfFailing
from haihe.base.errors import HaiheError

PARALLEL = 8  # objects asked of a bucket at the same time
PART, AT_ONCE = 100, 10  # objects handed to a process at a time; parts of one transaction

Read = packing.Kept | str  # a str says why an object could not be read


@dataclass(slots=True)
class Rebuilt:
    """How it went. `left` names objects that say nothing of themselves that can be trusted, and why."""

    objects: int = 0
    events: int = 0
    left: list[str] = field(default_factory=list)


def rebuild(*, jobs: int = os.cpu_count() or 1, progress: Callable[[int], None] = lambda count: None) -> Rebuilt:
    """Read every object, its inventory checked, and make all rows and search entries; may be repeated.

    What lies on the disk is read there, what lies only in another store from that one. Rows that are there already
    become as the objects say; nothing is removed. Raises ShelfFailing, and ChainBroken where the chain of events, read
    from its beginning, does not hold.
    """
    store, done = stores.local(), Rebuilt()
    with chain.held(), _rarely_collected():
        directory = cataloguing.Directory()
        findings = Findings()
        folders = (place for place, _folder in object_folders(store.root, listed(store.root), findings))
        seen: set[str] = set()
        for read in _gathered(_read_all(store.root, folders, jobs), done, seen):
            done.objects += len(cataloguing.catalogue(read, directory))
            progress(done.objects)
        for name, shelf in stores.shelves().items():
            for read in _gathered(_read_away(shelf, seen), done, seen):
                done.objects += len(cataloguing.catalogue(read, directory, store=name))
                progress(done.objects)
        done.left += [f"{one.path}: {one.message}" for one in findings.errors]
    done.events = chain.check()
    return done


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Rows are made by the million and are all in use: looking for garbage among them took half of the time."""
    before = gc.get_threshold()
    gc.set_threshold(500_000, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _gathered(parts: Iterable[list[Read]], done: Rebuilt, seen: set[str]) -> Iterator[list[packing.Kept]]:
    """What was read, as many objects as one transaction takes; what could not be is noted."""
    waiting: list[packing.Kept] = []
    for part in parts:
        done.left += [one for one in part if isinstance(one, str)]
        waiting += [one for one in part if not isinstance(one, str)]
        seen.update(one.item["id"] for one in part if not isinstance(one, str))
        if len(waiting) >= PART * AT_ONCE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _read_away(shelf: Shelf, seen: set[str]) -> Iterator[list[Read]]:
    """What the objects of another store say of themselves, but those that were seen; their content stays there."""
    places = (place for place in shelf.places() if _identifier(place).removeprefix("urn:uuid:") not in seen)
    with ThreadPoolExecutor(PARALLEL) as pool:
        while part := list(islice(places, PART)):
            yield list(pool.map(lambda place: _read_one_away(shelf, place), part))


def _read_one_away(shelf: Shelf, place: str) -> Read:
    with tempfile.TemporaryDirectory(prefix="look-", dir=stores.room()) as folder:
        try:
            for name in (DECLARATION, *INVENTORIES):
                _fetch(shelf, place, name, folder)
            _raw, checked = newest_inventory(folder, _identifier(place))
            states = checked.states.values()
            wanted = {state.get(packing.EVENTS) for state in states}
            wanted.add(checked.states[checked.versions[-1]].get(packing.ITEM))
            for path, digest in checked.manifest.items():
                if digest in wanted:
                    _fetch(shelf, place, path, folder)
            return cataloguing.read_object(folder, _identifier(place))
        except ShelfFailing:
            raise
        except (HaiheError, OSError) as error:
            return f"{place}: {error}"


def _fetch(shelf: Shelf, place: str, name: str, folder: str) -> None:
    target = Path(folder) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as out:
        shelf.get(f"{place}/{name}", out)


def _identifier(place: str) -> str:
    return unquote(place.rsplit("/", 1)[-1])


def _read_all(root: str, folders: Iterator[str], jobs: int) -> Iterator[list[Read]]:
    parts = iter(lambda: list(islice(folders, PART)), [])
    if jobs == 1:
        yield from (_read_part(root, part) for part in parts)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork")) as pool:
        under_way = [pool.submit(_read_part, root, part) for part in islice(parts, 2 * jobs)]
        while under_way:
            yield under_way.pop(0).result()
            under_way += [pool.submit(_read_part, root, part) for part in islice(parts, 1)]


def _read_part(root: str, places: list[str]) -> list[Read]:
    read: list[Read] = []
    for place in places:
        try:
            read.append(cataloguing.read_object(f"{root}/{place}", _identifier(place)))
        except (HaiheError, OSError) as error:
            read.append(f"{place}: {error}")
    return read
