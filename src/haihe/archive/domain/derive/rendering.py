"""One region of a picture at one size, turned, in one quality and format.

From a pyramid the level is taken that is just large enough; a JPEG is shrunk while it is decoded. Memory is bounded:
the region is cut out before anything else, sizes were limited before, and only what is cut out is decoded where the
file lets us.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haihe.archive.domain.derive import colours, tiff
from haihe.archive.domain.derive.errors import DerivativeRefused
from haihe.archive.domain.derive.opening import is_cut, open_as, sniff, unreadable

JPEG_QUALITY = 90
GREY = ("gray", "bitonal")


@dataclass(frozen=True)
class Source:
    """A picture file that was looked at once.

    width, height   upright, in pixels
    levels          of a pyramidal TIFF, largest first; empty for anything else
    upright         its EXIF turns nothing
    plain           its pixels are eight-bit sRGB, upright, without alpha: nothing must be converted
    """

    path: Path
    kind: str
    width: int
    height: int
    levels: tuple[tiff.Level, ...] = ()
    plain: bool = False
    upright: bool = True


def look(path: Path) -> Source:
    """What a picture file is. Raises PictureUnreadable, PictureTooLarge, OSError."""
    kind = sniff(path)
    image = open_as(path, kind)
    turned = "orientation" in image.get_fields() and image.get("orientation") in (5, 6, 7, 8)
    width, height = (image.height, image.width) if turned else (image.width, image.height)
    found: list[tiff.Level] = []
    if kind == "tiff":
        with path.open("rb") as file:
            found = tiff.levels(file.fileno())
    fields = image.get_fields()
    profile = image.get("icc-profile-data") if "icc-profile-data" in fields else None
    upright = "orientation" not in fields or image.get("orientation") not in range(2, 9)
    shown = image.format == "uchar" and image.interpretation in ("srgb", "b-w") and image.bands in (1, 3)
    plain = shown and upright and (profile is None or colours.is_srgb(profile))
    return Source(path, kind, width, height, tuple(found), plain, upright)


def render(source: Source, wanted: Any, scale: float = 1.0) -> bytes:
    """The bytes of a rendition.

    wanted   an iiif.requests.Wanted
    scale    pixels of the picture as it is presented for one of the source: below 1 for who may see it only small

    Raises PictureUnreadable, PictureTooLarge, DerivativeRefused.
    """
    import pyvips

    try:
        return _encoded(_finished(_sized(source, wanted, scale), wanted), wanted.format)
    except pyvips.Error as error:
        if source.kind != "jpeg" or is_cut(error):
            raise unreadable(error, source.path) from error
    try:  # small faults of cameras, which the decoder only warns of
        return _encoded(_finished(_sized(source, wanted, scale, strict=False), wanted), wanted.format)
    except pyvips.Error as error:
        raise unreadable(error, source.path) from error


def encode_for_page(
    source: Source,
    wanted: Any,
    form: str,
    *,
    quality: int,
    lossless: bool = False,
    background: Any = None,
    xmp: bytes = b"",
) -> bytes:
    """A region at a size for a web page, as "jpeg", "png", "webp", "avif" or "gif"; quality 1 to 100.

    background   (red, green, blue) under what is transparent; None: white where the form has no transparency
    xmp          a packet for AVIF, into which none can be put afterwards
    Raises PictureUnreadable, PictureTooLarge.
    """
    import pyvips

    try:
        image = _sized(source, wanted, 1.0, strict=False)
        if image.hasalpha() and (background is not None or form == "jpeg"):
            paper = list(background or (255, 255, 255))
            image = image.flatten(background=paper if image.bands > 2 else paper[:1])
        options: dict[str, Any] = {"keep": "none"}
        if form in ("jpeg", "webp", "avif"):
            options["Q"] = quality
        if form in ("webp", "avif"):
            options["lossless"] = lossless
        if form == "jpeg":
            options |= {"interlace": True, "optimize_coding": True}
        saver = {"avif": "heifsave_buffer"}.get(form, f"{form}save_buffer")
        if form == "avif":
            options["compression"] = "av1"
        if form == "avif" and xmp:
            image = image.copy()
            image.set_type(pyvips.GValue.blob_type, "xmp-data", xmp)
            options["keep"] = "xmp"
        return bytes(getattr(image, saver)(**options))
    except pyvips.Error as error:
        raise unreadable(error, source.path) from error


def _sized(source: Source, wanted: Any, scale: float, *, strict: bool = True) -> Any:
    """The region at its size, upright, sRGB."""
    x, y, w, h = (value / scale for value in (wanted.x, wanted.y, wanted.w, wanted.h))
    factor = min(w / wanted.width, h / wanted.height)
    image = _opened(source, factor, strict)
    across, down = source.width / image.width, source.height / image.height
    left, top = int(x / across + 1e-6), int(y / down + 1e-6)
    width = max(1, min(round(w / across), image.width - left))
    height = max(1, min(round(h / down), image.height - top))
    if (left, top, width, height) != (0, 0, image.width, image.height):
        image = image.crop(left, top, width, height)
    if not source.plain:
        image = colours.to_srgb(image)
    if (width, height) == (wanted.width, wanted.height):
        return image
    return _resized(image, wanted.width, wanted.height)


def _resized(image: Any, width: int, height: int) -> Any:
    alpha = image.hasalpha()
    if alpha:
        image = image.premultiply()
    resized = image.resize(
        width / image.width, vscale=height / image.height, kernel="lanczos3" if width < image.width else "cubic"
    )
    if alpha:
        resized = resized.unpremultiply()
    resized = resized.cast("uchar")
    if (resized.width, resized.height) != (width, height):
        resized = resized.gravity("north-west", width, height, extend="copy")
    return resized


def _opened(source: Source, factor: float, strict: bool) -> Any:
    """The smallest stored form that has at least the pixels asked for."""
    if source.levels:
        fitting = [one for one in source.levels if source.width / one.width <= factor * 1.0001]
        level = fitting[-1] if fitting else source.levels[0]
        of_level = {"page": level.page} if level.subifd < 0 else {"subifd": level.subifd}
        return open_as(source.path, "tiff", **of_level)
    # from top to bottom in a few lines of memory; what must be turned is taken whole
    options: dict[str, Any] = {"access": "sequential" if source.upright else "random"}
    if source.kind == "jpeg":
        options["fail_on"] = "warning" if strict else "truncated"
        options["shrink"] = max(one for one in (1, 2, 4, 8) if one == 1 or one <= factor)
    if source.kind == "webp" and factor > 1:
        options["scale"] = 1 / factor
    return colours.upright(open_as(source.path, source.kind, **options))


def _finished(image: Any, wanted: Any) -> Any:
    if wanted.degrees:
        image = image.copy_memory()  # of the size asked for, which is bounded; turning reads in any order
    if wanted.mirrored:
        image = image.fliphor()
    if wanted.degrees in (90, 180, 270):
        image = image.rot(f"d{wanted.degrees:g}")
    elif wanted.degrees:
        image = _turned(image, wanted.degrees, wanted.format)
    if wanted.quality in GREY:
        alpha = image[image.bands - 1] if image.hasalpha() else None
        grey = image.colourspace("b-w") if alpha is None else image[: image.bands - 1].colourspace("b-w")
        if wanted.quality == "bitonal":
            grey = (grey > 127).cast("uchar").copy(interpretation="b-w")
        image = grey if alpha is None else grey.bandjoin(alpha)
    return image


def _turned(image: Any, degrees: float, format_: str) -> Any:
    """By any angle; what the picture does not cover is transparent where the format can, else white."""
    if format_ in ("png", "webp", "tif", "gif"):
        shown = image if image.hasalpha() else image.bandjoin(255)
        return shown.similarity(angle=degrees, background=[0] * shown.bands).cast("uchar")
    if image.hasalpha():
        image = image.flatten(background=255)
    return image.similarity(angle=degrees, background=[255] * image.bands).cast("uchar")


def _encoded(image: Any, format_: str) -> bytes:
    if format_ == "jpg":
        if image.hasalpha():
            image = image.flatten(background=255)
        return bytes(image.jpegsave_buffer(Q=JPEG_QUALITY, subsample_mode="auto", keep="none"))
    if format_ == "png":
        return bytes(image.pngsave_buffer(compression=6, keep="none"))
    if format_ == "webp":
        return bytes(image.webpsave_buffer(Q=JPEG_QUALITY, effort=2, keep="none"))
    if format_ == "gif":
        return bytes(image.gifsave_buffer(effort=3, keep="none"))
    if format_ == "tif":
        return bytes(image.tiffsave_buffer(compression="deflate", keep="none"))
    raise DerivativeRefused(thing=format_)
