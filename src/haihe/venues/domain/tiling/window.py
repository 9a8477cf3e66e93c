"""A sliding window of panorama rows: what the reprojection may read, and no more, is in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.pictures.halves import Half
from haihe.venues.domain.pictures.rows import Rows
from haihe.venues.domain.tiling.geometry import MARGIN
from haihe.venues.domain.tiling.planes import Bytes, Plane, Planes, split

BEYOND = 2 * MARGIN  # rows past each pole, so that a kernel may reach over it
CHUNK = 32
OUTSIDE = 24  # grey of what a cropped panorama does not show


class Window:
    """Rows `top` to `filled` of the panorama in every plane, columns wrapped at both sides, rows past the poles.

    Over a pole, row -1 - k is row k turned by 180°; left of column 0 lie the last columns. So no seam is special.
    """

    def __init__(self, rows: Rows | Half, crop: Crop, planes: tuple[Plane, ...], capacity: int) -> None:
        self.width, self.height = crop.full_width, crop.full_height
        self.top = self.filled = -BEYOND
        self._rows, self._crop, self._specs = rows, crop, planes
        self._capacity = capacity + capacity % 2 + 2 * CHUNK
        self._planes = [self._room(plane) for plane in planes]
        self._chunk = np.full((CHUNK, self.width, 3), OUTSIDE, np.uint8)
        self._read = 0

    def _room(self, plane: Plane) -> Bytes:
        return plane.empty(self._capacity, self.width + 2 * MARGIN * plane.step)

    def hold(self, first: int, last: int, *, settle: Callable[[], None]) -> None:
        """Have rows `first` to `last`. `settle` waits until nobody reads the window; rows above `first` may go then."""
        first -= first % 2
        last = min(last + last % 2, self.height + BEYOND)
        while self.filled < last:
            if self.filled + CHUNK - self.top > self._capacity:
                settle()
                self._drop(min(first, self.filled))
            if self._read < self.height:
                self._take()
            else:
                self._over_pole(self.height)
                self.filled = self.height + BEYOND

    def view(self, number: int, first: int, last: int, left: int, right: int) -> Bytes:
        """Rows and columns of plane `number`, in that plane's own pixels; columns from -MARGIN to width + MARGIN."""
        top = self.top // self._specs[number].step
        return self._planes[number][first - top : last - top, left + MARGIN : right + MARGIN]

    def _drop(self, first: int) -> None:
        gone = first - self.top
        if gone <= 0:
            return
        for plane, spec in zip(self._planes, self._specs, strict=True):
            step, kept = gone // spec.step, (self.filled - first) // spec.step
            for row in range(0, kept, step):  # pieces that do not overlap: no second copy of the window
                end = min(row + step, kept)
                plane[row:end] = plane[row + step : end + step]
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
        first, last = self.filled - self.top, self.filled - self.top + len(rows)
        inner: Planes = []
        for plane, spec in zip(self._planes, self._specs, strict=True):
            inner.append(plane[first // spec.step : last // spec.step, MARGIN : plane.shape[1] - MARGIN])
        split(rows, inner)
        for plane, spec in zip(self._planes, self._specs, strict=True):
            _wrap(plane[first // spec.step : last // spec.step])
        self.filled += len(rows)

    def _over_pole(self, edge: int) -> None:
        for plane, spec in zip(self._planes, self._specs, strict=True):
            at = (edge - self.top) // spec.step
            middle = plane[:, MARGIN : plane.shape[1] - MARGIN]
            for row in range(min(BEYOND // spec.step, at if edge else len(plane))):
                source, target = (at + row, at - 1 - row) if edge == 0 else (at - 1 - row, at + row)
                middle[target] = np.roll(middle[source], middle.shape[1] // 2, axis=0)
                _wrap(plane[target : target + 1])


def _wrap(rows: Bytes) -> None:
    rows[:, :MARGIN] = rows[:, -2 * MARGIN : -MARGIN]
    rows[:, -MARGIN:] = rows[:, MARGIN : 2 * MARGIN]
