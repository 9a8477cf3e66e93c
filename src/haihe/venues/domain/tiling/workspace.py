"""The folder where tiles are made, out of sight until the last byte is written.

OUT is made as `.OUT.tiling-<fingerprint>` beside it. `journal` names what is done; a killed run is taken up by the next
one with the same picture and options. The manifest is written last, then one rename makes the folder OUT.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from haihe.venues.domain.tiling.errors import TilesThere, TilesUnwritable, TilingBusy
from haihe.venues.domain.tiling.geometry import TILE
from haihe.venues.domain.tiling.planes import Plane, Planes

MANIFEST = "manifest.json"
_SCRATCH = "scratch"


def fingerprint(picture: Path, options: dict[str, Any]) -> str:
    """One name for these bytes tiled in this way: sha256 over the file and the options, 64 hexadecimal digits."""
    told = hashlib.sha256(json.dumps(options, sort_keys=True).encode())
    with picture.open("rb") as file:
        told.update(hashlib.file_digest(file, "sha256").digest())
    return told.hexdigest()


class Workspace:
    """One folder of tiles in the making. Made by `open_workspace`."""

    def __init__(self, out: Path, folder: Path) -> None:
        self.out, self.folder = out, folder
        self.scratch = folder / _SCRATCH
        self._halves: list[int] = []
        self.done = self._read_journal()

    def make_room(self, levels: int, planes: Sequence[Plane], face: int) -> None:
        """Folders of the levels, and the files that keep every face at half size until all units are done."""
        for level in range(levels + 1):
            (self.folder / str(level)).mkdir(exist_ok=True)
        self._planes, self._across = planes, face // TILE
        for number in range(len(planes)):
            self._halves.append(os.open(self.scratch / f"half-{number}", os.O_RDWR | os.O_CREAT, 0o644))

    def write(self, name: str, data: bytes) -> None:
        """One file of the result; a file half written by a killed run is written again, since the journal lacks it."""
        descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            _write_all(descriptor, data)
        finally:
            os.close(descriptor)

    def keep_half(self, face: int, row: int, column: int, tile: Planes) -> None:
        """A tile of a face at half size; row and column count tiles."""
        number = (face * self._across + row) * self._across + column
        for descriptor, one in zip(self._halves, tile, strict=True):
            _write_all(descriptor, np.ascontiguousarray(one).data.cast("B"), number * one.nbytes)

    def half(self, face: int) -> Planes:
        """A whole face at half size."""
        made, count = [], self._across
        for descriptor, plane in zip(self._halves, self._planes, strict=True):
            half = TILE // 2 // plane.step
            tiles = np.empty((count, count, half, half), np.uint8)
            if os.preadv(descriptor, [tiles.data.cast("B")], face * tiles.nbytes) != tiles.nbytes:
                raise TilesUnwritable("A file of the work is shorter than it must be.", thing=self.scratch)
            made.append(tiles.swapaxes(1, 2).reshape(count * half, count * half))
        return made

    def mark(self, unit: str) -> None:
        """Everything of `unit` is written."""
        self._journal.write(unit + "\n")
        self._journal.flush()
        self.done.add(unit)

    def publish(self, manifest: bytes, *, replace: bool) -> None:
        """The manifest, then the whole folder under its name."""
        self.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        for name in ("journal", "lock"):
            (self.folder / name).unlink(missing_ok=True)
        with (self.folder / MANIFEST).open("wb") as file:
            file.write(manifest)
            file.flush()
            os.fsync(file.fileno())
        if self.out.exists():
            if not replace:
                raise TilesThere("It was made by somebody else meanwhile.", thing=self.out)
            gone = self.folder.with_name(self.folder.name + ".old")
            shutil.rmtree(gone, ignore_errors=True)
            self.out.rename(gone)
            self.folder.rename(self.out)
            shutil.rmtree(gone, ignore_errors=True)
        else:
            self.folder.rename(self.out)
        _sync(self.out.parent)

    def discard(self) -> None:
        """Nothing of it may be taken up again."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        for descriptor in self._halves:
            os.close(descriptor)
        self._halves = []
        if not self._journal.closed:
            self._journal.close()

    def _read_journal(self) -> set[str]:
        self.scratch.mkdir(parents=True, exist_ok=True)
        path = self.folder / "journal"
        text = path.read_text(encoding="ascii", errors="replace") if path.exists() else ""
        whole = text[: text.rfind("\n") + 1]
        self._journal = path.open("w", encoding="ascii")
        self._journal.write(whole)
        self._journal.flush()
        return set(whole.split())


@contextmanager
def open_workspace(out: Path, name: str, *, replace: bool) -> Iterator[Workspace | None]:
    """The workspace of one result; None where OUT already is this result. What failed stays, to be taken up again.

    Raises TilesThere, TilingBusy, TilesUnwritable.
    """
    if not out.name or out.name in (".", ".."):
        raise TilesThere("It has no name of its own.", thing=out)
    if _fingerprint_of(out) == name:
        yield None
        return
    if out.exists() and not replace:
        raise TilesThere("It is there already and holds something else.", thing=out)
    folder = out.with_name(f".{out.name}.tiling-{name[:16]}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_others(out, folder)
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TilingBusy(thing=out) from error
        with lock:
            workspace = Workspace(out, folder)
            try:
                yield workspace
            finally:
                workspace.close()
    except OSError as error:
        why = "The disk is full" if error.errno == errno.ENOSPC else os.strerror(error.errno or 0)
        raise TilesUnwritable(f"{why}.", thing=error.filename or out) from error


def _forget_others(out: Path, ours: Path) -> None:
    """Work on OUT that was begun with another picture or other options and is nobody's now."""
    for folder in out.parent.glob(f".{_escaped(out.name)}.tiling-*"):
        if folder == ours:
            continue
        try:
            with (folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _fingerprint_of(out: Path) -> str:
    try:
        told = json.loads((out / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return ""
    return str(told.get("fingerprint", "")) if isinstance(told, dict) else ""


def _write_all(descriptor: int, data: bytes | memoryview, offset: int | None = None) -> None:
    view = memoryview(data)
    while len(view):
        written = os.write(descriptor, view) if offset is None else os.pwrite(descriptor, view, offset)
        view = view[written:]
        offset = None if offset is None else offset + written


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
