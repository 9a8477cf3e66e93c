"""What a picture may be, guessed from its shape and a small copy of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.inspecting.looking import Look
from haihe.venues.domain.pictures.layouts import MONO
from haihe.venues.domain.pictures.placement import is_whole

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

CONTINUOUS = 3.0  # a seam of more usual steps is seen; JPEG's blocks alone make up to 2.7
ALIKE = 0.72  # correlation of two halves that show the same from two eyes
DARK = 14


@dataclass(frozen=True)
class Guess:
    """projection   "equirectangular", "partial", "flat", "fisheye", "dual-fisheye", "cube", "stereo-equirectangular"
    sure         0 to 1
    because      in a few words
    stereo       "", "top-bottom" or "left-right"
    swapped      the eyes lie the other way round; None where it cannot be told
    """

    projection: str
    sure: float
    because: str
    stereo: str = ""
    swapped: bool | None = None


def guess(width: int, height: int, seen: Look, declared: str = "") -> Guess:
    """From the size after turning and one look.

    declared   "mono", "top-bottom" or "left-right" where the file or its owner says so
    """
    if declared and declared != MONO:
        first, second = _halves(seen.small, declared)
        because = "it is declared to hold a pair"
        return Guess("stereo-equirectangular", 1.0, because, declared, _swapped(first, second))
    shape = width / height
    circles = _circles(seen.small, shape)
    if circles:
        name = "fisheye" if circles == 1 else "dual-fisheye"
        return Guess(name, 0.8, f"{circles} bright circle(s) on black")
    pair = None if declared == MONO else _stereo(width, height, seen.small)
    if pair:
        return pair
    if is_whole(width, height):
        return _whole(seen)
    if any(abs(shape - one) < 0.01 for one in (6, 1 / 6)) or _is_cross(seen.small, shape):
        return Guess("cube", 0.7, "six squares by its shape")
    if shape > 2 and seen.seam < CONTINUOUS:
        return Guess("partial", 0.7, "wider than 2:1 and its sides continue each other: a full turn without the poles")
    if shape > 2:
        return Guess("partial", 0.4, "wider than 2:1")
    return Guess("flat", 0.6, "not 2:1 and no pair")


def _whole(seen: Look) -> Guess:
    poles = sum(one < 0.3 for one in (seen.top, seen.bottom))
    if seen.seam < CONTINUOUS:
        return Guess("equirectangular", 0.8 + 0.1 * poles, f"2:1, sides continue each other, {poles} even pole row(s)")
    if poles == 2:
        return Guess("equirectangular", 0.6, "2:1 with two even pole rows, but its sides do not meet")
    return Guess("flat", 0.6, "2:1, but its sides do not meet and its first and last rows are no poles")


def _stereo(width: int, height: int, small: Bytes) -> Guess | None:
    """Two panoramas in one picture: one above the other, or side by side."""
    if is_whole(width, height // 2) or abs(width - height) <= 2:
        layout = "top-bottom"
    elif abs(width - 4 * height) <= 4:
        layout = "left-right"
    else:
        return None
    first, second = _halves(small, layout)
    alike = float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
    if not alike > ALIKE:
        return None
    because = f"two 2:1 halves that correlate by {alike:.2f}"
    return Guess("stereo-equirectangular", min(0.99, alike), because, layout, _swapped(first, second))


def _halves(small: Bytes, layout: str) -> tuple[Floats, Floats]:
    rows, columns = small.shape[0] // 2, small.shape[1] // 2
    if layout == "top-bottom":
        halves = (small[:rows], small[rows : 2 * rows])
    else:
        halves = (small[:, :columns], small[:, columns : 2 * columns])
    grey = [cv2.cvtColor(np.ascontiguousarray(half), cv2.COLOR_RGB2GRAY).astype(np.float32) for half in halves]
    return grey[0], grey[1]


def _swapped(first: Floats, second: Floats) -> bool | None:
    """Whether near things lie further left in the first half than in the second: then the first is the right eye's.

    Sums the horizontal shifts of patches around the horizon, each weighted by how clearly it was found.
    """
    rows, columns = first.shape
    side = max(16, rows // 4)
    window = cv2.createHanningWindow((side, side), cv2.CV_32F)
    total = weight = 0.0
    for top in range(rows // 4, max(rows - rows // 4 - side + 1, rows // 4 + 1), max(side // 2, 1)):
        for left in range(0, columns - side + 1, side // 2):
            one = np.ascontiguousarray(first[top : top + side, left : left + side], np.float32)
            other = np.ascontiguousarray(second[top : top + side, left : left + side], np.float32)
            if one.shape != (side, side) or min(one.std(), other.std()) < 4:
                continue
            (across, down), response = cv2.phaseCorrelate(one, other, window)
            if response > 0.3 and abs(down) < 1 and 0.1 < abs(across) < side / 4:
                total += float(np.sign(across)) * response
                weight += response
    if weight < 1 or abs(total) < 0.4 * weight:
        return None
    return total > 0  # the second lies further right: the first is the right eye


def _circles(small: Bytes, shape: float) -> int:
    """How many fisheye circles fill the picture: 1 in a square, 2 side by side in a picture of 2:1."""
    count = 1 if 0.95 < shape < 1.8 else 2 if 1.9 < shape < 2.1 else 0
    if not count:
        return 0
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    rows, columns = grey.shape
    part = columns / count
    y, x = np.mgrid[0:rows, 0:columns]
    away = np.hypot((x + 0.5) % part - part / 2, y + 0.5 - rows / 2) / (min(rows, part) / 2)
    outside, inside = grey[away > 1.12], grey[away < 0.8]
    if outside.size < 50:
        return 0
    return count if np.percentile(outside, 95) < DARK and np.median(inside) > 2 * DARK else 0


def _is_cross(small: Bytes, shape: float) -> bool:
    """A cube unfolded to 4 x 3 squares, whose corners are empty."""
    if abs(shape - 4 / 3) > 0.01:
        return False
    rows, columns = small.shape[0] // 3, small.shape[1] // 4
    corners = [small[:rows, :columns], small[:rows, 2 * columns :], small[2 * rows :, :columns]]
    return all(float(corner.std()) < 2 for corner in corners) and float(small[rows : 2 * rows].std()) > 10
