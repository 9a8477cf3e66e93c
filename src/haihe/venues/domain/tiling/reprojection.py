"""Squares of cube faces, read from the window by bicubic interpolation on a grid of 1/32 pixel.

The cube looks the same in every quarter of the panorama, so one map reads four squares at once: of the four side faces,
or of the four quadrants of a pole face. Maps are floats: OpenCV lays few pixels at a time on its grid, in the
processor's cache, sooner than it reads a ready one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.tiling.geometry import (
    SIDES,
    TILE,
    Sphere,
    pole_quadrant,
    pole_rows,
    pole_rows_left,
    side_half,
    side_rows,
)
from haihe.venues.domain.tiling.planes import Plane, Planes
from haihe.venues.domain.tiling.window import BEYOND, Window

Floats = npt.NDArray[np.float32]
BLOCK = 64
TURNS = (-1, cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE)  # -1: as it is


class Part(NamedTuple):
    """What was read of a face, and where it lies there."""

    face: str
    row: int
    column: int
    planes: Planes


class Reprojection:
    """Reads faces of `face` x `face` pixels from the window of a panorama of `width` x `height`.

    size    columns that are read at a time, to both sides of the middle of a face
    """

    def __init__(self, width: int, height: int, planes: tuple[Plane, ...], face: int) -> None:
        self._planes, self._height, self.face = planes, height, face
        self.size = min(TILE, face // 2)
        self._spheres = [Sphere(width // one.step, height // one.step, face // one.step) for one in planes]

    def side_rows(self, down: int, across: int) -> tuple[int, int]:
        """Panorama rows that `side` reads, in every plane."""
        spans = []
        for plane, sphere in zip(self._planes, self._spheres, strict=True):
            rows, columns = self._part(plane, down, TILE), self._part(plane, across, self.size)
            spans.append([row * plane.step for row in side_rows(sphere, rows, columns)])
        first, last = min(first for first, _ in spans), max(last for _, last in spans)
        return max(first, -BEYOND), min(last, self._height + BEYOND)

    def pole_rows(self, face: str, down: int, across: int) -> tuple[int, int]:
        """Panorama rows that `pole` reads, in every plane."""
        both = [(plane.step, sphere) for plane, sphere in zip(self._planes, self._spheres, strict=True)]
        size, height = self.size, self._height
        far = max(pole_rows(one, (down + size) // step, (across + size) // step) * step for step, one in both)
        near = min(pole_rows_left(one, down // step, across // step) * step for step, one in both) or -BEYOND
        return (near, min(far, height)) if face == "u" else (max(height - far, -BEYOND), height - near)

    def side(self, window: Window, down: int, across: int) -> list[Part]:
        """TILE rows of all side faces from row `down` on, `across` columns to the left and right of the middle."""
        left: list[Planes] = [[] for _face in SIDES]
        right: list[Planes] = [[] for _face in SIDES]
        rows = self.side_rows(down, across)
        for number, (plane, sphere) in enumerate(zip(self._planes, self._spheres, strict=True)):
            first, last = (row // plane.step for row in rows)
            if self._is_other(number):
                half = self._part(plane, down, TILE), self._part(plane, across, self.size)
                columns, below = side_half(sphere, *half)
                below -= np.float32(first)
            read = _Reading(window, number, first, last, plane)
            for quarter, square in enumerate(read(columns, below)):
                right[quarter].append(square)
            for quarter, square in enumerate(read(np.float32(sphere.width / 4) - columns, below, mirrored=True)):
                left[(quarter + 1) % 4].append(square)
        middle = self.face // 2
        return [
            Part(face, down, column, planes[number])
            for number, face in enumerate(SIDES)
            for column, planes in ((middle - across - self.size, left), (middle + across, right))
        ]

    def pole(self, window: Window, face: str, down: int, across: int) -> list[Part]:
        """The squares of a pole face `down` rows and `across` columns off its middle, in all four quadrants."""
        squares: list[Planes] = [[] for _turn in TURNS]
        span = self.pole_rows(face, down, across)
        for number, (plane, sphere) in enumerate(zip(self._planes, self._spheres, strict=True)):
            first, last = (row // plane.step for row in span)
            if self._is_other(number):
                quadrant = self._part(plane, down, self.size), self._part(plane, across, self.size)
                columns, rows = pole_quadrant(sphere, *quadrant)
                if face == "d":
                    rows = np.float32(sphere.height) - rows
                rows -= np.float32(0.5 + first)
            read = _Reading(window, number, first, last, plane)(columns, rows)
            for planes, turn, square in zip(squares, TURNS, read, strict=True):
                turned = square if turn < 0 else np.asarray(cv2.rotate(square, turn), np.uint8)
                planes.append(turned if face == "u" else np.asarray(cv2.flip(turned, 0), np.uint8))
        middle, size = self.face // 2, self.size
        places = (
            (middle + down, middle + across),
            (middle - across - size, middle + down),
            (middle - down - size, middle - across - size),
            (middle + across, middle - down - size),
        )
        return [
            Part(face, row if face == "u" else self.face - row - size, column, planes)
            for (row, column), planes in zip(places, squares, strict=True)
        ]

    def _is_other(self, number: int) -> bool:
        """Whether a plane needs other maps than the one before it."""
        return number == 0 or self._spheres[number] != self._spheres[number - 1]

    def _part(self, plane: Plane, begin: int, size: int) -> tuple[int, int]:
        return begin // plane.step, (begin + size) // plane.step


class _Reading:
    """Rows `first` to `last` of a plane in the window, to be read by maps."""

    def __init__(self, window: Window, number: int, first: int, last: int, plane: Plane) -> None:
        self._quarters = window.quarters(number, first, last)
        # Half-size chroma is smooth: bilinear is as good there, at a part of the time.
        self._how = cv2.INTER_CUBIC if plane.step == 1 else cv2.INTER_LINEAR

    def __call__(self, columns: Floats, rows: Floats, *, mirrored: bool = False) -> Planes:
        """What the four quarters show.

        columns     right of where a quarter begins (pixel edges at whole numbers), (n, m), or (m,) for all rows
        rows        below the first (pixel centres at whole numbers), (n, m)
        mirrored    from right to left
        """
        height, width = rows.shape
        made: Planes = [np.empty((height, width), np.uint8) for _quarter in range(4)]
        for pixels, numbers, begin in self._quarters:
            across = columns + np.float32(begin - 0.5)
            if across.ndim == 1:
                across = np.repeat(across[None], min(BLOCK, height), axis=0)
            read = np.empty((height, width, *pixels.shape[2:]), np.uint8)
            for block in _blocks(height):
                here = across[: block.stop - block.start] if columns.ndim == 1 else across[block]
                cv2.remap(pixels, here, rows[block], self._how, dst=read[block], borderMode=cv2.BORDER_REPLICATE)
            if mirrored:
                read = np.asarray(cv2.flip(read, 1), np.uint8)
            cv2.split(read, [made[number] for number in numbers])
        return made


def _blocks(height: int) -> Iterator[slice]:
    """Few rows at a time stay in the processor's cache."""
    return (slice(top, min(top + BLOCK, height)) for top in range(0, height, BLOCK))
