"""A photo bent a little: a grid of displacements over it, between where its lens sees a point and where it shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


FINER = 4  # cells of the way back to one of the grid
STEPS = 30


@dataclass(frozen=True)
class Warp:
    """moved (rows + 1, columns + 1, 2): pixels right and down, from a corner of the photo's grid to where its lens
    would show it
    """

    width: int
    height: int
    moved: Doubles

    def back(self, points: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Pixels (..., 2) as the lens would show them, for pixels of the photo."""
        rows, columns = self.cells(points).astype(np.float32).reshape(2, -1, points.shape[-2])
        shift = [  # one channel at a time: OpenCV lays several on a grid of 1/32
            cv2.remap(one, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).reshape(points.shape[:-1])
            for one in np.ascontiguousarray(self.moved.transpose(2, 0, 1), np.float32)
        ]
        return points + np.stack(shift, axis=-1).astype(points.dtype)

    def there(self, points: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Pixels (..., 2) of the photo, for pixels as the lens would show them."""
        return self._inverse.back(points)

    @cached_property
    def _inverse(self) -> Warp:
        """The way there as a grid of its own, found at its corners by a fixed point: displacements are not steep."""
        rows, columns = (FINER * (count - 1) for count in self.moved.shape[:2])
        down, across = np.linspace(0, self.height - 1, rows + 1), np.linspace(0, self.width - 1, columns + 1)
        wanted = np.stack(np.meshgrid(across, down), axis=-1)
        found = wanted
        for _step in range(STEPS):
            found = found + wanted - self.back(found)
        return Warp(self.width, self.height, found - wanted)

    def cells(self, points: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Row and column in the grid, (2, ...), of pixels (..., 2)."""
        rows, columns = (count - 1 for count in self.moved.shape[:2])
        return np.stack([points[..., 1] * (rows / (self.height - 1)), points[..., 0] * (columns / (self.width - 1))])

    @property
    def steepest(self) -> float:
        """The most by which two neighbouring corners come nearer to each other, as a part of their cell."""
        rows, columns = (count - 1 for count in self.moved.shape[:2])
        across = np.diff(self.moved, axis=1) * (columns / (self.width - 1))
        down = np.diff(self.moved, axis=0) * (rows / (self.height - 1))
        return float(max(np.abs(across).max(), np.abs(down).max()))
