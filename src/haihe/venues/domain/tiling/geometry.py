"""Where the pixels of cube faces lie on the panorama. The conventions of the whole room stand here.

Panorama, W x H pixels: the centre of pixel (column i, row j) looks to longitude ((i + 0.5) / W - 0.5) * 360° and
latitude (0.5 - (j + 0.5) / H) * 180°. Longitude grows to the right (east), latitude upwards; the middle is front.

Axes: x right, y up, z forward (front). A direction (x, y, z) has longitude atan2(x, z), latitude atan2(y, hypot(x, z)).

Face of N x N pixels, seen from inside: u = 2 (i + 0.5) / N - 1 grows to the right, v = 2 (j + 0.5) / N - 1 downwards.

    front  f  ( u, -v,  1)      up    u  (u,  1,  v)   its lower edge meets the upper edge of front
    right  r  ( 1, -v, -u)      down  d  (u, -1, -v)   its upper edge meets the lower edge of front
    back   b  (-u, -v, -1)
    left   l  (-1, -v,  u)

This is how Pannellum and Marzipano lay their faces; Photo Sphere Viewer asks for `flipTopBottom: true` with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

FACES = ("f", "r", "b", "l", "u", "d")
SIDES = ("f", "r", "b", "l")
POLES = ("u", "d")
NAMES = {"f": "front", "r": "right", "b": "back", "l": "left", "u": "top", "d": "bottom"}
TILE = 512
MARGIN = 4  # columns and rows kept around what a bicubic kernel reads; even, so that half-size chroma fits


@dataclass(frozen=True)
class Sphere:
    """One plane of a panorama and the cube made of it: W x H pixels to faces of N x N."""

    width: int
    height: int
    face: int

    @property
    def columns_per_radian(self) -> float:
        return self.width / (2 * np.pi)

    @property
    def rows_per_radian(self) -> float:
        return self.height / np.pi


def face_size_for(width: int) -> int:
    """Side of a face for a panorama of `width` columns: the 512 * 2^k nearest to width / pi, at most 8192.

    At width / pi the middle of a face has the panorama's own resolution. Photo Sphere Viewer takes 16 tiles a side.
    """
    steps = round(float(np.log2(max(width, 1) / np.pi / TILE)))
    return int(TILE * 2 ** min(max(steps, 0), 4))


def directions(face: str, size: int) -> Doubles:
    """Unit vectors of every pixel of a face, size x size x 3, in double precision: the definition, for tests."""
    axis = 2 * (np.arange(size) + 0.5) / size - 1
    u, v = np.meshgrid(axis, axis)
    one = np.ones_like(u)
    x, y, z = {
        "f": (u, -v, one),
        "r": (one, -v, -u),
        "b": (-u, -v, -one),
        "l": (-one, -v, u),
        "u": (u, one, v),
        "d": (u, -one, -v),
    }[face]
    vectors = np.stack([x, y, z], axis=-1)
    unit: Doubles = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


def to_panorama(vectors: Doubles, width: int, height: int) -> tuple[Doubles, Doubles]:
    """Column and row (pixel centres at whole numbers) where unit vectors (..., 3) meet the panorama."""
    longitude = np.arctan2(vectors[..., 0], vectors[..., 2])
    latitude = np.arctan2(vectors[..., 1], np.hypot(vectors[..., 0], vectors[..., 2]))
    return (longitude / (2 * np.pi) + 0.5) * width - 0.5, (0.5 - latitude / np.pi) * height - 0.5


def side_rows(sphere: Sphere, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[int, int]:
    """First and one past the last panorama row that a part of the four side faces reads: its rows, and its columns off
    the middle of the face, begin and end."""
    high, low = (1 - 2 * row / sphere.face for row in (rows[0] + 0.5, rows[1] - 0.5))
    inner, outer = (1 / np.hypot(1, 2 * column / sphere.face) for column in columns)
    most = np.arctan(high * (inner if high > 0 else outer))
    least = np.arctan(low * (inner if low < 0 else outer))
    first = (np.pi / 2 - most) * sphere.rows_per_radian - 0.5
    last = (np.pi / 2 - least) * sphere.rows_per_radian - 0.5
    return int(np.floor(first)) - MARGIN, int(np.ceil(last)) + MARGIN + 1


def pole_rows(sphere: Sphere, down: int, across: int) -> int:
    """How many panorama rows from the pole inwards the up or down face reads up to `down` rows and `across` columns off
    its middle."""
    return int(np.ceil(_off_pole(sphere, down, across))) + MARGIN


def pole_rows_left(sphere: Sphere, down: int, across: int) -> int:
    """How many panorama rows at the pole are not read by what lies that far off the middle of its face, or further."""
    return max(0, int(np.floor(_off_pole(sphere, down, across))) - MARGIN)


def _off_pole(sphere: Sphere, down: int, across: int) -> float:
    return float(np.arctan(np.hypot(2 * down / sphere.face, 2 * across / sphere.face)) * sphere.rows_per_radian)


def side_half(sphere: Sphere, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[Floats, Floats]:
    """A part of the right half of a side face: its rows, and its columns counted from the middle of the face, begin and
    end.

    returns    columns of the panorama counted from the middle of the face (pixel edges at whole numbers), the same in
               every row, (m,), and rows of the panorama (pixel centres at whole numbers), (n, m); the left half is the
               mirror image of it
    """
    half = sphere.face // 2
    u = _axis(sphere.face, half + columns[0], half + columns[1])
    v = _axis(sphere.face, *rows)
    away = np.arctan(u) * sphere.columns_per_radian
    slope = (1 / np.sqrt(1 + u * u)).astype(np.float32)
    down = np.arctan(np.multiply.outer(v.astype(np.float32), slope))
    down *= np.float32(sphere.rows_per_radian)
    down += np.float32(sphere.height / 2 - 0.5)
    return away.astype(np.float32), down


def pole_quadrant(sphere: Sphere, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[Floats, Floats]:
    """A part of the quadrant of a pole face with u > 0 and v > 0: rows and columns, begin and end, counted from the
    middle of the face.

    returns    columns counted from longitude 0 eastwards and rows counted from the pole (pixel edges at whole numbers),
               both (n, m); the other quadrants of both pole faces are mirror images of it
    """
    half = sphere.face // 2
    u = _axis(sphere.face, half + columns[0], half + columns[1]).astype(np.float32)[None, :]
    v = _axis(sphere.face, half + rows[0], half + rows[1]).astype(np.float32)[:, None]
    eastwards = np.arctan2(u, v)
    eastwards *= np.float32(sphere.columns_per_radian)
    inwards = np.arctan(np.sqrt(u * u + v * v))
    inwards *= np.float32(sphere.rows_per_radian)
    return eastwards, inwards


def _axis(size: int, begin: int, end: int) -> Doubles:
    axis: Doubles = 2 * (np.arange(begin, end) + 0.5) / size - 1
    return axis
