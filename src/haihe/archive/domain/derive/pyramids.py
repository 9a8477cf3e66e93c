"""A picture as a tiled pyramidal TIFF of JPEG tiles, sRGB, upright: made once for deep zoom, then only handed on."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from haihe.archive.domain.derive import colours
from haihe.archive.domain.derive.opening import open_picture, unreadable
from haihe.base.errors import HaiheError

TILE = 512
QUALITY = 90
WORTH_IT = 4_000_000  # pixels from which zooming without a pyramid is felt
RECIPE = "pyramid-1"  # another number whenever the bytes come out otherwise


def make_pyramid(source: Path, target: Path) -> None:
    """Write the pyramid of `source` to `target`, which appears whole or not at all. Bounded memory.

    Raises PictureUnreadable, PictureTooLarge, OSError.
    """
    import pyvips

    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".tif")
    os.close(handle)
    try:
        image = open_picture(source)
        image = colours.to_srgb(colours.upright(image))
        if image.hasalpha():
            image = image.flatten(background=255)
        image.tiffsave(
            name,
            tile=True,
            tile_width=TILE,
            tile_height=TILE,
            pyramid=True,
            compression="jpeg",
            Q=QUALITY,
            bigtiff=image.width * image.height > 1_000_000_000,
            keep="none",
        )
        with open(name, "rb") as file:
            os.fsync(file.fileno())
        os.replace(name, target)
    except pyvips.Error as error:
        raise unreadable(error, source) from error
    finally:
        Path(name).unlink(missing_ok=True)


def is_worth_it(path: Path) -> bool:
    """Whether a file is a large picture without levels of its own."""
    from haihe.archive.domain.derive import rendering

    try:
        source = rendering.look(path)
    except (HaiheError, OSError):
        return False
    return not source.levels[1:] and source.width * source.height >= WORTH_IT
