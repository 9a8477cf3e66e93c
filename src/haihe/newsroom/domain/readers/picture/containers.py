"""Where picture files keep their metadata: EXIF, IPTC and XMP blocks by container, and the size it declares.

Only headers are walked; no pixel is ever decoded, so that a picture that declares 30,000 x 30,000 costs nothing.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field

_MOST_BLOCKS = 4000
_LARGEST_BLOCK = 8 << 20
_XMP_START, _XMP_END = re.compile(rb"<x:xmpmeta|<rdf:RDF"), re.compile(rb"</x:xmpmeta>|</rdf:RDF>")
_SCANNED = 4 << 20
_JPEG_SIZES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})


@dataclass
class Blocks:
    """What was found; width and height in pixels as declared, 0 where not."""

    width: int = 0
    height: int = 0
    exif: bytes = b""
    iptc: list[bytes] = field(default_factory=list)
    xmp: list[bytes] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def blocks_of(data: bytes, kind: str) -> Blocks:
    """Walk a file of a kind that `sniffing` names. What is cut off or damaged gives what stands before it."""
    found = Blocks()
    try:
        {"jpeg": _jpeg, "png": _png, "webp": _webp, "tiff": _tiff, "gif": _gif, "heif": _heif}[kind](data, found)
    except (struct.error, IndexError, ValueError, zlib.error, OverflowError):
        found.problems.append("its headers break off; read as far as they go")
    return found


def _jpeg(data: bytes, found: Blocks) -> None:
    at = 2
    extended: dict[bytes, dict[int, bytes]] = {}
    iptc = b""
    for _ in range(_MOST_BLOCKS):
        while at < len(data) and data[at] != 0xFF:
            at += 1
        while at < len(data) and data[at] == 0xFF:
            at += 1
        if at >= len(data):
            raise ValueError("no end")
        marker = data[at]
        at += 1
        if marker in (0xD9, 0xDA):
            break
        if 0xD0 <= marker <= 0xD8 or marker == 0x01:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        body = data[at + 2 : at + length]
        at += max(2, length)
        if marker in _JPEG_SIZES and len(body) >= 5:
            found.height, found.width = struct.unpack_from(">HH", body, 1)
        elif marker == 0xE1 and body.startswith(b"Exif\x00"):
            found.exif = found.exif or body[6:]
        elif marker == 0xE1 and body.startswith(b"http://ns.adobe.com/xap/1.0/\x00"):
            found.xmp.append(body[29:])
        elif marker == 0xE1 and body.startswith(b"http://ns.adobe.com/xmp/extension/\x00") and len(body) > 75:
            (offset,) = struct.unpack_from(">I", body, 71)
            extended.setdefault(body[35:67], {})[offset] = body[75:]
        elif marker == 0xED and body.startswith(b"Photoshop 3.0\x00"):
            iptc += body[14:]
    for parts in extended.values():
        whole = b"".join(parts[offset] for offset in sorted(parts))
        found.xmp.append(whole[:_LARGEST_BLOCK])
    _photoshop(iptc, found)


def _photoshop(data: bytes, found: Blocks) -> None:
    """8BIM resources: 0x0404 is IPTC-IIM."""
    at = 0
    while at + 12 <= len(data):
        if data[at : at + 4] != b"8BIM":
            break
        (number,) = struct.unpack_from(">H", data, at + 4)
        name = data[at + 6]
        at += 6 + (name + 2 & ~1)
        (length,) = struct.unpack_from(">I", data, at)
        at += 4
        if number == 0x0404:
            found.iptc.append(data[at : at + length])
        at += length + (length & 1)


def _png(data: bytes, found: Blocks) -> None:
    at = 8
    for _ in range(_MOST_BLOCKS):
        if at + 8 > len(data):
            raise ValueError("no end")
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + min(length, _LARGEST_BLOCK)]
        at += 12 + length
        if kind == b"IHDR":
            found.width, found.height = struct.unpack_from(">II", body)
        elif kind == b"eXIf":
            found.exif = body
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            _png_text(kind, body, found)
        elif kind == b"IEND":
            break


def _png_text(kind: bytes, body: bytes, found: Blocks) -> None:
    keyword, _, rest = body.partition(b"\x00")
    if kind == b"iTXt":
        packed, rest = rest[:1] == b"\x01", rest[2:]
        rest = rest.partition(b"\x00")[2].partition(b"\x00")[2]
    else:
        packed, rest = kind == b"zTXt", rest[1:] if kind == b"zTXt" else rest
    if packed:
        rest = zlib.decompressobj().decompress(rest, 1 << 20)
    if keyword == b"XML:com.adobe.xmp":
        found.xmp.append(rest)
    elif len(keyword) < 80 and len(found.texts) < 100:
        text = rest.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace")
        found.texts[keyword.decode("latin-1")] = text[:20_000]


def _webp(data: bytes, found: Blocks) -> None:
    at = 12
    for _ in range(_MOST_BLOCKS):
        if at + 8 > len(data):
            break
        kind, (length,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        body = data[at + 8 : at + 8 + min(length, _LARGEST_BLOCK)]
        at += 8 + length + (length & 1)
        if kind == b"VP8X":
            found.width = 1 + int.from_bytes(body[4:7], "little")
            found.height = 1 + int.from_bytes(body[7:10], "little")
        elif kind == b"VP8 " and not found.width:
            width, height = struct.unpack_from("<HH", body, 6)
            found.width, found.height = width & 0x3FFF, height & 0x3FFF
        elif kind == b"EXIF":
            found.exif = body.removeprefix(b"Exif\x00\x00")
        elif kind == b"XMP ":
            found.xmp.append(body)


def _tiff(data: bytes, found: Blocks) -> None:
    from haihe.newsroom.domain.readers.picture.exif import first_directory

    found.exif = data
    tags = first_directory(data)
    found.width, found.height = _whole(tags.get(256)), _whole(tags.get(257))
    for tag, into in ((700, found.xmp), (33723, found.iptc)):
        value = tags.get(tag)
        if isinstance(value, bytes):
            into.append(value[:_LARGEST_BLOCK])
    resources = tags.get(34377)
    if isinstance(resources, bytes):
        _photoshop(resources, found)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _gif(data: bytes, found: Blocks) -> None:
    found.width, found.height = struct.unpack_from("<HH", data, 6)
    _scan(data, found)


def _heif(data: bytes, found: Blocks) -> None:
    at = data.find(b"ispe", 0, _SCANNED)
    if at > 0:
        found.width, found.height = struct.unpack_from(">II", data, at + 8)
    exif = data.find(b"Exif\x00\x00", 0, _SCANNED)
    if exif > 0:
        found.exif = data[exif + 6 : exif + 6 + _LARGEST_BLOCK]
    _scan(data, found)


def _scan(data: bytes, found: Blocks) -> None:
    """An XMP packet as it stands, in containers that keep it in one piece."""
    start = _XMP_START.search(data, 0, _SCANNED)
    end = _XMP_END.search(data, start.start(), _SCANNED) if start else None
    if start and end:
        found.xmp.append(data[start.start() : end.end()])
