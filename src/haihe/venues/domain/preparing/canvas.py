"""A picture as pixels in a file of its own, of which only what is touched is in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from haihe.venues.domain.pictures.gpano import with_gpano
from haihe.venues.domain.pictures.header import read_header
from haihe.venues.domain.pictures.rows import Rows

Bytes = npt.NDArray[np.uint8]
QUALITY = 97
CHUNK = 64


def empty(path: Path, width: int, height: int) -> Bytes:
    """Room for `height` rows of `width` pixels, RGB, in a new file."""
    return np.memmap(path, np.uint8, "w+", shape=(height, width, 3))


def decoded(picture: Path, scratch: Path, *, turn: bool = True) -> Bytes:
    """The picture as 8-bit sRGB, (height, width, 3), in a file below `scratch`.

    turn   apply the EXIF orientation

    Raises PictureUnreadable, PictureTooLarge, PictureDamaged.
    """
    header = read_header(picture)
    with Rows(header, turn=turn, spool=scratch) as rows:
        made = empty(scratch / f"{picture.stem[:40]}-{len(list(scratch.iterdir()))}.rgb", rows.width, rows.height)
        for begin in range(0, rows.height, CHUNK):
            rows.read(made[begin : begin + CHUNK])
    return made


def write_jpeg(pixels: Bytes, path: Path, values: dict[str, Any]) -> None:
    """As JPEG with 4:4:4 chroma, so sharp that tiles lose nothing by it; `values`: its GPano properties."""
    import pyvips

    height, width = pixels.shape[:2]
    image = pyvips.Image.new_from_array(np.ascontiguousarray(pixels)).copy(interpretation="srgb")
    image.jpegsave(str(path), Q=QUALITY, subsample_mode="off", keep="none")
    data = path.read_bytes()
    path.write_bytes(with_gpano(data, {**whole(width, height), **values}))


def whole(width: int, height: int) -> dict[str, Any]:
    """The GPano properties of a whole sphere."""
    return {
        "UsePanoramaViewer": "True",
        "ProjectionType": "equirectangular",
        "FullPanoWidthPixels": width,
        "FullPanoHeightPixels": height,
        "CroppedAreaLeftPixels": 0,
        "CroppedAreaTopPixels": 0,
        "CroppedAreaImageWidthPixels": width,
        "CroppedAreaImageHeightPixels": height,
    }
