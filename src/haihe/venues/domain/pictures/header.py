"""What a picture file declares, read without decoding a pixel."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haihe.venues.domain.pictures.errors import PictureTooLarge, PictureUnreadable
from haihe.venues.domain.pictures.gpano import GPano, read_gpano
from haihe.venues.domain.pictures.signature import READ, kind_of_file

LARGEST_WIDTH = 32768
LARGEST_PIXELS = 32768 * 16384
LARGEST_HDR_PIXELS = 8192 * 4096  # OpenCV decodes the whole picture at 12 bytes a pixel
_BITS = {"uchar": 8, "char": 8, "ushort": 16, "short": 16, "uint": 32, "int": 32, "float": 32, "double": 64}
_HDR_SIZE = re.compile(rb"\n-Y (\d{1,9}) \+X (\d{1,9})\n")


@dataclass(frozen=True)
class Header:
    """One picture file.

    width, height   as stored, before the EXIF orientation is applied
    bits            of one sample
    colour          libvips' name: "srgb", "rgb16", "b-w", "cmyk", "scrgb", "lab" ...
    orientation     EXIF 1 to 8
    whole           the decoder needs the whole picture at once (progressive JPEG, interlaced PNG, WebP, AVIF, HDR)
    icc             name of the embedded profile, "" where there is none
    film_focal      focal length in mm as EXIF tells it for 35 mm film, 0 where it does not (TIFF: never read)
    """

    path: Path
    kind: str
    width: int
    height: int
    bands: int
    bits: int
    colour: str
    orientation: int
    whole: bool
    icc: str
    gpano: GPano | None
    pages: int = 1
    film_focal: float = 0.0

    @property
    def turned(self) -> tuple[int, int]:
        """Width and height once the EXIF orientation is applied."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def read_header(path: Path) -> Header:
    """Raises PictureUnreadable and PictureTooLarge, naming the file."""
    try:
        kind = kind_of_file(path)
    except OSError as error:
        raise PictureUnreadable(f"The file cannot be opened: {os.strerror(error.errno or 0)}.", thing=path) from error
    if kind not in READ:
        raise PictureUnreadable(_REFUSED.get(kind, "The file is no picture."), thing=path)
    header = _hdr_header(path) if kind == "hdr" else _vips_header(path, kind)
    if header.width * header.height > LARGEST_PIXELS or max(header.width, header.height) > LARGEST_WIDTH:
        raise PictureTooLarge(
            f"The file declares {header.width} x {header.height} pixels; "
            f"at most {LARGEST_WIDTH} a side and {LARGEST_PIXELS // 1_000_000} million in all are decoded.",
            thing=path,
        )
    return header


def open_image(path: Path, kind: str, **options: Any) -> Any:
    """The file as a lazy libvips image through the loader of its kind, never another. Raises pyvips.Error."""
    import pyvips

    pyvips.cache_set_max(0)
    loader = {"jpeg": "jpegload", "png": "pngload", "tiff": "tiffload", "webp": "webpload", "avif": "heifload"}[kind]
    return getattr(pyvips.Image, loader)(str(path), **options)


def _vips_header(path: Path, kind: str) -> Header:
    import pyvips

    try:
        image = open_image(path, kind, access="sequential")
        fields = set(image.get_fields())
    except pyvips.Error as error:
        detail = _first_reason(str(error))
        if "dimension" in detail or "too large" in detail or "limit" in detail.lower():
            raise PictureTooLarge(f"The decoder refuses its size ({detail}).", thing=path) from error
        raise PictureUnreadable(
            f"The file begins like {kind.upper()} but cannot be read ({detail}).", thing=path
        ) from error

    def field(name: str, default: Any) -> Any:
        return image.get(name) if name in fields else default

    xmp = field("xmp-data", b"")
    orientation = field("orientation", 1)
    return Header(
        path=path,
        kind=kind,
        width=image.width,
        height=image.height,
        bands=image.bands,
        bits=_BITS.get(str(image.format), 8),
        colour=str(image.interpretation),
        orientation=orientation if orientation in range(1, 9) else 1,
        whole=bool(field("interlaced", 0)) or kind in ("webp", "avif"),
        icc=profile_name(field("icc-profile-data", b"")),
        gpano=read_gpano(bytes(xmp)) if xmp else None,
        pages=min(int(field("n-pages", 1)), 1_000_000),
        film_focal=_leading_number(str(field("exif-ifd2-FocalLengthIn35mmFilm", ""))),
    )


def _hdr_header(path: Path) -> Header:
    with path.open("rb") as file:
        head = file.read(4096)
    size = _HDR_SIZE.search(head)
    if size is None:
        raise PictureUnreadable("The Radiance file gives no size in the usual orientation (-Y, +X).", thing=path)
    height, width = int(size[1]), int(size[2])
    if 0 in (height, width):
        raise PictureUnreadable("The Radiance file declares no pixels.", thing=path)
    if width * height > LARGEST_HDR_PIXELS:
        raise PictureTooLarge(f"A Radiance file of {width} x {height} pixels is more than 8192 x 4096.", thing=path)
    return Header(path, "hdr", width, height, 3, 32, "scrgb", 1, True, "", None)


def profile_name(profile: bytes) -> str:
    """The description of an ICC profile (`desc` tag, versions 2 and 4), "unnamed" where none can be read."""
    if not profile:
        return ""
    count = min(int.from_bytes(profile[128:132], "big"), 100)
    for number in range(count):
        entry = profile[132 + 12 * number : 144 + 12 * number]
        if entry[:4] == b"desc":
            begin, length = int.from_bytes(entry[4:8], "big"), min(int.from_bytes(entry[8:12], "big"), 400)
            return _description(profile[begin : begin + length]) or "unnamed"
    return "unnamed"


def _description(tag: bytes) -> str:
    if tag[:4] == b"mluc":
        length, begin = int.from_bytes(tag[20:24], "big"), int.from_bytes(tag[24:28], "big")
        text = tag[begin : begin + length].decode("utf-16-be", "replace")
    else:
        length = int.from_bytes(tag[8:12], "big")
        text = tag[12 : 12 + length].decode("latin-1", "replace")
    return "".join(letter for letter in text if letter.isprintable()).strip()[:80]


def _leading_number(text: str) -> float:
    """Of "27 (27, Short, 1 components, 2 bytes)", as libvips gives EXIF."""
    found = re.match(r"\d{1,9}", text)
    return float(found[0]) if found else 0.0


def _first_reason(text: str) -> str:
    """libvips says several lines; the last that is not about the loader's name is the reason."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    reason = lines[-1] if lines else "no reason given"
    return reason.rstrip(".")[:160]


_REFUSED = {
    "empty": "The file is empty.",
    "text": "The file is text, whatever its name says.",
    "html": "The file is a web page, whatever its name says.",
    "svg": "The file is an SVG drawing, no photograph.",
    "gif": "The file is a GIF, whose 256 colours make no panorama.",
    "heic": "The file is HEIC, whose decoder Haihe does not bring (patents).",
    "video": "The file is a video or another ISO media file, no picture.",
    "raw": "The file is a camera's raw picture.",
    "exr": "The file is OpenEXR, which Haihe does not read.",
    "jxl": "The file is JPEG XL, which Haihe does not read yet.",
    "jp2": "The file is JPEG 2000, which Haihe does not read.",
    "psd": "The file is a Photoshop document.",
    "bmp": "The file is BMP, which Haihe does not read.",
    "pdf": "The file is a PDF document.",
    "zip": "The file is a ZIP archive.",
}
