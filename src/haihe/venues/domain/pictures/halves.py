"""A stereo picture 立体图像: two panoramas in one, over one another or side by side, one for each eye.

Source of the words in metadata: "Spherical Video RFC" (Google), GSpherical:StereoMode; photographs carry the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from haihe.venues.domain.pictures.rows import Rows

Bytes = npt.NDArray[np.uint8]

HALVES = {"top-bottom": ("top", "bottom"), "left-right": ("left", "right")}  # layout → first and second half
MONO = "mono"
LAYOUTS = (MONO, *HALVES)
CHUNK = 32


def half_size(width: int, height: int, half: str) -> tuple[int, int]:
    """Of a picture's half, in its pixels; "" is the whole."""
    if half in HALVES["top-bottom"]:
        return width, height // 2
    return (width // 2, height) if half else (width, height)


class Half:
    """The rows of one half of a picture, read as those of a picture of its own."""

    def __init__(self, rows: Rows, half: str) -> None:
        self._rows, self._half = rows, half
        self.width, self.height = half_size(rows.width, rows.height, half)

    @property
    def row(self) -> int:
        return self._rows.row - self._before

    @property
    def _before(self) -> int:
        return self._rows.height - self.height if self._half == "bottom" else 0

    def read(self, into: Bytes) -> None:
        """As `Rows.read`."""
        while self._rows.row < self._before:
            count = min(CHUNK, self._before - self._rows.row)
            self._rows.read(np.empty((count, self._rows.width, 3), np.uint8))
        if self._half in HALVES["top-bottom"]:
            self._rows.read(into)
            return
        whole = np.empty((len(into), self._rows.width, 3), np.uint8)
        self._rows.read(whole)
        into[...] = whole[:, : self.width] if self._half == "left" else whole[:, self._rows.width - self.width :]
