"""Where a picture was taken and which way its middle looks: EXIF's GPS tags, and GPano's heading."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from haihe.venues.domain.pictures.header import open_image, read_header

_NUMBER = re.compile(r"(-?\d{1,12})(?:/(\d{1,12}))?")


@dataclass(frozen=True)
class Whereabouts:
    """Degrees, WGS-84; heading: of the picture's middle, clockwise from north; None where the file does not say."""

    longitude: float | None = None
    latitude: float | None = None
    heading: float | None = None


def whereabouts(path: Path) -> Whereabouts:
    """Raises PictureUnreadable, PictureTooLarge."""
    header = read_header(path)
    heading = header.gpano.number("PoseHeadingDegrees") if header.gpano else None
    if header.kind == "hdr":
        return Whereabouts(heading=heading)
    image = open_image(path, header.kind, access="sequential")
    told = {name: str(image.get(name)) for name in image.get_fields() if name.startswith("exif-ifd3-GPS")}

    def tag(name: str) -> str:
        return told.get(f"exif-ifd3-{name}", "")

    latitude = _degrees(tag("GPSLatitude"), tag("GPSLatitudeRef")[:1] == "S", 90)
    longitude = _degrees(tag("GPSLongitude"), tag("GPSLongitudeRef")[:1] == "W", 180)
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        latitude = longitude = None
    if heading is None:
        heading = _degrees(tag("GPSImgDirection"), False, 360)
    return Whereabouts(longitude, latitude, heading)


def _degrees(told: str, negative: bool, most: float) -> float | None:
    """ "39/1 7/1 4500/100 (…)" in degrees, minutes and seconds."""
    total = 0.0
    parts = _NUMBER.findall(told.partition("(")[0])[:3]
    if not parts:
        return None
    for over, below in zip(parts, (1, 60, 3600), strict=False):
        divisor = int(over[1] or 1)
        if divisor == 0:
            return None
        total += int(over[0]) / divisor / below
    return round(-total if negative else total, 7) if math.isfinite(total) and abs(total) <= most else None
