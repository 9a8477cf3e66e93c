"""One colour space for everything that is shown: sRGB, upright, eight bits.

Metadata (places, names of persons) stays in the Master: what is encoded afterwards keeps none.

ICC profiles are applied, not dropped; CMYK and Lab without a profile go through libvips' own; sixteen-bit and float
(scene-linear, HDR) pictures are tone mapped down instead of cut off.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from haihe.archive.domain.derive import opening

_FLOAT = ("float", "double", "complex", "dpcomplex")
KNEE = 0.8  # of the light that makes white
SRGB_NAMES = ("srgb", "iec61966-2.1", "iec 61966-2-1")


def upright(image: Any) -> Any:
    """Turned as its EXIF orientation says; nonsense there turns nothing."""
    said = image.get("orientation") if "orientation" in image.get_fields() else 1
    return image.autorot() if said in range(2, 9) else image


def to_srgb(image: Any) -> Any:
    """sRGB (or grey) of eight bits, alpha kept. Raises pyvips.Error where the pixels cannot be taken so."""
    import pyvips

    if opening.TRANSFER in image.get_fields() and image.bands >= 3:
        from haihe.archive.domain.derive import hdr  # numpy, which no start loads

        return hdr.picture_shown(image, image.get(opening.TRANSFER))
    if image.format in _FLOAT and image.interpretation not in ("lab", "lch", "xyz"):
        return _tone_mapped(image)
    if "icc-profile-data" in image.get_fields() and not is_srgb(image.get("icc-profile-data")):
        with suppress(pyvips.Error):  # a broken profile, or one for other channels: the pixels are taken as they are
            image = image.icc_transform(
                "srgb", embedded=True, intent="relative", depth=8, black_point_compensation=True
            )
    if image.interpretation in ("b-w", "grey16") or (image.bands <= 2 and image.interpretation == "multiband"):
        grey = image.colourspace("b-w") if image.interpretation != "multiband" else image
        return grey.cast("uchar") if grey.format != "uchar" else grey
    if image.interpretation == "multiband" and image.bands >= 3:
        image = image[:3].copy(interpretation="srgb")
    if image.interpretation == "srgb" and image.format == "uchar":
        return image[:4] if image.bands > 4 else image
    shown = image.colourspace("srgb")
    return shown.cast("uchar") if shown.format != "uchar" else shown


def is_srgb(profile: bytes) -> bool:
    """Whether an ICC profile is one of the usual sRGB profiles, by its description."""
    head = profile[128:4096]
    text = (head.decode("latin-1") + head.decode("utf-16-be", "ignore")).lower()
    return profile[16:20] == b"RGB " and any(name in text for name in SRGB_NAMES)


def _tone_mapped(image: Any) -> Any:
    """Scene-linear light to sRGB: what is darker than KNEE stays, what is brighter is bent towards white, never cut."""
    colour = image[:3] if image.bands >= 3 else image[0].bandjoin([image[0], image[0]])
    light = (colour > 0).ifthenelse(colour, 0)
    over, room = light - KNEE, 1 - KNEE
    bent = over * room / (over + room) + KNEE
    mapped = (light > KNEE).ifthenelse(bent, light)
    return mapped.copy(interpretation="scrgb").colourspace("srgb").cast("uchar")
