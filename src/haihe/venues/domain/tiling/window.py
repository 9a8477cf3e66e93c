"""A sliding window of panorama rows: what the reprojection may read, and no more, is in memory."""

from __future__ import annotations

import math
import mmap
from collections.abc import Callable, Iterator
from typing import NamedTuple

import cv2
import numpy as np

from haihe.base.pages import large_pages
from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.pictures.halves import Half
from haihe.venues.domain.pictures.rows import Rows
from haihe.venues.domain.tiling.geometry import MARGIN
from haihe.venues.domain.tiling.planes import Bytes, Plane, split

BEYOND = 2 * MARGIN  # rows past each pole, so that a kernel may reach over it
CHUNK = 32
LET_GO = 128  # rows at a time
PAGES = 2 << 20  # bytes: a large page of memory
OUTSIDE = 24  # grey of what a cropped panorama does not show


class Quarters(NamedTuple):
    """Some rows of the quarters of a panorama: channel k of the pixels (n, m) or (n, m, 4) is quarter `numbers[k]`.

    A quarter begins in front, to the right, behind or to the left, `begin` pixels right of the first one's left edge.
    """

    pixels: Bytes
    numbers: tuple[int, ...]
    begin: float


class Window:
    """Rows down to `filled` of the panorama in every plane, in quarters, with columns and rows past their edges.

    Every row has its place in memory from the beginning, which the system gives only as rows come, and gets back as
    they go. Over a pole, row -1 - k is row k turned by 180°.
    """

    def __init__(self, rows: Rows | Half, crop: Crop, planes: tuple[Plane, ...], capacity: int) -> None:
        self.width, self.height = crop.full_width, crop.full_height
        self.top = self.filled = -BEYOND
        self._rows, self._crop, self._specs = rows, crop, planes
        self._capacity = capacity + 2 * CHUNK
        self._rooms = [_Room(plane, self.height + 2 * BEYOND + CHUNK, self.width) for plane in planes]
        self._chunk = np.full((CHUNK, self.width, 3), OUTSIDE, np.uint8)
        self._planes = [plane.empty(CHUNK, self.width) for plane in planes]
        self._read = 0

    def hold(self, last: int, *, needed: Callable[[], int], wait: Callable[[], None]) -> None:
        """Have rows up to `last`.

        needed   the first row that anybody still reads or will read; those above it may go
        wait     waits until somebody has read to the end
        """
        last = min(last + last % 2, self.height + BEYOND)
        while self.filled < last:
            while self.filled + CHUNK - needed() > self._capacity:
                wait()
            self._let_go(needed())
            if self._read < self.height:
                self._take()
            else:
                self._over_pole(self.height)
                self.filled = self.height + BEYOND

    def quarters(self, number: int, first: int, last: int) -> list[Quarters]:
        """Rows of plane `number`, in that plane's own pixels."""
        beyond = BEYOND // self._specs[number].step
        return self._rooms[number].quarters(first + beyond, last + beyond)

    def _let_go(self, first: int) -> None:
        if first - self.top < LET_GO:
            return
        for room in self._rooms:
            room.let_go(first + BEYOND)
        self.top = first

    def _take(self) -> None:
        """Decode the next chunk of rows."""
        count = min(CHUNK, self.height - self._read)
        crop = self._crop
        begin, end = max(self._read, crop.top), min(self._read + count, crop.top + crop.height)
        chunk = self._chunk
        if self._read < crop.top or self._read + count > crop.top + crop.height:
            chunk[...] = OUTSIDE
        if begin < end:
            part = slice(begin - self._read, end - self._read)
            self._rows.read(chunk[part, crop.left : crop.left + crop.width])
        at_pole = self._read == 0
        if at_pole:
            self.filled = 0
        self._put(chunk[:count])
        if at_pole:
            self._over_pole(0)
        self._read += count

    def _put(self, rows: Bytes) -> None:
        planes = [plane[: len(rows) // spec.step] for plane, spec in zip(self._planes, self._specs, strict=True)]
        split(rows, planes)
        for room, plane, spec in zip(self._rooms, planes, self._specs, strict=True):
            room.put((self.filled + BEYOND) // spec.step, plane)
        self.filled += len(rows)

    def _over_pole(self, edge: int) -> None:
        for room, spec in zip(self._rooms, self._specs, strict=True):
            at = (edge + BEYOND) // spec.step
            for row in range(BEYOND // spec.step):
                source, target = (at + row, at - 1 - row) if edge == 0 else (at - 1 - row, at + row)
                room.turn(source, target)


class _Room:
    """Place for all rows of one plane, in memory that the system gives as it is written to.

    The four quarters of a panorama look alike to the faces, so that one map reads all four; they lie in the four
    channels of one picture, which OpenCV reads sooner than four. Where a quarter is no whole number of columns they
    lie beside each other.
    """

    def __init__(self, plane: Plane, height: int, width: int) -> None:
        rows, self._step, self._width = height // plane.step, plane.step, width // plane.step
        self._together = self._width % 4 == 0
        columns = (self._width if self._together else self._width + 8) // 4 + 2 * MARGIN
        self._pages = large_pages(4 * rows * columns)
        shape = (rows, columns, 4) if self._together else (rows, 4, columns)
        self._pixels: Bytes = np.frombuffer(self._pages, np.uint8).reshape(shape)
        self._begins = [self._width / 2 + number * self._width / 4 for number in range(4)]
        self._columns = [np.arange(columns) + math.floor(begin) - MARGIN for begin in self._begins]
        self._gone = 0

    def put(self, at: int, rows: Bytes) -> None:
        """Rows of the panorama, (n, width)."""
        room = self._pixels[at : at + len(rows)]
        if not self._together:
            for number, columns in enumerate(self._columns):
                np.take(rows, columns, axis=1, mode="wrap", out=room[:, number])
            return
        cv2.merge([rows[:, number] for number in self._whole_quarters()], dst=room[:, MARGIN:-MARGIN])
        room[:, :MARGIN] = np.roll(room[:, -2 * MARGIN : -MARGIN], 1, axis=2)
        room[:, -MARGIN:] = np.roll(room[:, MARGIN : 2 * MARGIN], -1, axis=2)

    def turn(self, source: int, target: int) -> None:
        """One row is another, turned by 180°."""
        self._pixels[target] = np.roll(self._pixels[source], 2, axis=1 if self._together else 0)

    def quarters(self, first: int, last: int) -> list[Quarters]:
        rows = self._pixels[first:last]
        if self._together:
            return [Quarters(rows, (0, 1, 2, 3), MARGIN)]
        return [
            Quarters(rows[:, number], (number,), MARGIN + begin - math.floor(begin))
            for number, begin in enumerate(self._begins)
        ]

    def let_go(self, first: int) -> None:
        """Give back the memory of what lies above a row, counted from the first that has a place."""
        end = first // self._step * self._pixels.strides[0] // PAGES * PAGES
        if end > self._gone and hasattr(mmap, "MADV_DONTNEED"):
            self._pages.madvise(mmap.MADV_DONTNEED, self._gone, end - self._gone)
            self._gone = end

    def _whole_quarters(self) -> Iterator[slice]:
        side = self._width // 4
        return (slice(number * side, (number + 1) * side) for number in (2, 3, 0, 1))
