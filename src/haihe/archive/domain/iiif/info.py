"""info.json of both versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from haihe.archive.domain.iiif.requests import FORMATS, LIMITS, Limits, Version

CONTEXT = {2: "http://iiif.io/api/image/2/context.json", 3: "http://iiif.io/api/image/3/context.json"}
PROFILE = {2: "http://iiif.io/api/image/2/level2.json", 3: "http://iiif.io/api/image/3/level2.json"}
_FEATURES = (
    *("baseUriRedirect", "canonicalLinkHeader", "cors", "jsonldMediaType", "mirroring", "profileLinkHeader"),
    *("regionByPct", "regionByPx", "regionSquare", "rotationArbitrary", "rotationBy90s"),
    *("sizeByConfinedWh", "sizeByH", "sizeByPct", "sizeByW", "sizeByWh"),
)
FEATURES: dict[int, list[str]] = {2: [*_FEATURES, "sizeAboveFull", "sizeByForcedWh"], 3: [*_FEATURES, "sizeUpscaling"]}


@dataclass(frozen=True)
class Presented:
    """A picture as one person is shown it: its size, its tiles and their scale factors, the licence beside it."""

    width: int
    height: int
    tile: int = 512
    factors: tuple[int, ...] = (1,)
    statement: str = ""


def info(address: str, version: Version, picture: Presented, limits: Limits = LIMITS) -> dict[str, Any]:
    """The document; `address` is the base address of the picture, as it was asked for."""
    sizes = [
        {"width": -(-picture.width // factor), "height": -(-picture.height // factor)}
        for factor in sorted(picture.factors, reverse=True)
    ]
    fitting = [one for one in sizes if _fits(one["width"], one["height"], limits)]
    tiles = [{"width": picture.tile, "height": picture.tile, "scaleFactors": list(picture.factors)}]
    common: dict[str, Any] = {"protocol": "http://iiif.io/api/image", "width": picture.width, "height": picture.height}
    bounds = {"maxWidth": limits.width, "maxHeight": limits.height, "maxArea": limits.area}
    others = [name for name in FORMATS if name not in ("jpg", "png")]
    if version == 2:
        profile = {"formats": list(FORMATS), "qualities": ["default", "color", "gray", "bitonal"]}
        rights = {"license": picture.statement} if picture.statement else {}
        return {
            "@context": CONTEXT[2],
            "@id": address,
            **common,
            "sizes": fitting,
            "tiles": tiles,
            "profile": [PROFILE[2], {**profile, "supports": FEATURES[2], **bounds}],
            **rights,
        }
    return {
        "@context": CONTEXT[3],
        "id": address,
        "type": "ImageService3",
        "profile": "level2",
        **common,
        **bounds,
        "sizes": fitting,
        "tiles": tiles,
        "preferredFormats": ["jpg", "webp"],
        "extraFormats": others,
        "extraQualities": ["color", "gray", "bitonal"],
        "extraFeatures": FEATURES[3],
        **({"rights": picture.statement} if picture.statement else {}),
    }


def _fits(width: int, height: int, limits: Limits) -> bool:
    return width <= limits.width and height <= limits.height and width * height <= limits.area


def factors_for(width: int, height: int, tile: int) -> tuple[int, ...]:
    """1, 2, 4 … until the whole picture is one tile."""
    found = [1]
    while max(width, height) > tile * found[-1]:
        found.append(found[-1] * 2)
    return tuple(found)
