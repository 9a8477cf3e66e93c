"""The order of the work: bands of the faces while rows arrive, each a unit of the journal; then the levels below."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property

import cv2
import numpy as np

from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.pictures.halves import Half
from haihe.venues.domain.pictures.rows import Rows
from haihe.venues.domain.tiling.encoding import Encoding
from haihe.venues.domain.tiling.geometry import FACES, SIDES, TILE
from haihe.venues.domain.tiling.planes import Bytes, Planes, cut, halve, to_rgb
from haihe.venues.domain.tiling.reprojection import Reprojection, SideBand
from haihe.venues.domain.tiling.window import Window
from haihe.venues.domain.tiling.workspace import Workspace

SMALLEST = TILE // 2  # side of a face at level 0


class Work:
    """Makes every tile of one panorama. Level z has faces of 256 * 2^z pixels; names are `z/<face><row>_<column>`."""

    def __init__(self, rows: Rows | Half, crop: Crop, encoding: Encoding, face: int, workspace: Workspace) -> None:
        self._encoding, self._face, self._workspace = encoding, face, workspace
        self._planes = encoding.planes(crop.full_width, crop.full_height)
        self._top = level_of(face)
        capacity = Reprojection.capacity(crop.full_width, crop.full_height, face)
        self._make_window = lambda: Window(rows, crop, self._planes, capacity)
        self._waiting: deque[tuple[str, list[Future[None]]]] = deque()

    @cached_property
    def _reprojection(self) -> Reprojection:
        return Reprojection(self._window, self._planes, self._face)

    @cached_property
    def _window(self) -> Window:
        return self._make_window()

    def run(self, jobs: int, progress: Callable[[int, int], None]) -> dict[str, Bytes]:
        """Everything; returns the faces at level 1 (512 pixels) as RGB."""
        self._workspace.make_room(self._top, self._planes, self._face)
        units = list(self._units())
        steps = iter(range(1, len(units) + len(FACES) + 1))
        self._progress = lambda: progress(next(steps), len(units) + len(FACES))
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1)  # the bands are the parallel work
        try:
            with ThreadPoolExecutor(jobs) as pool:
                try:
                    self._bands(pool, units)
                    return self._lower_levels(pool)
                except BaseException:
                    pool.shutdown(wait=True, cancel_futures=True)
                    raise
        finally:
            cv2.setNumThreads(threads)

    def _units(self) -> Iterator[tuple[str, int]]:
        """In the order in which the panorama's rows arrive."""
        middle = max(self._face // 2, TILE // 2)
        yield from (("u", begin) for begin in range(0, middle, TILE))
        yield from (("side", begin) for begin in range(0, self._face, TILE))
        yield from (("d", begin) for begin in reversed(range(0, middle, TILE)))

    def _bands(self, pool: ThreadPoolExecutor, units: list[tuple[str, int]]) -> None:
        for kind, begin in units:
            unit = f"{kind}{begin}"
            if unit in self._workspace.done:
                self._progress()
                continue
            if kind == "side":
                first, last = self._reprojection.side_rows(begin, begin + TILE)
            else:  # its bands begin before all its rows are there
                first, last = self._reprojection.pole_rows(kind, begin, min(begin + TILE, self._face // 2))
            self._window.hold(first, last, settle=self._settle)
            if kind == "side":
                maps = self._reprojection.side_maps(begin, begin + TILE)
                futures = [pool.submit(self._side, face, maps) for face in SIDES]
            else:
                futures = [pool.submit(self._pole, kind, begin)]
            self._waiting.append((unit, futures))
            while len(self._waiting) > 3:  # what waits for its turn holds maps
                self._finish_first()
        self._settle()

    def _finish_first(self) -> None:
        unit, futures = self._waiting[0]
        for future in futures:
            future.result()
        self._waiting.popleft()
        self._workspace.mark(unit)
        self._progress()

    def _settle(self) -> None:
        while self._waiting:
            self._finish_first()

    def _side(self, face: str, maps: SideBand) -> None:
        self._keep(face, maps.begin, self._reprojection.side(face, maps))

    def _pole(self, face: str, begin: int) -> None:
        middle = self._face // 2
        end = min(begin + TILE, middle)
        upper, lower = self._reprojection.pole(face, begin, end)
        if middle < TILE:  # the smallest face is one tile
            self._keep(face, 0, [_stacked(pair) for pair in zip(upper, lower, strict=True)])
        else:
            self._keep(face, middle - end, upper)
            self._keep(face, middle + begin, lower)

    def _keep(self, face: str, row: int, band: Planes) -> None:
        """One band of the top level: its tiles, and itself at half size."""
        for column in range(0, self._face, TILE):
            self._write(self._top, face, row // TILE, column // TILE, cut(band, 0, column, TILE))
        self._workspace.keep_half(FACES.index(face), row // 2, halve(band))

    def _lower_levels(self, pool: ThreadPoolExecutor) -> dict[str, Bytes]:
        futures = {face: pool.submit(self._below, face) for face in FACES}
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


def _stacked(pair: tuple[Bytes, Bytes]) -> Bytes:
    return np.concatenate(pair)
