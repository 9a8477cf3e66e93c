"""The order of the work: parts of the faces while rows arrive, each a unit of the journal; then the levels below."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, product

import cv2

from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.pictures.halves import Half
from haihe.venues.domain.pictures.rows import Rows
from haihe.venues.domain.tiling.encoding import Encoding
from haihe.venues.domain.tiling.geometry import FACES, POLES, SIDES, TILE
from haihe.venues.domain.tiling.planes import Bytes, Planes, cut, halve, to_rgb
from haihe.venues.domain.tiling.reprojection import Reprojection
from haihe.venues.domain.tiling.window import BEYOND, Window
from haihe.venues.domain.tiling.workspace import Workspace

SMALLEST = TILE // 2  # side of a face at level 0
AHEAD = 1024  # panorama rows that are decoded while others are read
MOST_WAITING = 24  # units


@dataclass(frozen=True)
class Unit:
    """What is done in one go, and noted in the journal: two squares of each side face, or four of a pole face.

    kind          "side", "u", "d"
    down, across  where it begins: row of a side face, and columns off its middle; both off the middle of a pole face
    first, last   panorama rows that it reads
    """

    kind: str
    down: int
    across: int
    first: int
    last: int

    @property
    def name(self) -> str:
        return f"{self.kind}{self.down}_{self.across}"


class Work:
    """Makes every tile of one panorama. Level z has faces of 256 * 2^z pixels; names are `z/<face><row>_<column>`."""

    def __init__(self, rows: Rows | Half, crop: Crop, encoding: Encoding, face: int, workspace: Workspace) -> None:
        self._encoding, self._face, self._workspace = encoding, face, workspace
        self._planes = encoding.planes(crop.full_width, crop.full_height)
        self._top = level_of(face)
        self._reprojection = Reprojection(crop.full_width, crop.full_height, self._planes, face)
        self._units = sorted(self._all_units(), key=lambda unit: (unit.last, unit.first))
        firsts = accumulate((unit.first for unit in reversed(self._units)), min)
        self._needed = dict(zip(reversed(self._units), firsts, strict=True))  # the first row of a unit or a later one
        at_once = max(unit.last - first for unit, first in self._needed.items()) + 2 * BEYOND
        self._make_window = lambda: Window(rows, crop, self._planes, at_once + AHEAD)
        self._waiting: deque[tuple[Unit, Future[None]]] = deque()

    @cached_property
    def _window(self) -> Window:
        return self._make_window()

    def run(self, jobs: int, progress: Callable[[int, int], None]) -> dict[str, Bytes]:
        """Everything; returns the faces at level 1 (512 pixels) as RGB."""
        self._workspace.make_room(self._top, self._planes, self._face)
        steps = iter(range(1, len(self._units) + len(FACES) + 1))
        self._progress = lambda: progress(next(steps), len(self._units) + len(FACES))
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1)  # the units are the parallel work
        try:
            with ThreadPoolExecutor(jobs) as pool:
                try:
                    self._upper_level(pool)
                    return self._lower_levels(pool)
                except BaseException:
                    pool.shutdown(wait=True, cancel_futures=True)
                    raise
        finally:
            cv2.setNumThreads(threads)

    def _all_units(self) -> Iterator[Unit]:
        size = self._reprojection.size
        halves = range(0, self._face // 2, size)
        for down, across in product(range(0, self._face, TILE), halves):
            yield Unit("side", down, across, *self._reprojection.side_rows(down, across))
        for down, across, pole in product(halves, halves, POLES):
            yield Unit(pole, down, across, *self._reprojection.pole_rows(pole, down, across))

    def _upper_level(self, pool: ThreadPoolExecutor) -> None:
        """In the order in which the panorama's rows arrive; at the end some units are still under way."""
        for unit in self._units:
            if unit.name in self._workspace.done:
                self._progress()
                continue
            self._hold_rows_of(unit)
            self._waiting.append((unit, pool.submit(self._make, unit)))
            while len(self._waiting) > MOST_WAITING:
                self._finish_first()

    def _hold_rows_of(self, unit: Unit) -> None:
        def needed() -> int:
            return self._needed[self._waiting[0][0] if self._waiting else unit]

        self._window.hold(unit.last, needed=needed, wait=self._finish_first)

    def _finish_first(self) -> None:
        unit, future = self._waiting[0]
        future.result()
        self._waiting.popleft()
        self._workspace.mark(unit.name)
        self._progress()

    def _make(self, unit: Unit) -> None:
        if unit.kind == "side":
            parts = self._reprojection.side(self._window, unit.down, unit.across)
        else:
            parts = self._reprojection.pole(self._window, unit.kind, unit.down, unit.across)
        if self._reprojection.size == TILE:
            for part in parts:
                self._keep(*part)
            return
        for face in {part.face for part in parts}:  # the smallest face is one tile
            whole = [plane.empty(TILE, TILE) for plane in self._planes]
            for _face, row, column, planes in (part for part in parts if part.face == face):
                for plane, room, pixels in zip(self._planes, whole, planes, strict=True):
                    top, left = row // plane.step, column // plane.step
                    room[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
            self._keep(face, 0, 0, whole)

    def _keep(self, face: str, row: int, column: int, tile: Planes) -> None:
        """One tile of the top level, and itself at half size."""
        self._write(self._top, face, row // TILE, column // TILE, tile)
        self._workspace.keep_half(FACES.index(face), row // TILE, column // TILE, halve(tile))

    def _lower_levels(self, pool: ThreadPoolExecutor) -> dict[str, Bytes]:
        """Each face as soon as its own units are done: the last ones leave processors idle."""
        futures = {}
        for face in FACES:
            while any(unit.kind == face or (unit.kind == "side" and face in SIDES) for unit, _future in self._waiting):
                self._finish_first()
            futures[face] = pool.submit(self._below, face)
        small = {}
        for face, future in futures.items():
            small[face] = future.result()
            self._progress()
        return small

    def _below(self, face: str) -> Bytes:
        """Tiles of one face from the second level down; returns it at 512 pixels, or at 256 where that is all."""
        planes = self._workspace.half(FACES.index(face))
        small: Bytes | None = None
        for level in range(self._top - 1, -1, -1):
            side = planes[0].shape[0]
            if side <= TILE and small is None:
                small = to_rgb(planes)
            size = min(side, TILE)
            for row in range(0, side, size):
                for column in range(0, side, size):
                    self._write(level, face, row // size, column // size, cut(planes, row, column, size))
            if level:
                planes = halve(planes)
        assert small is not None  # level 0 has faces of 256 pixels
        return small

    def _write(self, level: int, face: str, row: int, column: int, tile: Planes) -> None:
        name = f"{level}/{face}{row}_{column}.{self._encoding.extension}"
        self._workspace.write(name, self._encoding.encode(tile))


def level_of(face: int) -> int:
    """The level whose faces are `face` pixels wide."""
    return (face // SMALLEST).bit_length() - 1
