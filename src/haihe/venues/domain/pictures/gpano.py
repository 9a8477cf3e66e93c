"""GPano: the XMP properties that say how a picture lies on the sphere.

Source: "Photo Sphere XMP Metadata", Google, namespace http://ns.google.com/photos/1.0/panorama/.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

NAMESPACE = "http://ns.google.com/photos/1.0/panorama/"
SPHERICAL = "http://ns.google.com/videos/1.0/spherical/"  # of its words only StereoMode is read
LARGEST_XMP = 1 << 20
_MOST = 1 << 20  # pixels a side that a declaration may ask for


@dataclass(frozen=True)
class Crop:
    """Where a cropped picture lies on the full panorama, in pixels of the full panorama."""

    full_width: int
    full_height: int
    left: int
    top: int
    width: int
    height: int

    @property
    def is_full(self) -> bool:
        return (self.left, self.top, self.width, self.height) == (0, 0, self.full_width, self.full_height)


@dataclass(frozen=True)
class GPano:
    """What the file declares.

    projection   "equirectangular", "cylindrical" or what else is written; "" where nothing is
    values       every GPano property as text, by its name without prefix
    """

    projection: str
    values: dict[str, str]

    @property
    def stereo(self) -> str:
        """ "mono", "top-bottom" or "left-right" where the file says so, else ""."""
        told = self.values.get("StereoMode", "").strip().lower()
        return told if told in ("mono", "top-bottom", "left-right") else ""

    def number(self, name: str) -> float | None:
        """A property as a finite number, None where it is missing or is none."""
        try:
            value = float(self.values[name])
        except (KeyError, ValueError):
            return None
        return value if math.isfinite(value) else None

    def crop(self) -> Crop | None:
        """The declared place on the sphere; None where nothing is. Raises ValueError saying what contradicts."""
        names = ("FullPanoWidthPixels", "FullPanoHeightPixels", "CroppedAreaLeftPixels", "CroppedAreaTopPixels")
        sizes = ("CroppedAreaImageWidthPixels", "CroppedAreaImageHeightPixels")
        if not any(name in self.values for name in (*names, *sizes)):
            return None
        numbers = [self.number(name) for name in (*names, *sizes)]
        if any(number is None or abs(number) > _MOST for number in numbers):
            missing = [name for name, number in zip((*names, *sizes), numbers, strict=True) if number is None]
            raise ValueError(f"GPano gives no usable number for {', '.join(missing) or 'its sizes'}")
        crop = Crop(*(round(number) for number in numbers if number is not None))
        inside = min(crop.left, crop.top) >= 0 and min(crop.width, crop.height) > 0
        fits = crop.left + crop.width <= crop.full_width and crop.top + crop.height <= crop.full_height
        if not (inside and fits):
            raise ValueError(
                f"GPano says a part of {crop.width} x {crop.height} at ({crop.left}, {crop.top}) "
                f"of {crop.full_width} x {crop.full_height}, which lies outside"
            )
        return crop


def read_gpano(xmp: bytes) -> GPano | None:
    """The GPano properties of an XMP packet; None where there are none or it is no XML. Never fetches or expands."""
    if len(xmp) > LARGEST_XMP or not (NAMESPACE.encode() in xmp or SPHERICAL.encode() in xmp):
        return None
    from lxml import etree  # only where there is something to read: 20 ms

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(xmp.strip(b"\x00 \t\r\n"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    values = dict(_properties(root))
    return GPano(values.get("ProjectionType", "").strip().lower(), values) if values else None


def _properties(root: Any) -> list[tuple[str, str]]:
    found = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in ((element.tag, element.text or ""), *element.attrib.items()):
            if name.startswith(f"{{{NAMESPACE}}}") or name == f"{{{SPHERICAL}}}StereoMode":
                found.append((name.rpartition("}")[2], value.strip()[:200]))
    return found


def with_gpano(data: bytes, values: dict[str, Any]) -> bytes:
    """A JPEG with these properties in an APP1 segment after the first marker; StereoMode is GSpherical's."""
    told = " ".join(
        f'{"GSpherical" if name == "StereoMode" else "GPano"}:{name}="{_attribute(value)}"'
        for name, value in values.items()
    )
    packet = (
        "http://ns.adobe.com/xap/1.0/\0"
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:GPano="{NAMESPACE}" xmlns:GSpherical="{SPHERICAL}" {told}/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet + data[2:]


def _attribute(value: object) -> str:
    text = str(value)[:200].replace("&", "&amp;").replace("<", "&lt;")
    return text.replace('"', "&quot;")
