"""One photo as stitching sees it: its size, its lens as far as it is known, its features."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain.pictures.errors import PictureDamaged, PictureUnreadable
from haihe.venues.domain.pictures.header import read_header

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

WORKING_PIXELS = 1_500_000
FEATURES, DENSE = 2_500, 250  # at most, and one to so many pixels
SMALL = 400  # pixels of the longer side of the copy that exposures are compared on
FEW = 60  # features: a photo with fewer shows sky, water or a wall
FILM = 36.0  # mm, width of the film that EXIF's 35 mm equivalent refers to


@dataclass(frozen=True)
class Photo:
    """Sizes and focal length in pixels, upright; focal 0 where unknown; points (n, 2), descriptors (n, 128).

    small   the whole photo, RGB, at most 400 pixels a side
    """

    path: Path
    width: int
    height: int
    focal: float
    points: Doubles
    descriptors: Floats
    small: Bytes

    @property
    def is_plain(self) -> bool:
        return len(self.points) < FEW


def read_photo(path: Path) -> Photo:
    """Raises PictureUnreadable, PictureTooLarge, PictureDamaged, naming the photo."""
    pixels, width, height, focal = _working_copy(path)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = width / grey.shape[1]
    share = min(1.0, SMALL / max(grey.shape))
    small = np.asarray(cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
    finder = cv2.SIFT.create(nfeatures=min(FEATURES, grey.size // DENSE), contrastThreshold=0.02)
    keypoints, descriptors = finder.detectAndCompute(grey, None)
    if descriptors is None or not keypoints:
        return Photo(path, width, height, focal, np.zeros((0, 2)), np.zeros((0, 128), np.float32), small)
    points = (np.array([one.pt for one in keypoints], float) + 0.5) * scale - 0.5
    rooted = np.sqrt(descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6))  # Arandjelovic 2012
    return Photo(path, width, height, focal, points, rooted.astype(np.float32), small)


def pixels_of(photo: Photo, scale: float = 1.0) -> Bytes:
    """The photo upright as RGB, shrunk by `scale` (at most 1)."""
    image = _shrunk(photo.path, max(1, round(max(photo.width, photo.height) * min(scale, 1.0))))
    pixels: Bytes = image.numpy()
    return pixels


def _working_copy(path: Path) -> tuple[Bytes, int, int, float]:
    header = read_header(path)
    if header.kind == "hdr":
        raise PictureUnreadable("A Radiance file cannot be stitched.", thing=path)
    width, height = header.turned
    if min(width, height) < 64:
        raise PictureUnreadable(f"A photo of {width} x {height} pixels is too small to be stitched.", thing=path)
    scale = min(1.0, (WORKING_PIXELS / (width * height)) ** 0.5)
    pixels = _shrunk(path, round(max(width, height) * scale)).numpy()
    film = _film_focal(path) if header.kind == "tiff" else header.film_focal
    return pixels, width, height, film / FILM * max(width, height) if 5 <= film <= 600 else 0.0


def _shrunk(path: Path, side: int) -> Any:
    """libvips shrinks JPEG while it decodes, applies the EXIF orientation and converts to sRGB."""
    import pyvips

    pyvips.cache_set_max(0)
    try:
        image = pyvips.Image.thumbnail(
            str(path), side, height=side, size="down", output_profile="srgb", fail_on="truncated"
        )
        if image.hasalpha():
            image = image.flatten()
        image = image.colourspace("srgb") if image.bands < 3 or str(image.interpretation) != "srgb" else image
        return image[:3].cast("uchar").copy_memory()
    except pyvips.Error as error:
        reason = str(error).strip().splitlines()[-1:] or [""]
        raise PictureDamaged(f"The photo cannot be decoded ({reason[0].strip()}).", thing=path) from error


def _film_focal(path: Path) -> float:
    """EXIF's 35 mm equivalent, in mm, of a TIFF, in which libvips does not look; 0 where it says nothing."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            return float(image.getexif().get_ifd(0x8769).get(0xA405, 0) or 0)
    except (OSError, ValueError, TypeError, SyntaxError, struct.error, Image.DecompressionBombError):
        return 0.0
