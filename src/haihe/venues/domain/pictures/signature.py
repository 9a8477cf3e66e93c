"""What a file is by its first bytes; its name is never believed."""

from __future__ import annotations

import re
from pathlib import Path

READ = ("jpeg", "png", "tiff", "webp", "avif", "hdr")
HEAD = 4096
_TEXT = re.compile(rb"[\t\n\r\x0c\x1b\x20-\x7e\x80-\xff]*")


def kind_of(head: bytes) -> str:
    """The format that the first bytes of a file announce; "text", "empty" or "unknown" where it is no picture."""
    if not head:
        return "empty"
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _brand(head)
    lowered = head[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in lowered and lowered.startswith(b"<"):
        return "svg"
    if lowered.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "text" if _TEXT.fullmatch(head[:HEAD]) else "unknown"


def kind_of_file(path: Path) -> str:
    """The same for a file. Raises OSError."""
    with path.open("rb") as file:
        return kind_of(file.read(HEAD))


_STARTS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"#?RADIANCE", "hdr"),
    (b"#?RGBE", "hdr"),
    (b"v/1\x01", "exr"),
    (b"8BPS", "psd"),
    (b"BM", "bmp"),
    (b"%PDF-", "pdf"),
    (b"\xff\x0a", "jxl"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (b"PK\x03\x04", "zip"),
)
_BRANDS = {b"avif": "avif", b"avis": "avif", b"crx ": "raw"}
_HEIC = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"}


def _brand(head: bytes) -> str:
    """ISO base media: the major brand says, or one of the compatible ones where it is the general `mif1`."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    for brand in brands:
        if brand in _BRANDS:
            return _BRANDS[brand]
        if brand in _HEIC:
            return "heic"
    return "video" if head[8:12] not in (b"mif1", b"msf1") else "heic"
