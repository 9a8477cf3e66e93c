"""Disks for tests: one that fails or dies at a chosen operation, and one whose power is cut."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterable
from pathlib import Path

from haihe.archive.domain.ocfl.disk import Disk

OPERATIONS = ("make_folder", "write", "write_parts", "rename", "link", "remove", "remove_folder", "sync")


class QuickDisk(Disk):
    """Syncs nothing: a killed process loses no writes, only a machine does."""

    def sync(self, folder: str) -> None:
        pass


class CountingDisk(Disk):
    """Calls `at(number)` before every operation."""

    def __init__(self) -> None:
        self.count = 0

    def before(self) -> None:
        self.count += 1
        self.at(self.count)

    def at(self, number: int) -> None: ...

    def make_folder(self, path: str) -> None:
        self.before()
        super().make_folder(path)

    def write(self, path: str, data: bytes) -> None:
        self.before()
        super().write(path, data)

    def write_parts(self, path: str, parts: Iterable[memoryview]) -> None:
        self.before()
        super().write_parts(path, parts)

    def rename(self, old: str, new: str) -> None:
        self.before()
        super().rename(old, new)

    def exchange(self, new: str, old: str) -> None:
        self.before()
        super().exchange(new, old)

    def link(self, old: str, new: str) -> None:
        self.before()
        super().link(old, new)

    def remove(self, path: str) -> None:
        self.before()
        super().remove(path)

    def remove_folder(self, path: str) -> None:
        self.before()
        super().remove_folder(path)

    def sync(self, folder: str) -> None:
        self.before()  # no real sync: tests end before a power cut could matter


class FailingDisk(CountingDisk):
    """Raises `error` at one operation, or from it on."""

    def __init__(self, number: int, error: OSError, *, for_ever: bool = False) -> None:
        super().__init__()
        self.number, self.error, self.for_ever = number, error, for_ever

    def at(self, number: int) -> None:
        if number == self.number or (self.for_ever and number > self.number):
            raise self.error


class DyingDisk(CountingDisk):
    """Kills its process before one operation."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def at(self, number: int) -> None:
        if number == self.number:
            os.kill(os.getpid(), signal.SIGKILL)


class RecordingDisk(Disk):
    """Does everything but syncs, and remembers it; `cut` makes a folder as a power cut leaves it."""

    def __init__(self, base: Path) -> None:
        self.base = str(base)
        self.log: list[tuple[str, ...]] = []
        self.data: dict[int, bytes] = {}

    def _below(self, path: str) -> str:
        return os.path.relpath(path, self.base)

    def make_folder(self, path: str) -> None:
        super().make_folder(path)
        self.log.append(("make_folder", self._below(path)))

    def write(self, path: str, data: bytes) -> None:
        super().write(path, data)
        self.data[len(self.log)] = data
        self.log.append(("write", self._below(path)))

    def write_parts(self, path: str, parts: Iterable[memoryview]) -> None:
        self.write(path, b"".join(bytes(part) for part in parts))

    def rename(self, old: str, new: str) -> None:
        super().rename(old, new)
        self.log.append(("rename", self._below(old), self._below(new)))

    def remove(self, path: str) -> None:
        super().remove(path)
        self.log.append(("remove", self._below(path)))

    def remove_folder(self, path: str) -> None:
        super().remove_folder(path)
        self.log.append(("remove_folder", self._below(path)))

    def sync(self, folder: str) -> None:
        self.log.append(("sync",))

    def cut(self, after: int, into: Path, chance: random.Random, *, ordered: bool) -> None:
        """Make in `into` what may be on the disk when the power goes after so many operations.

        What a sync covered is there. Of the rest: `ordered`, a journal keeps the first so many changes of names;
        otherwise any of them. The bytes of unsynced files are whole, cut short, zeros or missing.
        """
        synced = max((at + 1 for at in range(after) if self.log[at][0] == "sync"), default=0)
        kept = chance.randint(synced, after)
        for at in range(after):
            if at >= synced and (at >= kept if ordered else chance.random() < 0.5):
                continue
            data = self.data.get(at)
            if data is not None and at >= synced:
                cut = chance.choice([len(data), len(data), 0, chance.randint(0, len(data))])
                data = data[:cut] + bytes(chance.choice([0, len(data) - cut]))
            try:
                self._redo(self.log[at], data, into)
            except OSError:
                assert at >= synced  # only because something unsynced before it was lost

    def _redo(self, operation: tuple[str, ...], data: bytes | None, into: Path) -> None:
        name, *paths = operation
        places = [str(into / path) for path in paths]
        if name == "write":
            assert data is not None
            Disk().write(places[0], data)
        elif name != "sync":
            getattr(Disk(), name)(*places)
