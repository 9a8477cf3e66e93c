"""A small picture of any picture, in bounded memory: refused by its header before a pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from haihe.base.errors import HaiheError

WIDTH, HEIGHT = 640, 640  # pixels at most; smaller pictures are not blown up
LONGEST_SIDE = 20_000
MOST_PIXELS = 120_000_000
MOST_WHOLE = 40_000_000  # of a picture whose decoder needs all of it at once
LEAST_SIDE = 40
_LOADERS = (
    (b"\xff\xd8\xff", "jpegload_buffer"),
    (b"\x89PNG\r\n\x1a\n", "pngload_buffer"),
    (b"GIF8", "gifload_buffer"),
    (b"II*\x00", "tiffload_buffer"),
    (b"MM\x00*", "tiffload_buffer"),
)


class PictureRefused(HaiheError):
    """The picture is not shown."""

    permanent = True
    hint = "Choose another picture of the item, or none."


class PictureTooLarge(PictureRefused):
    """The picture has more pixels than are decoded."""


class PictureTooSmall(PictureRefused):
    """The picture is an ornament."""


class NoPicture(PictureRefused):
    """The file is no picture that Haihe shows: JPEG, PNG, WebP, GIF, TIFF, AVIF."""


@dataclass(frozen=True)
class Thumbnail:
    """webp: the derivative, sRGB, upright, without any metadata; width, height: of the original, upright, in pixels."""

    webp: bytes
    width: int
    height: int


def thumbnail(data: bytes) -> Thumbnail:
    """Make the derivative of a picture's bytes. Raises PictureRefused: PictureTooLarge, PictureTooSmall, NoPicture."""
    import pyvips

    pyvips.cache_set_max(0)
    loader = _loader(data)
    try:
        header = getattr(pyvips.Image, loader)(data, access="sequential")
        width, height = header.width, header.height
        whole = loader in ("webpload_buffer", "heifload_buffer", "gifload_buffer") or _interlaced(header)
        _admit(width, height, whole=whole)
        small = pyvips.Image.thumbnail_buffer(data, WIDTH, height=HEIGHT, size="down", export_profile="srgb")
        if header.get_typeof("orientation") and int(header.get("orientation")) >= 5:
            width, height = height, width
        made = small.flatten(background=255) if small.hasalpha() and small.bands not in (2, 4) else small
        return Thumbnail(made.webpsave_buffer(Q=80, keep="none", effort=3), width, height)
    except pyvips.Error as error:
        reason = str(error).strip().splitlines()
        said = reason[-1][:160] if reason else "unknown"
        if any(word in said.lower() for word in ("dimension", "too large", "exceed")):
            raise PictureTooLarge(f"The decoder refuses its size ({said}).") from error
        raise NoPicture(f"The picture is damaged ({said}).") from error


def _loader(data: bytes) -> str:
    """By the first bytes, so that no other decoder of the library is ever tried."""
    for magic, loader in _LOADERS:
        if data.startswith(magic):
            return loader
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webpload_buffer"
    if data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis"):
        return "heifload_buffer"
    raise NoPicture


def _interlaced(header: object) -> bool:
    return bool(header.get_typeof("interlaced") and header.get("interlaced"))  # type: ignore[attr-defined]


def _admit(width: int, height: int, *, whole: bool) -> None:
    said = f"It declares {width:,} × {height:,} pixels"
    if max(width, height) > LONGEST_SIDE or width * height > (MOST_WHOLE if whole else MOST_PIXELS):
        raise PictureTooLarge(
            f"{said}; at most {LONGEST_SIDE:,} a side and {MOST_PIXELS // 10**6} million are decoded."
        )
    if min(width, height) < LEAST_SIDE:
        raise PictureTooSmall(f"{said}; below {LEAST_SIDE} a side it is an ornament.")
