"""One half of a stereo picture, row by row, for what reads pictures of one eye."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from haihe.venues.domain.pictures.layouts import HALVES, half_size
from haihe.venues.domain.pictures.rows import Rows

Bytes = npt.NDArray[np.uint8]
CHUNK = 32


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
