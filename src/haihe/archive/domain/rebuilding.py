"""The catalogue made again from nothing but the storage root."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from haihe.archive.domain import cataloguing, chain, packing, stores
from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.folders import listed
from haihe.archive.domain.ocfl.roots import object_folders
from haihe.base.errors import HaiheError

PART, AT_ONCE = 100, 10  # objects handed to a process at a time; parts of one transaction

Read = packing.Kept | str  # a str says why an object could not be read


@dataclass(slots=True)
class Rebuilt:
    """How it went. `left` names objects that say nothing of themselves that can be trusted, and why."""

    objects: int = 0
    events: int = 0
    left: list[str] = field(default_factory=list)


def rebuild(*, jobs: int = os.cpu_count() or 1, progress: Callable[[int], None] = lambda count: None) -> Rebuilt:
    """Read every object of the store, its inventory checked, and make all rows and search entries; may be repeated.

    Rows that are there already become as the objects say; nothing is removed. Raises ChainBroken where the chain of
    events, read from its beginning, does not hold.
    """
    store, done = stores.local(), Rebuilt()
    with chain.held():
        directory = cataloguing.Directory()
        findings = Findings()
        folders = (place for place, _folder in object_folders(store.root, listed(store.root), findings))
        waiting: list[packing.Kept] = []
        for read in _read_all(store.root, folders, jobs):
            for one in read:
                if isinstance(one, str):
                    done.left.append(one)
                else:
                    waiting.append(one)
            if len(waiting) >= PART * AT_ONCE:
                done.objects += len(cataloguing.catalogue(waiting, directory))
                waiting.clear()
                progress(done.objects)
        if waiting:
            done.objects += len(cataloguing.catalogue(waiting, directory))
        progress(done.objects)
        done.left += [f"{one.path}: {one.message}" for one in findings.errors]
    done.events = chain.check()
    return done


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
        identifier = unquote(place.rsplit("/", 1)[-1])
        try:
            read.append(cataloguing.read_object(f"{root}/{place}", identifier))
        except (HaiheError, OSError) as error:
            read.append(f"{place}: {error}")
    return read
