"""Where the index lies, and opening it for reading.

    search/current              name of the generation that serves
    search/<generation>/        one tantivy index, with `layout.json`
    search/indexer.lock         held by the one indexer
    search/rebuild.lock         held while another generation is built
    search/wake                 pipe that wakes the indexer

Readers look at `current` and at the generation's `meta.json` before every search (two stat calls) and open or reload
when they changed.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import tantivy
from django.conf import settings

from haihe.base.errors import HaiheError
from haihe.base.search.errors import IndexMissing, IndexUnreadable
from haihe.base.search.schema import Layout

CURRENT, LAYOUT, WAKE = "current", "layout.json", "wake"
INDEXER_LOCK, REBUILD_LOCK = "indexer.lock", "rebuild.lock"


@dataclass(frozen=True)
class Snapshot:
    """The index at one moment: everything a search needs, unchanged however the index goes on."""

    generation: str
    layout: Layout
    schema: tantivy.Schema
    searcher: tantivy.Searcher

    def count(self, asked: tantivy.Query) -> int:
        found: Any = self.searcher.search(asked, 1)  # tantivy's stub forgets `count`
        return int(found.count)


def folder() -> Path:
    return Path(getattr(settings, "SEARCH_FOLDER", settings.HOME / "search"))


def current_generation() -> str:
    """Name of the generation that serves, "" where there is none."""
    try:
        return (folder() / CURRENT).read_text().strip()
    except FileNotFoundError:
        return ""


def new_generation(layout: Layout) -> str:
    """An empty generation on disk; not yet serving. Returns its name."""
    name = f"{layout.fingerprint}-{secrets.token_hex(4)}"
    place = folder() / name
    place.mkdir(parents=True)
    tantivy.Index(layout.build(), str(place))
    (place / LAYOUT).write_text(
        json.dumps({"fingerprint": layout.fingerprint, "texts": layout.texts, "filters": layout.filters})
    )
    return name


def switch_to(generation: str) -> None:
    """Let `generation` serve from now on, in one step. The one before stays until nobody writes it."""
    beside = folder() / f"{CURRENT}.new"
    with beside.open("w") as file:
        file.write(generation)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder() / CURRENT)


def remove_others() -> None:
    """Remove generations that do not serve; what readers have open stays theirs. Only under the rebuild lock."""
    kept = current_generation()
    for place in folder().iterdir():
        if place.is_dir() and place.name != kept:
            shutil.rmtree(place, ignore_errors=True)


def open_generation(generation: str) -> tuple[tantivy.Index, Layout]:
    """Raises IndexUnreadable."""
    place = folder() / generation
    try:
        kept = json.loads((place / LAYOUT).read_text())
        index = tantivy.Index.open(str(place))
        index.config_reader("manual")
        index.reload()
    except (OSError, ValueError, KeyError) as error:
        raise IndexUnreadable(f"the index is damaged ({error}).", thing=place) from error
    return index, Layout(tuple(kept["texts"]), tuple(kept["filters"]))


@contextmanager
def hold(lock: str, busy: type[HaiheError]) -> Iterator[None]:
    """Hold a lock of the search folder; the system frees it when this process ends, however it ends.

    Raises `busy`, naming the process that holds it.
    """
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / lock).open("a+") as file:
        if not _lock(file):
            file.seek(0)
            raise busy(thing=f"process {file.read().strip() or '?'}")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock(file: TextIO) -> bool:
    for _try in range(10):  # whoever asks `is_held` holds it for an instant
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def is_held(lock: str) -> bool:
    """Whether some process holds the lock now."""
    try:
        with (folder() / lock).open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


class Reader:
    """Opens the serving generation and keeps it open; one in each process, safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: tuple[object, ...] = ()
        self._index: tantivy.Index | None = None
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """The index as it is now. Raises IndexMissing, IndexUnreadable."""
        seen = self._look()
        with self._lock:
            if self._snapshot is None or seen != self._seen:
                self._snapshot = self._open(str(seen[0]))
                self._seen = seen
            return self._snapshot

    def _look(self) -> tuple[object, ...]:
        generation = current_generation()
        if not generation:
            raise IndexMissing(thing=folder())
        try:
            stat = (folder() / generation / "meta.json").stat()
        except FileNotFoundError as error:
            if current_generation() != generation:  # it was switched just now
                return self._look()
            raise IndexUnreadable(thing=folder() / generation) from error
        return generation, stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _open(self, generation: str) -> Snapshot:
        held = self._snapshot
        if held is None or self._index is None or held.generation != generation:
            self._index, layout = open_generation(generation)
        else:
            layout = held.layout
            try:
                self._index.reload()
            except ValueError as error:
                raise IndexUnreadable(f"the index is damaged ({error}).", thing=folder() / generation) from error
        return Snapshot(generation, layout, self._index.schema, self._index.searcher())


reader = Reader()
