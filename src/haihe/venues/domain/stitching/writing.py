"""A panorama as JPEG that says by GPano XMP where it lies on the sphere."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from haihe.venues.domain.pictures.gpano import with_gpano as with_properties
from haihe.venues.domain.stitching.engine import Panorama
from haihe.venues.domain.stitching.errors import StitchingAskedWrongly
from haihe.venues.domain.tiling.encoding import jpeg

QUALITY = 92


def write_jpeg(panorama: Panorama, path: Path, photos: int) -> None:
    """Whole or not at all: written beside, then renamed. Raises StitchingAskedWrongly where it cannot be written."""
    data = with_gpano(jpeg(np.ascontiguousarray(panorama.pixels), QUALITY), panorama, photos)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StitchingAskedWrongly(f"It cannot be written: {os.strerror(error.errno or 0)}.", thing=path) from error


def with_gpano(data: bytes, panorama: Panorama, photos: int) -> bytes:
    """The JPEG with its place on the sphere in an APP1 segment after the first marker."""
    height, width = panorama.pixels.shape[:2]
    values = {
        "UsePanoramaViewer": "True",
        "ProjectionType": "equirectangular",
        "StitchingSoftware": "Haihe",
        "FullPanoWidthPixels": width,
        "FullPanoHeightPixels": width // 2,
        "CroppedAreaLeftPixels": 0,
        "CroppedAreaTopPixels": panorama.top,
        "CroppedAreaImageWidthPixels": width,
        "CroppedAreaImageHeightPixels": height,
        "SourcePhotosCount": photos,
    }
    return with_properties(data, values)
