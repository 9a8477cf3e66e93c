"""One pass over the pixels: a small copy, the edges, and where it breaks off."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.pictures.errors import PictureDamaged
from haihe.venues.domain.pictures.header import Header
from haihe.venues.domain.pictures.rows import Rows

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

SMALL = 512  # longest side of the small copy
CHUNK = 64


@dataclass(frozen=True)
class Look:
    """What one pass saw.

    small     the picture at most 512 pixels a side, RGB
    seam      mean step from the last column to the first, in units of the usual step between neighbouring columns
    top, bottom   spread of the first and last row, in units of the whole picture's spread: about 0 at a pole
    rows      rows that could be decoded
    damage    why there are no more; None where it is whole
    """

    small: Bytes
    seam: float
    top: float
    bottom: float
    rows: int
    damage: PictureDamaged | None


def look(header: Header, *, turn: bool, spool: Path | None = None) -> Look:
    """Raises PictureUnreadable; damage is told in the result, with what came before it."""
    damage: PictureDamaged | None = None
    try:
        return _pass(header, turn, False, spool)
    except PictureDamaged as error:
        damage = error
    seen = _pass(header, turn, True, spool)
    return Look(seen.small, seen.seam, seen.top, seen.bottom, seen.rows, damage)


def _pass(header: Header, turn: bool, lenient: bool, spool: Path | None) -> Look:
    with Rows(header, turn=turn, lenient=lenient, spool=spool) as rows:
        width, height = rows.width, rows.height
        columns = np.unique(np.linspace(0, width - 2, min(64, width - 1)).astype(int)) if width > 1 else np.array([0])
        edges, inside = np.zeros(height, np.float32), np.zeros(height, np.float32)
        scale = max(width, height) / SMALL
        small_width = max(1, round(width / max(scale, 1)))
        parts: list[Bytes] = []
        first: Bytes | None = None
        chunk: Bytes = np.empty((CHUNK, width, 3), np.uint8)
        while rows.row < height:
            begin, count = rows.row, min(CHUNK, height - rows.row)
            part = chunk[:count]
            rows.read(part)
            first = part[0].copy() if first is None else first
            span = slice(begin, begin + count)
            edges[span] = np.abs(part[:, -1].astype(np.int16) - part[:, 0]).mean(axis=-1)
            right = np.minimum(columns + 1, width - 1)
            steps = np.abs(part[:, right].astype(np.int16) - part[:, columns]).mean(axis=-1)
            inside[span] = steps.mean(axis=1)
            parts.append(np.asarray(cv2.resize(part, (small_width, count), interpolation=cv2.INTER_AREA), np.uint8))
        last = chunk[(height - 1) % CHUNK]
    assert first is not None
    small_height = max(1, round(height / max(scale, 1)))
    tall = np.concatenate(parts)
    small = np.asarray(cv2.resize(tall, (small_width, small_height), interpolation=cv2.INTER_AREA), np.uint8)
    middle = slice(height // 6, max(height - height // 6, height // 6 + 1))
    usual = float(inside[middle].mean())
    spread = float(small.astype(np.float32).std(axis=(0, 1)).mean()) + 1.0
    return Look(
        small,
        float(edges[middle].mean()) / max(usual, 1.0),
        float(first.astype(np.float32).std(axis=0).mean()) / spread,
        float(last.astype(np.float32).std(axis=0).mean()) / spread,
        height,
        None,
    )
