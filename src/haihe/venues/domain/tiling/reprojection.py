"""Bands of cube faces, read from the window by bicubic interpolation on a grid of 1/32 pixel.

The four side faces share one map, shifted by a quarter turn each; both pole faces share one quadrant, mirrored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.tiling.geometry import MARGIN, SIDES, Sphere, pole_band, pole_rows, side_band, side_rows
from haihe.venues.domain.tiling.planes import Bytes, Plane, Planes
from haihe.venues.domain.tiling.window import BEYOND, Window

Floats = npt.NDArray[np.float32]
BLOCK = 32


@dataclass(frozen=True)
class FixedMap:
    """Where to read: whole pixels (n, m, 2) and the fraction's place in OpenCV's table (n, m)."""

    whole: npt.NDArray[np.int16]
    fraction: npt.NDArray[np.uint16]

    @classmethod
    def room(cls, height: int, width: int) -> FixedMap:
        return cls(np.empty((height, width, 2), np.int16), np.empty((height, width), np.uint16))

    def put(self, begin: int, end: int, columns: Floats, rows: Floats) -> None:
        """Rows `begin` to `end` of the map."""
        cv2.convertMaps(columns, rows, cv2.CV_16SC2, self.whole[begin:end], self.fraction[begin:end])

    def part(self, columns: slice, shift: int = 0) -> FixedMap:
        whole = self.whole[:, columns]
        if shift:
            whole = np.ascontiguousarray(whole)
            whole[..., 0] += shift
        return FixedMap(whole, self.fraction[:, columns])

    def read(self, view: Bytes, into: Bytes, how: int) -> None:
        cv2.remap(view, self.whole, self.fraction, how, dst=into, borderMode=cv2.BORDER_REPLICATE)


@dataclass(frozen=True)
class SideBand:
    """The maps of one band of the side faces: for every plane its first row, its last, a map by column fraction."""

    begin: int
    end: int
    planes: list[tuple[int, int, dict[float, FixedMap]]]


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

    def pole_rows(self, face: str) -> tuple[int, int]:
        """Panorama rows that the up or down face reads, in every plane."""
        count = max(pole_rows(sphere) * plane.step for plane, sphere in zip(self._planes, self._spheres, strict=True))
        height = self._window.height
        return (-BEYOND, min(count, height)) if face == "u" else (max(height - count, -BEYOND), height + BEYOND)

    def side_maps(self, begin: int, end: int) -> SideBand:
        """What `side` needs for rows `begin` to `end` of any side face."""
        made: list[tuple[int, int, dict[float, FixedMap]]] = []
        for number, (plane, sphere) in enumerate(zip(self._planes, self._spheres, strict=True)):
            if number and self._spheres[number - 1] == sphere:
                made.append(made[-1])
                continue
            first, last = side_rows(sphere, begin // plane.step, end // plane.step)
            first = max(first, -BEYOND // plane.step)
            fractions = {_middle(sphere, face)[1] for face in SIDES}
            maps = {one: _side_map(sphere, begin // plane.step, end // plane.step, one, first) for one in fractions}
            made.append((first, last, maps))
        return SideBand(begin, end, made)

    def side(self, face: str, band: SideBand) -> Planes:
        """One band of a side face."""
        made: Planes = []
        for number, (plane, sphere) in enumerate(zip(self._planes, self._spheres, strict=True)):
            first, last, maps = band.planes[number]
            last = min(last, (self._window.height + BEYOND) // plane.step)
            base, fraction = _middle(sphere, face)
            fixed, reach, size = maps[fraction], _reach(sphere), sphere.face
            room, how = plane.empty(band.end - band.begin, self.face), _interpolation(plane)
            if face != "b":
                view = self._window.view(number, first, last, base - reach, base + reach + 2)
                fixed.read(view, room, how)
            else:  # it lies on both edges of the panorama
                left, right = slice(0, size // 2), slice(size // 2, size)
                view = self._window.view(number, first, last, base - reach, sphere.width + MARGIN)
                fixed.part(left).read(view, room[:, left], how)
                view = self._window.view(number, first, last, -MARGIN, reach + 2)
                fixed.part(right, base - sphere.width - reach + MARGIN).read(view, room[:, right], how)
            made.append(room)
        return made

    def pole(self, face: str, begin: int, end: int) -> tuple[Planes, Planes]:
        """Two bands of a pole face, those `begin` to `end` rows above and below its middle."""
        upper: Planes = []
        lower: Planes = []
        maps: list[list[FixedMap]] = []
        for number, (plane, sphere) in enumerate(zip(self._planes, self._spheres, strict=True)):
            if not (number and self._spheres[number - 1] == sphere):
                maps = self._pole_maps(sphere, plane, face, begin // plane.step, end // plane.step)
            first, last = (bound // plane.step for bound in self.pole_rows(face))
            half, middle = sphere.face // 2, sphere.width // 2
            views = [
                self._window.view(number, first, last, -MARGIN, middle + MARGIN),
                self._window.view(number, first, last, middle - MARGIN, sphere.width + MARGIN),
            ]
            for bands, fixed in zip((upper, lower), maps, strict=True):
                room, how = plane.empty(end - begin, self.face), _interpolation(plane)
                for view, one, columns in zip(views, fixed, (slice(0, half), slice(half, None)), strict=True):
                    one.read(view, room[:, columns], how)
                bands.append(room)
        return upper, lower

    def _pole_maps(self, sphere: Sphere, plane: Plane, face: str, begin: int, end: int) -> list[list[FixedMap]]:
        """[[upper left, upper right], [lower left, lower right]], relative to the views that `pole` cuts."""
        first = self.pole_rows(face)[0] // plane.step
        height, half = end - begin, sphere.face // 2
        ahead = np.float32(sphere.width / 2 - 0.5 - (sphere.width // 2 - MARGIN))
        behind = np.float32(sphere.width / 2 - 0.5 + MARGIN)
        made = [[FixedMap.room(height, half) for _side in range(2)] for _above in range(2)]
        for top, bottom in _blocks(height):
            columns, depth = pole_band(sphere, begin + top, begin + bottom)
            rows = depth - np.float32(0.5 + first) if face == "u" else np.float32(sphere.height - 0.5 - first) - depth
            far = np.float32(sphere.width / 2) - columns
            for below, (left, right) in enumerate(made):
                east = columns if bool(below) == (face == "u") else far  # longitude counted from the front
                span = (top, bottom) if below else (height - bottom, height - top)
                turn = slice(None) if below else slice(None, None, -1)
                right.put(*span, np.ascontiguousarray((east + ahead)[turn]), np.ascontiguousarray(rows[turn]))
                left.put(
                    *span,
                    np.ascontiguousarray((behind - east)[turn, ::-1]),
                    np.ascontiguousarray(rows[turn, ::-1]),
                )
        return made


def _side_map(sphere: Sphere, begin: int, end: int, fraction: float, first: int) -> FixedMap:
    """Relative to the view that `side` cuts."""
    made = FixedMap.room(end - begin, sphere.face)
    for top, bottom in _blocks(end - begin):
        columns, rows = side_band(sphere, begin + top, begin + bottom, fraction)
        columns = np.broadcast_to(columns + np.float32(_reach(sphere)), rows.shape)
        rows -= np.float32(first)
        made.put(top, bottom, np.ascontiguousarray(columns), rows)
    return made


def _blocks(height: int) -> Iterator[tuple[int, int]]:
    """Few rows at a time stay in the processor's cache."""
    return ((top, min(top + BLOCK, height)) for top in range(0, height, BLOCK))


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
