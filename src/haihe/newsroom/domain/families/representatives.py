"""The sketches that new texts are compared with, kept in few large arrays: a text is at most 1.1 KB here."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from haihe.newsroom.domain.families.sketching import FIGURES, MARKS, Hashes, Sketch

_LONGEST = MARKS + 2 * FIGURES
_CHUNK = 1 << 20  # hashes of one array: 4 MB
ROW = np.dtype(
    [
        ("item", np.int32),  # number of the item in the index
        ("chunk", np.int32),
        ("begin", np.int32),
        ("marks", np.uint8),
        ("figures", np.uint8),
        ("steps", np.uint8),  # how far it is from its family's first text, in links
        ("keys", np.uint8),  # how many keys it posted
        ("tokens", np.uint32),
        ("scale", np.uint32),
        ("reach", np.uint32),  # its largest key
        ("whole", np.uint32),
    ]
)


class Representatives:
    """Sketches by number, from 0, in the order of their coming; never changed."""

    def __init__(self) -> None:
        self.rows: npt.NDArray[Any] = np.zeros(1024, ROW)
        self.count = 0
        self.chunks: list[Hashes] = [np.zeros(_CHUNK, np.uint32)]
        self.filled = 0  # hashes in the last chunk

    def keep(self, sketch: Sketch, *, item: int, steps: int, keys: Hashes) -> int:
        """Keep a sketch; returns its number."""
        if self.count == len(self.rows):
            self.rows = np.concatenate([self.rows, np.zeros(len(self.rows), ROW)])
        if self.filled + _LONGEST > _CHUNK:
            self.chunks.append(np.zeros(_CHUNK, np.uint32))
            self.filled = 0
        marks, figures = len(sketch.marks), len(sketch.contexts)
        begin, end = self.filled, self.filled + marks + 2 * figures
        chunk = self.chunks[-1]
        chunk[begin : begin + marks] = sketch.marks
        chunk[begin + marks : end - figures] = sketch.contexts
        chunk[end - figures : end] = sketch.values
        reach = int(keys[-1]) if len(keys) else 0
        place = (item, len(self.chunks) - 1, begin, marks, figures, steps, len(keys))
        self.rows[self.count] = (*place, sketch.tokens, sketch.scale, reach, sketch.whole)
        self.filled = end
        self.count += 1
        return self.count - 1

    def sketch(self, number: int) -> Sketch:
        """A kept sketch, without its keys."""
        row = self.rows[number]
        chunk, begin, figures = self.chunks[int(row["chunk"])], int(row["begin"]), int(row["figures"])
        middle = begin + int(row["marks"])
        return Sketch(
            int(row["tokens"]),
            int(row["scale"]),
            chunk[begin:middle],
            chunk[:0],
            int(row["whole"]),
            chunk[middle : middle + figures],
            chunk[middle + figures : middle + 2 * figures],
        )
