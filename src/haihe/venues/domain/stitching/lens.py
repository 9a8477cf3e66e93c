"""Pixels of a photo ↔ directions. Camera axes: x right, y up, z forward, as in `tiling.geometry`.

A direction is (n_x, n_y, 1) with n = m (1 + k |m|²), m = (column - middle, middle - row) / focal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from haihe.venues.domain.stitching.matching import Pair
from haihe.venues.domain.stitching.photos import Photo

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lens:
    """focal in pixels; bend: the coefficient k"""

    width: int
    height: int
    focal: float
    bend: float = 0.0

    def rays(self, points: Doubles) -> Doubles:
        """Directions (n, 3), not of unit length, of pixels (n, 2)."""
        flat = (points - self._middle) / self.focal * (1, -1)
        flat = flat * (1 + self.bend * (flat**2).sum(axis=-1, keepdims=True))
        return np.concatenate([flat, np.ones_like(flat[..., :1])], axis=-1)

    def points(self, rays: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Pixels (..., 2) of directions (..., 3) that look forward, in the precision of these."""
        x, y = rays[..., 0] / rays[..., 2], rays[..., 1] / rays[..., 2]
        share: Any = 1.0
        if self.bend:
            bending = self.bend * (x * x + y * y)
            for _step in range(4):
                share = 1 / np.maximum(1 + bending * share**2, 0.2)
        right, down = (self.width - 1) / 2, (self.height - 1) / 2
        return np.stack([x * (share * self.focal) + right, down - y * (share * self.focal)], axis=-1)

    @property
    def _middle(self) -> Doubles:
        return np.array([(self.width - 1) / 2, (self.height - 1) / 2])


def first_focals(photos: Sequence[Photo], pairs: Sequence[Pair]) -> list[float]:
    """A focal length for every photo: EXIF's, else the median of what homographies of photos as large say.

    Source: Szeliski & Shum 1997, "Creating full view panoramic image mosaics", section 4.1.
    """
    told: dict[tuple[int, int], list[float]] = {}
    for pair in pairs:
        for number, other, homography in (
            (pair.one, pair.other, pair.homography),
            (pair.other, pair.one, np.asarray(np.linalg.inv(pair.homography), float)),
        ):
            focal = _from_homography(homography, photos[number], photos[other])
            if focal is not None:
                told.setdefault(_size(photos[number]), []).append(focal)
    everything = [focal / max(size) for size, focals in told.items() for focal in focals]
    usual = float(np.median(everything)) if everything else 0.9
    made = []
    for photo in photos:
        own = told.get(_size(photo))
        longer = max(photo.width, photo.height)
        focal = photo.focal or (float(np.median(own)) if own else usual * longer)
        made.append(float(np.clip(focal, 0.25 * longer, 12 * longer)))
    return made


def _from_homography(homography: Doubles, ours: Photo, theirs: Photo) -> float | None:
    """Focal length of the first photo in pixels, None where the homography does not tell."""
    move = np.array([[1, 0, (ours.width - 1) / 2], [0, 1, (ours.height - 1) / 2], [0, 0, 1]])
    back = np.array([[1, 0, -(theirs.width - 1) / 2], [0, 1, -(theirs.height - 1) / 2], [0, 0, 1]])
    h = back @ homography @ move
    h = h / h[2, 2]
    across = -h[2, 0] * h[2, 1]
    along = h[2, 1] ** 2 - h[2, 0] ** 2
    candidates = []
    if abs(along) > 1e-12:
        candidates.append((h[0, 0] ** 2 + h[1, 0] ** 2 - h[0, 1] ** 2 - h[1, 1] ** 2) / along)
    if abs(across) > 1e-12:
        candidates.append((h[0, 0] * h[0, 1] + h[1, 0] * h[1, 1]) / across)
    longer = max(ours.width, ours.height)
    squares = [one for one in candidates if (0.3 * longer) ** 2 < one < (6 * longer) ** 2]
    return float(np.sqrt(squares[0])) if squares else None


def _size(photo: Photo) -> tuple[int, int]:
    return min(photo.width, photo.height), max(photo.width, photo.height)
