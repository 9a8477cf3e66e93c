"""An address of the IIIF Image API as what it asks for.

Sources: https://iiif.io/api/image/3.0/ and https://iiif.io/api/image/2.1/, section 4 of both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Version = Literal[2, 3]
FORMATS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "tif": "image/tiff"}
QUALITIES = ("default", "color", "gray", "bitonal")
_WHOLE = re.compile(r"\d{1,10}")
_DECIMAL = re.compile(r"\d{1,10}(\.\d{1,10})?")


class BadRequest(Exception):
    """400: what the address says is not in the grammar, or cannot be made; `str()` says what."""


class NotServed(Exception):
    """501: in the grammar, but not made here."""


@dataclass(frozen=True)
class Limits:
    """What a rendition may at most have, in pixels; they stand in info.json."""

    width: int = 8192
    height: int = 8192
    area: int = 36_000_000


LIMITS = Limits()


@dataclass(frozen=True)
class Wanted:
    """One rendition. Region and size in pixels of the picture as it is presented; degrees turn clockwise."""

    x: int
    y: int
    w: int
    h: int
    width: int
    height: int
    degrees: float
    mirrored: bool
    quality: str
    format: str
    canonical: str  # region/size/rotation/quality.format


def parse(parts: list[str], version: Version, width: int, height: int, limits: Limits = LIMITS) -> Wanted:
    """[region, size, rotation, quality.format] of a picture of width x height. Raises BadRequest, NotServed."""
    region, size, rotation, last = parts
    x, y, w, h = _region(region, width, height)
    to = _size(size, version, w, h, limits)
    degrees, mirrored = _rotation(rotation)
    quality, dot, format_ = last.rpartition(".")
    if not dot or quality not in QUALITIES:
        raise BadRequest(f"quality {quality!r} is not one of {', '.join(QUALITIES)}")
    if format_ not in FORMATS:
        raise BadRequest(f"format {format_!r} is not one of {', '.join(FORMATS)}")
    canonical = _canonical(version, (x, y, w, h), to, (width, height), degrees, mirrored, f"{quality}.{format_}")
    return Wanted(x, y, w, h, *to, degrees, mirrored, quality, format_, canonical)


def _region(text: str, width: int, height: int) -> tuple[int, int, int, int]:
    if text == "full":
        return 0, 0, width, height
    if text == "square":
        side = min(width, height)
        return (width - side) // 2, (height - side) // 2, side, side
    if text.startswith("pct:"):
        shares = [_number(part, "region") / 100 for part in _four(text[4:])]
        x, y = round(shares[0] * width), round(shares[1] * height)
        w, h = round(shares[2] * width), round(shares[3] * height)
    else:
        x, y, w, h = (_count(part, "region") for part in _four(text))
    if x >= width or y >= height:
        raise BadRequest(f"the region {text} lies outside the picture of {width} x {height}")
    w, h = min(w, width - x), min(h, height - y)
    if w < 1 or h < 1:
        raise BadRequest(f"the region {text} is empty")
    return x, y, w, h


def _size(text: str, version: Version, w: int, h: int, limits: Limits) -> tuple[int, int]:
    up = version == 3 and text.startswith("^")
    bare = text[1:] if up else text
    if bare == "max" or (bare == "full" and version == 2):
        share = _largest(w, h, limits)
        # `^max` enlarges nothing: the validator of 3.0 wants the full size, and nobody needs the largest blur
        return (w, h) if share >= 1 else (max(1, int(w * share)), max(1, int(h * share)))
    if bare == "full":
        raise BadRequest("the size `full` is of version 2; ask for `max`")
    to = _asked(bare, w, h, up or version == 2)
    if min(to) < 1:
        raise BadRequest(f"the size {text} is empty")
    if not up and version == 3 and (to[0] > w or to[1] > h):
        raise BadRequest(f"the size {text} is larger than the region; write ^{text} to have it enlarged")
    if to[0] > limits.width or to[1] > limits.height or to[0] * to[1] > limits.area:
        raise BadRequest(f"the size {to[0]} x {to[1]} is above the limits of info.json")
    return to


def _asked(text: str, w: int, h: int, may_grow: bool) -> tuple[int, int]:
    if text.startswith("pct:"):
        share = _number(text[4:], "size") / 100
        return round(w * share), round(h * share)
    fits = text.startswith("!")
    first, comma, second = text.removeprefix("!").partition(",")
    if not comma or "," in second or not (first or second) or (fits and not (first and second)):
        raise BadRequest(f"size {text!r} is not in the grammar")
    width, height = (_count(part, "size") if part else None for part in (first, second))
    if fits and width is not None and height is not None:
        share = min(width / w, height / h)
        if share > 1 and not may_grow:  # the text of 3.0 would let us answer smaller; its validator wants a refusal
            raise BadRequest(f"the size {text} is larger than the region; write ^{text} to have it enlarged")
        return (max(1, round(w * share)), max(1, round(h * share))) if share > 0 else (0, 0)
    if width is None:
        assert height is not None
        return max(1, round(w * height / h)) if height else 0, height
    return width, height if height is not None else (max(1, round(h * width / w)) if width else 0)


def _largest(w: int, h: int, limits: Limits) -> float:
    """By how much the region may grow, or must shrink, to be as large as the limits let it."""
    return min(limits.width / w, limits.height / h, (limits.area / (w * h)) ** 0.5)


def _rotation(text: str) -> tuple[float, bool]:
    mirrored = text.startswith("!")
    degrees = _number(text.removeprefix("!"), "rotation")
    if degrees > 360:
        raise BadRequest(f"rotation {text!r} is more than 360 degrees")
    return degrees % 360, mirrored


def _four(text: str) -> list[str]:
    parts = text.split(",")
    if len(parts) != 4:
        raise BadRequest(f"region {text!r} has not four numbers")
    return parts


def _count(text: str, what: str) -> int:
    if not _WHOLE.fullmatch(text) or not text.isascii():
        raise BadRequest(f"{what}: {text[:40]!r} is no whole number of pixels")
    return int(text)


def _number(text: str, what: str) -> float:
    if not _DECIMAL.fullmatch(text) or not text.isascii():
        raise BadRequest(f"{what}: {text[:40]!r} is no number")
    return float(text)


def _canonical(
    version: Version,
    region: tuple[int, int, int, int],
    to: tuple[int, int],
    whole: tuple[int, int],
    degrees: float,
    mirrored: bool,
    last: str,
) -> str:
    """The one way to write it, sections 4.7 of both versions."""
    x, y, w, h = region
    area = "full" if (x, y, w, h) == (0, 0, *whole) else f"{x},{y},{w},{h}"
    if version == 3:
        size = "max" if to == (w, h) else f"{'^' if to[0] > w or to[1] > h else ''}{to[0]},{to[1]}"
    elif to == (w, h):
        size = "full"
    else:
        size = f"{to[0]}," if to[1] == max(1, round(h * to[0] / w)) else f"{to[0]},{to[1]}"
    turned = f"{'!' if mirrored else ''}{degrees:g}"
    return f"{area}/{size}/{turned}/{last}"
