"""A picture from anybody, opened by what its bytes are, never by its name.

Each kind has the one loader that is called for it; libvips' own guess, which would also find loaders of drawings and
documents, is not used. Sizes are read from the header and refused before a pixel is decoded.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from haihe.archive.domain.derive.errors import PictureTooLarge, PictureUnreadable

LOADERS = {
    "jpeg": "jpegload",
    "png": "pngload",
    "tiff": "tiffload",
    "webp": "webpload",
    "gif": "gifload",
    "avif": "heifload",
}
MEDIA_TYPES = {kind: f"image/{kind}" for kind in LOADERS}
LONGEST_SIDE = 200_000  # pixels
MOST_PIXELS = {"tiff": 4_000_000_000}  # of a kind of which a part can be read
MOST_LINE_PIXELS = 1_000_000_000  # of a kind that is read from the top
MOST_WHOLE_PIXELS = 130_000_000  # of a kind that is decoded as a whole: 400 MB of RGB
LARGEST_HEAD = 1 << 16  # bytes in which an AVIF describes its colours
COLOURS = re.compile(rb"colrnclx\x00\x09(..)", re.DOTALL)  # ISO/IEC 23008-12; primaries 9 are those of BT.2020
TRANSFERS = {16: "pq", 18: "hlg"}  # ITU-T H.273
TRANSFER = "haihe-transfer"  # how a picture's codes become light, where they are none of sRGB
WHOLE_KINDS = frozenset({"webp", "gif", "avif"})


def kind_of(head: bytes) -> str | None:
    """The kind of picture that begins with these bytes (32 are enough); None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return "avif"
    return None


def sniff(path: Path) -> str:
    """The kind of a file. Raises PictureUnreadable, OSError."""
    with path.open("rb") as file:
        kind = kind_of(file.read(32))
    if kind is None:
        raise PictureUnreadable("The file is no picture that Haihe shows.", thing=path.name)
    return kind


def open_picture(path: Path, **options: Any) -> Any:
    """The picture as a lazy libvips image: no pixel is decoded yet.

    options   of the loader (page, shrink, access, subifd)
    Raises PictureUnreadable, PictureTooLarge, OSError.
    """
    return open_as(path, sniff(path), **options)


def open_as(path: Path, kind: str, **options: Any) -> Any:
    """`open_picture` where the kind is known."""
    import pyvips

    pyvips.cache_set_max(0)  # a cache of operations would hold the files of withdrawn pictures open
    try:
        image = getattr(pyvips.Image, LOADERS[kind])(str(path), **{"fail_on": "truncated", **options})
    except pyvips.Error as error:
        raise unreadable(error, path) from error
    if kind == "avif" and (light := _high_range(path)):
        image = image.copy()
        image.set_type(pyvips.GValue.gstr_type, TRANSFER, light)
    pixels = image.width * image.height
    whole = kind in WHOLE_KINDS or (kind == "png" and _is_interlaced(image)) or _is_progressive(image)
    most = MOST_WHOLE_PIXELS if whole else MOST_PIXELS.get(kind, MOST_LINE_PIXELS)
    if max(image.width, image.height) > LONGEST_SIDE or pixels > most:
        raise PictureTooLarge(f"The file declares {image.width} x {image.height} pixels.", thing=path.name)
    if image.bands > 8:
        raise PictureUnreadable(f"The file has {image.bands} channels; at most 8 make a picture.", thing=path.name)
    return image


def is_cut(error: Exception) -> bool:
    """Whether a decoder stopped because the file ends too early."""
    return any(word in str(error).lower() for word in ("premature", "truncated", "end of file", "unexpected eof"))


def unreadable(error: Exception, path: Path) -> PictureUnreadable | PictureTooLarge:
    """What a decoder said, as an error for people."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = (lines[-1] if lines else "no reason given").rstrip(".")[:160]
    if any(word in said.lower() for word in ("dimension", "too large", "limit exceeded", "too big")):
        return PictureTooLarge(f"The decoder refuses its size ({said}).", thing=path.name)
    return PictureUnreadable(f"The file is damaged or incomplete ({said}).", thing=path.name)


def _high_range(path: Path) -> str:
    """ "pq" or "hlg" where the colour box of an AVIF says so in the colours of BT.2020, which libvips does not tell."""
    with path.open("rb") as file:
        head = file.read(LARGEST_HEAD)
    found = COLOURS.search(head)
    return TRANSFERS.get(int.from_bytes(found[1], "big"), "") if found else ""


def _is_progressive(image: Any) -> bool:
    return bool("jpeg-multiscan" in image.get_fields() and image.get("jpeg-multiscan"))


def _is_interlaced(image: Any) -> bool:
    return bool("interlaced" in image.get_fields() and image.get("interlaced"))
