"""Pixels as the work holds them: planes of R, G and B, or Y and half-size Cb and Cr as JPEG stores them.

JPEG tiles are made in Y, Cb, Cr from the first to the last step: half the samples to reproject, and no colour
conversion when a tile is encoded. Everything else is made in RGB.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Planes = list[Bytes]


@dataclass(frozen=True)
class Plane:
    """step: how many panorama pixels a pixel of this plane is wide and high."""

    step: int

    def empty(self, height: int, width: int) -> Bytes:
        """Room for height x width pixels, counted in panorama pixels."""
        return np.empty((height // self.step, width // self.step), np.uint8)


RGB = (Plane(1), Plane(1), Plane(1))
YCC = (Plane(1), Plane(2), Plane(2))  # Y, Cb, Cr of JFIF, full range


def split(rgb: Bytes, into: Planes) -> None:
    """RGB rows (n, w, 3) → the same rows as planes; n and w even for YCC."""
    if _same_size(into):
        cv2.split(rgb, into)
        return
    cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY, dst=into[0])
    height, width = into[1].shape
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    mixed = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb)
    cv2.extractChannel(mixed, 2, dst=into[1])
    cv2.extractChannel(mixed, 1, dst=into[2])


def to_rgb(planes: Planes) -> Bytes:
    """The planes of one picture as RGB, (n, w, 3)."""
    if _same_size(planes):
        return np.asarray(cv2.merge(planes), np.uint8)
    height, width = planes[0].shape
    chroma = [cv2.resize(one, (width, height), interpolation=cv2.INTER_LINEAR) for one in (planes[2], planes[1])]
    return np.asarray(cv2.cvtColor(np.dstack([planes[0], *chroma]), cv2.COLOR_YCrCb2RGB), np.uint8)


def _same_size(planes: Planes) -> bool:
    """Whether these are R, G, B."""
    return planes[0].shape == planes[1].shape


def halve(planes: Planes) -> Planes:
    """Mean of every 2 x 2 pixels."""
    return [_resized(one, one.shape[1] // 2, one.shape[0] // 2) for one in planes]


def cut(planes: Planes, row: int, column: int, size: int) -> Planes:
    """The square at (row, column), counted in pixels of the first plane."""
    height = planes[0].shape[0]
    steps = [height // one.shape[0] for one in planes]
    return [
        np.ascontiguousarray(one[row // step : (row + size) // step, column // step : (column + size) // step])
        for one, step in zip(planes, steps, strict=True)
    ]


def _resized(plane: Bytes, width: int, height: int) -> Bytes:
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
