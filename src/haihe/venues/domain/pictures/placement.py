"""How a picture lies on the sphere: whole, or a part whose place the file or its owner declares."""

from __future__ import annotations

from dataclasses import dataclass

from haihe.base.errors import HaiheError
from haihe.venues.domain.pictures.errors import PictureTooLarge
from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.pictures.header import LARGEST_PIXELS, LARGEST_WIDTH, Header
from haihe.venues.domain.pictures.layouts import half_size


class NotEquirectangular(HaiheError):
    """The picture covers no whole sphere."""

    permanent = True
    hint = "`haihe venues inspect` says what it may be; --crop FULL_WIDTH,FULL_HEIGHT,LEFT,TOP tells where a part lies."


@dataclass(frozen=True)
class Placement:
    """How to lay one picture.

    turn   apply the EXIF orientation
    crop   where the turned picture lies, in pixels of its own scale
    """

    turn: bool
    crop: Crop


def place(header: Header, declared: Crop | None = None, *, half: str = "") -> Placement:
    """Where the picture lies.

    declared   what the owner says; counts more than what the file says. Its width and height are the picture's own
    half       of a stereo picture: "top", "bottom", "left" or "right"; a half is a whole sphere

    An EXIF orientation that would put a panorama on its side is ignored: cameras write it, and no viewer follows it.
    Raises NotEquirectangular, and PictureTooLarge where the whole sphere would be larger than Haihe takes.
    """
    width, height = header.turned
    turn = header.orientation > 1
    if half:
        return Placement(turn, _sphere_of_half(header, half))
    if turn and header.orientation >= 5 and is_whole(header.width, header.height):
        width, height, turn = header.width, header.height, False
    crop = _declared(declared, header, width, height) if declared else _said_by_file(header, width, height)
    if crop is None:
        if not is_whole(width, height):
            raise NotEquirectangular(
                f"It is {width} x {height}, not twice as wide as high, and says not where on the sphere it lies.",
                thing=header.path,
            )
        crop = Crop(width, height, 0, 0, width, height)
    if not is_whole(crop.full_width, crop.full_height):
        said = f"{crop.full_width} x {crop.full_height}"
        raise NotEquirectangular(f"Its whole sphere is declared as {said}, which is not 2:1.", thing=header.path)
    if crop.full_width * crop.full_height > LARGEST_PIXELS or crop.full_width > LARGEST_WIDTH:
        raise PictureTooLarge(f"Its whole sphere is {crop.full_width} x {crop.full_height} pixels.", thing=header.path)
    return Placement(turn, crop)


def _sphere_of_half(header: Header, half: str) -> Crop:
    width, height = half_size(*header.turned, half)
    if not is_whole(width, height):
        said = f"Its {half} half is {width} x {height}, not twice as wide as high."
        raise NotEquirectangular(said, thing=header.path)
    return Crop(width, height, 0, 0, width, height)


def is_whole(width: int, height: int) -> bool:
    """Twice as wide as high, but for the rounding of one pixel, and not tiny."""
    return abs(width - 2 * height) <= 2 and width >= 64


def _declared(told: Crop, header: Header, width: int, height: int) -> Crop:
    if told.left < 0 or told.top < 0 or told.left + width > told.full_width or told.top + height > told.full_height:
        raise NotEquirectangular(
            f"A picture of {width} x {height} at ({told.left}, {told.top}) lies outside of "
            f"{told.full_width} x {told.full_height}.",
            thing=header.path,
        )
    return Crop(told.full_width, told.full_height, told.left, told.top, width, height)


def _said_by_file(header: Header, width: int, height: int) -> Crop | None:
    """GPano's place, in the scale of the picture as it is: editors shrink pictures and leave the numbers."""
    if header.gpano is None:
        return None
    if header.gpano.projection not in ("", "equirectangular"):
        raise NotEquirectangular(f"GPano says the projection is {header.gpano.projection!r}.", thing=header.path)
    try:
        crop = header.gpano.crop()
    except ValueError as error:
        raise NotEquirectangular(f"{error}.", thing=header.path) from error
    if crop is None or (crop.width, crop.height) == (width, height):
        return crop
    scale = width / crop.width
    if abs(crop.height * scale - height) > 2:
        raise NotEquirectangular(
            f"GPano describes a picture of {crop.width} x {crop.height}, but it is {width} x {height}.",
            thing=header.path,
        )
    full_width = 2 * round(crop.full_width * scale / 2)
    left, top = round(crop.left * scale), round(crop.top * scale)
    full_height = round(crop.full_height * scale)
    return Crop(max(full_width, left + width), max(full_height, top + height), left, top, width, height)
