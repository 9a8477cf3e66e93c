"""Bands of cube faces, read from the window by bicubic interpolation on a grid of 1/32 pixel.

The four side faces share one map, shifted by a quarter turn each; both pole faces share one quadrant, mirrored. Maps
are floats: OpenCV lays few pixels at a time on its grid, in the processor's cache, sooner than it reads a ready one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.tiling.geometry import (
    MARGIN,
    Sphere,
    pole_band,
    pole_rows,
    pole_rows_left,
    side_band,
    side_rows,
)
from haihe.venues.domain.tiling.planes import Bytes, Plane, Planes
from haihe.venues.domain.tiling.window import BEYOND, Window

Floats = npt.NDArray[np.float32]
BLOCK = 64


@dataclass(frozen=True)
class SideBand:
    """The map of one band of the side faces: for every plane its first row, its last, columns (N,), rows (n, N)."""

    begin: int
    end: int
    planes: list[tuple[int, int, Floats, Floats]]


class Reprojection:
    """Reads faces of `face` x `face` pixels from a window of a panorama."""

    def __init__(self, window: Window, planes: tuple[Plane, ...], face: int) -> None:
        self._window, self._planes = window, planes
        self.face = face
        self._spheres = [
            Sphere(window.width // one.step, window.height // one.step, face // one.step) for one in planes
        ]

    @staticmethod
    def capacity(width: int, height: int, face: int) -> int:
        """Rows that a window needs: a whole pole face, and some so that decoding runs ahead."""
        ahead = 1024 if width <= 16384 else 256
        return pole_rows(Sphere(width, height, face)) + 2 * BEYOND + ahead

    def side_rows(self, begin: int, end: int) -> tuple[int, int]:
        """Panorama rows that a band of the side faces reads, in every plane."""
        spans = []
        for plane, sphere in zip(self._planes, self._spheres, strict=True):
            first, last = side_rows(sphere, begin // plane.step, end // plane.step)
            spans.append((first * plane.step, last * plane.step))
        return max(min(first for first, _ in spans), -BEYOND), max(last for _, last in spans)

    def pole_rows(self, face: str, begin: int, end: int) -> tuple[int, int]:
        """Panorama rows that bands of the up or down face read, `begin` to `end` rows off its middle."""
        both = [(plane.step, sphere) for plane, sphere in zip(self._planes, self._spheres, strict=True)]
        count = max(pole_rows(sphere, end // step) * step for step, sphere in both)
        height = self._window.height
        if face == "u":
            return -BEYOND, min(count, height)
        left = min(pole_rows_left(sphere, begin // step) * step for step, sphere in both) or -BEYOND
        return max(height - count, -BEYOND), height - left

    def side_maps(self, begin: int, end: int) -> SideBand:
        """What `side` needs for rows `begin` to `end` of any side face."""
        made: list[tuple[int, int, Floats, Floats]] = []
        for number, (plane, sphere) in enumerate(zip(self._planes, self._spheres, strict=True)):
            if number and self._spheres[number - 1] == sphere:
                made.append(made[-1])
                continue
            top, bottom = begin // plane.step, end // plane.step
            first, last = side_rows(sphere, top, bottom)
            first = max(first, -BEYOND // plane.step)
            rows = np.empty((bottom - top, sphere.face), np.float32)
            for block in _blocks(bottom - top):
                columns, rows[block] = side_band(sphere, top + block.start, top + block.stop)
                rows[block] -= np.float32(first)
            made.append((first, last, columns, rows))
        return SideBand(begin, end, made)

    def side(self, face: str, band: SideBand) -> Planes:
        """One band of a side face."""
        made: Planes = []
        for number, (plane, sphere) in enumerate(zip(self._planes, self._spheres, strict=True)):
            first, last, columns, rows = band.planes[number]
            last = min(last, (self._window.height + BEYOND) // plane.step)
            base, fraction = _middle(sphere, face)
            reach, size = _reach(sphere), sphere.face
            columns = columns + np.float32(fraction + reach)  # relative to the view that is cut here
            room, how = plane.empty(band.end - band.begin, self.face), _interpolation(plane)
            if face != "b":
                view = self._window.view(number, first, last, base - reach, base + reach + 2)
                _read(view, columns, rows, room, how)
            else:  # it lies on both edges of the panorama
                left, right = slice(0, size // 2), slice(size // 2, size)
                view = self._window.view(number, first, last, base - reach, sphere.width + MARGIN)
                _read(view, columns[left], rows[:, left], room[:, left], how)
                view = self._window.view(number, first, last, -MARGIN, reach + 2)
                columns = columns + np.float32(base - sphere.width - reach + MARGIN)
                _read(view, columns[right], rows[:, right], room[:, right], how)
            made.append(room)
        return made

    def pole(self, face: str, begin: int, end: int) -> tuple[Planes, Planes]:
        """Two bands of a pole face, those `begin` to `end` rows above and below its middle."""
        upper: Planes = []
        lower: Planes = []
        for number, (plane, sphere) in enumerate(zip(self._planes, self._spheres, strict=True)):
            first, last = (bound // plane.step for bound in self.pole_rows(face, begin, end))
            middle, half = sphere.width // 2, np.float32(sphere.width / 2)
            west = self._window.view(number, first, last, -MARGIN, middle + MARGIN)
            east = self._window.view(number, first, last, middle - MARGIN, sphere.width + MARGIN)
            rooms = [plane.empty(end - begin, self.face) for _half in range(2)]
            height, how = len(rooms[0]), _interpolation(plane)
            for block in _blocks(height):
                near, depth = pole_band(sphere, begin // plane.step + block.start, begin // plane.step + block.stop)
                if face == "d":
                    depth = np.float32(sphere.height) - depth
                rows = depth - np.float32(0.5 + first)
                for room, over in zip(rooms, (True, False), strict=True):
                    away = half - near if over == (face == "u") else near  # longitudes, as columns from the front
                    part = room[height - block.stop : height - block.start] if over else room[block]
                    westward = half - np.float32(0.5 - MARGIN) - away
                    eastward = half - np.float32(0.5 + middle - MARGIN) + away
                    _mirrored(west, westward, rows, how, -1 if over else 1, part[:, : sphere.face // 2])
                    _mirrored(east, eastward, rows, how, 0 if over else None, part[:, sphere.face // 2 :])
            upper.append(rooms[0])
            lower.append(rooms[1])
        return upper, lower


def _read(view: Bytes, columns: Floats, rows: Floats, into: Bytes, how: int) -> None:
    """Pixels at the same columns (N,) in every row of `rows` (n, N)."""
    repeated = np.repeat(columns[None], min(BLOCK, len(rows)), axis=0)
    for block in _blocks(len(rows)):
        here = rows[block]
        cv2.remap(view, repeated[: len(here)], here, how, dst=into[block], borderMode=cv2.BORDER_REPLICATE)


def _mirrored(view: Bytes, columns: Floats, rows: Floats, how: int, flip: int | None, into: Bytes) -> None:
    """Pixels at columns and rows, both (n, N), flipped as OpenCV's `flip` is told."""
    if flip is None:
        cv2.remap(view, columns, rows, how, dst=into, borderMode=cv2.BORDER_REPLICATE)
    else:
        cv2.flip(cv2.remap(view, columns, rows, how, borderMode=cv2.BORDER_REPLICATE), flip, dst=into)


def _blocks(height: int) -> Iterator[slice]:
    """Few rows at a time stay in the processor's cache."""
    return (slice(top, min(top + BLOCK, height)) for top in range(0, height, BLOCK))


def _interpolation(plane: Plane) -> int:
    """Half-size chroma is smooth: bilinear is as good there, at half the time."""
    return cv2.INTER_CUBIC if plane.step == 1 else cv2.INTER_LINEAR


def _middle(sphere: Sphere, face: str) -> tuple[int, float]:
    """Column of the middle of a side face: whole pixels and the rest."""
    quarter = {"f": 0, "r": 1, "b": 2, "l": -1}[face]
    middle = sphere.width / 2 - 0.5 + quarter * sphere.width / 4
    whole = int(np.floor(middle))
    return whole, middle - whole


def _reach(sphere: Sphere) -> int:
    """Columns to each side of the middle that a side face reads."""
    return sphere.width // 8 + MARGIN
