"""The AI label inside files, after GB 45438-2025: a field whose name holds `AIGC`, with JSON of Label, ContentProducer,
ProduceID, ContentPropagator, PropagateID and two reserved codes; beside it IPTC's digital source type.

JPEG, PNG, WebP, GIF: XMP (PNG also a text chunk `AIGC`). MP3: an ID3 text `AIGC`. These are put into the bytes as they
are; nothing is encoded again. AVIF and MP4 get theirs where they are encoded: `xmp` for libvips, `media` for FFmpeg.
Sources: GB 45438-2025; XMP specification part 3; ID3v2.3.0 and 2.4.0; PNG, RIFF, GIF89a.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, unescape

from haihe.archive.domain.labels.standard import standard
from haihe.base.errors import HaiheError

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED, ASSISTED = f"{IPTC}trainedAlgorithmicMedia", f"{IPTC}compositeWithTrainedAlgorithmicMedia"
LONGEST = 30_000  # bytes of a label in XMP
PNG = b"\x89PNG\r\n\x1a\n"
GIF = (b"GIF87a", b"GIF89a")
XMP_IN_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
XMP_IN_PNG = b"XML:com.adobe.xmp"
XMP_IN_GIF = b"\x21\xff\x0bXMP DataXMP"
# Behind a packet: readers that take it for blocks with lengths come out at its end from wherever they are.
GIF_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
LABELLED = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "audio/mpeg"})
_SOURCE = re.compile(r"<Iptc4xmpExt:DigitalSourceType>(.*?)</Iptc4xmpExt:DigitalSourceType>", re.DOTALL)


class LabelRefused(HaiheError):
    """The AI label cannot be put into this file."""

    permanent = True
    hint = "Encode it again as JPEG, PNG, WebP, GIF or MP3; a file made by AI does not leave without its label."


@dataclass(frozen=True)
class Label:
    """said: fields of the standard, "Label" "1" where AI made it; source: IPTC's address of how it was made."""

    said: Mapping[str, str] = field(default_factory=lambda: {"Label": "1"})
    source: str = GENERATED

    @property
    def text(self) -> str:
        return json.dumps(dict(self.said), ensure_ascii=False)


def label_of(ai: Any) -> Label | None:
    """The label of what rights say of AI (`{"kind": "generated" or "assisted", "aigc": {…}}`); None where none took
    part."""
    if not ai:
        return None
    own = ai.get("aigc") if isinstance(ai, dict) else None
    fields = standard().fields
    known = {name: str(own[name]) for name in fields if name in own} if isinstance(own, dict) else {}
    generated = not isinstance(ai, dict) or ai.get("kind", "generated") == "generated"
    return Label({fields[0]: standard().made, **known}, GENERATED if generated else ASSISTED)


def xmp(label: Label) -> bytes:
    """An XMP packet with nothing but the label."""
    named = standard()
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'xmlns:{named.prefix}="{named.namespace}">'
        f"<Iptc4xmpExt:DigitalSourceType>{escape(label.source)}</Iptc4xmpExt:DigitalSourceType>"
        f"<{named.tag}>{escape(label.text)}</{named.tag}></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    ).encode()


def media(label: Label) -> dict[str, str]:
    """Fields for a container of sound or film."""
    return {standard().name: label.text}


def write(data: bytes, media_type: str, label: Label) -> bytes:
    """The file with the label inside, in place of one that was there. Raises LabelRefused."""
    if len(label.text.encode()) > LONGEST:
        raise LabelRefused("The label is too long.", thing=media_type)
    try:
        if media_type == "image/jpeg":
            return _jpeg(data, xmp(label))
        if media_type == "image/png":
            return _png(data, label)
        if media_type == "image/webp":
            return _webp(data, xmp(label))
        if media_type == "image/gif":
            return _gif(data, xmp(label))
        if media_type == "audio/mpeg":
            return _mp3(data, label)
    except (struct.error, IndexError, ValueError) as error:
        raise LabelRefused(f"The file is not whole ({error}).", thing=media_type) from error
    raise LabelRefused(thing=media_type)


def read(data: bytes) -> Label | None:
    """The label of a file of any kind that `write` knows; None where there is none that can be read."""
    try:
        if data[:2] == b"\xff\xd8":
            packets = [body[len(XMP_IN_JPEG) :] for body in _app1(data) if body.startswith(XMP_IN_JPEG)]
        elif data[:8] == PNG:
            packets = [
                body.partition(b"\0\0\0\0\0")[2]
                for kind, body in _chunks(data)
                if kind == b"iTXt" and body.startswith(XMP_IN_PNG + b"\0")
            ]
        elif data[:4] == b"RIFF":
            packets = [body for kind, body in _riff(data) if kind == b"XMP "]
        elif data[:6] in GIF:
            packets = [body[len(XMP_IN_GIF) :] for body in _gif_blocks(data) if body.startswith(XMP_IN_GIF)]
        elif data[:3] == b"ID3":
            return _read_mp3(data)
        else:
            return None
    except (struct.error, IndexError, ValueError):
        return None
    return next((found for packet in packets if (found := _from_xmp(packet))), None)


def _from_xmp(packet: bytes) -> Label | None:
    text = packet.decode("utf-8", "replace")
    tag = re.escape(standard().tag)
    said, source = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL), _SOURCE.search(text)
    return _from_json(unescape(said[1]), unescape(source[1]) if source else "") if said else None


def _from_json(text: str, source: str = "") -> Label | None:
    try:
        said = json.loads(text)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    return Label({str(name): str(value) for name, value in said.items()}, source)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, begin and end of each segment of a JPEG, up to its picture."""
    at = 2
    while data[at] == 0xFF and data[at + 1] not in (0xDA, 0xD9):
        (length,) = struct.unpack_from(">H", data, at + 2)
        yield data[at + 1], at, at + 2 + length
        at += 2 + length


def _app1(data: bytes) -> Iterator[bytes]:
    return (data[begin + 4 : end] for marker, begin, end in _segments(data) if marker == 0xE1)


def _jpeg(data: bytes, packet: bytes) -> bytes:
    """Behind JFIF and EXIF, where readers look for it."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    kept, after = [data[:2]], 2
    own = b"\xff\xe1" + struct.pack(">H", 2 + len(XMP_IN_JPEG) + len(packet)) + XMP_IN_JPEG + packet
    front = True
    for marker, begin, end in _segments(data):
        body = data[begin + 4 : begin + 4 + len(XMP_IN_JPEG)]
        exif = marker == 0xE1 and body != XMP_IN_JPEG
        if front and marker != 0xE0 and not exif:
            kept.append(own)
            front = False
        if not (marker == 0xE1 and body == XMP_IN_JPEG):
            kept.append(data[begin:end])
        after = end
    return b"".join([*kept, *([own] if front else []), data[after:]])


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            raise ValueError("a chunk is cut")
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(data: bytes, label: Label) -> bytes:
    """Behind the header: an iTXt of XMP, and a tEXt `AIGC`, whose JSON is written in ASCII."""
    if data[:8] != PNG:
        raise ValueError("no PNG")
    plain = json.dumps(dict(label.said)).encode("ascii")
    name = standard().name.encode() + b"\0"
    own = _chunk(b"iTXt", XMP_IN_PNG + b"\0\0\0\0\0" + xmp(label)) + _chunk(b"tEXt", name + plain)
    out = [PNG]
    for kind, body in _chunks(data):
        if (kind, body[:18]) == (b"iTXt", XMP_IN_PNG + b"\0") or (kind, body[: len(name)]) == (b"tEXt", name):
            continue
        out.append(_chunk(kind, body))
        if kind == b"IHDR":
            out.append(own)
    return b"".join(out)


def _gif_head(data: bytes) -> int:
    """Where the header, the screen and its colours end."""
    if data[:6] not in GIF:
        raise ValueError("no GIF")
    return 13 + _gif_colours(data[10])


def _gif_colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _gif_blocks(data: bytes) -> Iterator[bytes]:
    """Everything behind the head, a block at a time, up to and with the end of the file's content."""
    begin = at = _gif_head(data)
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            at += 11 + _gif_colours(data[at + 9])
        elif data[at : at + len(XMP_IN_GIF)] == XMP_IN_GIF:
            at = data.index(GIF_TRAILER, at) + len(GIF_TRAILER) - 1
        elif data[at] == 0x21:
            at += 2
        else:
            raise ValueError("a block is unknown")
        while data[at]:
            at += 1 + data[at]
        yield data[begin : at + 1]
        begin = at = at + 1
    yield data[begin:]


def _gif(data: bytes, packet: bytes) -> bytes:
    """An application's block behind the head; a file of 1987 becomes one of 1989, which knows such blocks."""
    head = _gif_head(data)
    kept = (body for body in _gif_blocks(data) if not body.startswith(XMP_IN_GIF))
    return b"".join([GIF[1], data[6:head], XMP_IN_GIF, packet, GIF_TRAILER, *kept])


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        if at + 8 + length > len(data):
            raise ValueError("a chunk is cut")
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _webp(data: bytes, packet: bytes) -> bytes:
    """In the extended form of the container, which is put around a simple one."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("no WebP")
    found = list(_riff(data))
    head = next((body for kind, body in found if kind == b"VP8X"), None)
    if head is None:
        head = _extended(found)
    head = bytes([head[0] | 0x04]) + head[1:]
    rest = [(kind, body) for kind, body in found if kind not in (b"VP8X", b"XMP ")]
    body = b"".join(_riff_chunk(kind, one) for kind, one in [(b"VP8X", head), *rest, (b"XMP ", packet)])
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _extended(found: list[tuple[bytes, bytes]]) -> bytes:
    """The header that the extended form begins with: flags and size, less one, in 24 bits each."""
    kind, body = next((kind, body) for kind, body in found if kind in (b"VP8 ", b"VP8L"))
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bits >> 28 & 1
    else:
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", body, 6))
        alpha = 0
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return bytes([0x10 if alpha else 0, 0, 0, 0]) + size


def _riff_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _mp3(data: bytes, label: Label) -> bytes:
    """A user-defined text of ID3v2; the tag that is there is kept, in its own version."""
    version, frames, after = _id3(data)
    if data[after] != 0xFF or data[after + 1] & 0xE0 != 0xE0:
        raise ValueError("no MP3")
    body = b"\x01" + _utf16(standard().name) + b"\0\0" + _utf16(label.text)
    size = _synchsafe(len(body)) if version == 4 else struct.pack(">I", len(body))
    kept = b"".join(frame for name, frame in frames if not (name == b"TXXX" and _is_ours(frame[10:])))
    tag = kept + b"TXXX" + size + b"\0\0" + body
    return b"ID3" + bytes([version, 0, 0]) + _synchsafe(len(tag)) + tag + data[after:]


def _id3(data: bytes) -> tuple[int, list[tuple[bytes, bytes]], int]:
    """Version, frames by name, and where the sound begins."""
    if data[:3] != b"ID3":
        return 3, [], 0
    version, flags = data[3], data[5]
    length = sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    if version not in (3, 4) or flags:
        raise ValueError("a tag of a form that is not written here")
    frames, at, end = [], 10, 10 + length
    while at + 10 <= end and data[at] != 0:
        raw = data[at + 4 : at + 8]
        parts = zip(raw, (21, 14, 7, 0), strict=True)
        size = sum(byte << shift for byte, shift in parts) if version == 4 else int(struct.unpack(">I", raw)[0])
        if at + 10 + size > end:
            raise ValueError("a frame is cut")
        frames.append((data[at : at + 4], data[at : at + 10 + size]))
        at += 10 + size
    return version, frames, end


def _read_mp3(data: bytes) -> Label | None:
    for name, frame in _id3(data)[1]:
        if name == b"TXXX" and _is_ours(frame[10:]):
            return _from_json(_texts(frame[10:])[1])
    return None


def _is_ours(body: bytes) -> bool:
    return _texts(body)[0] == standard().name


def _texts(body: bytes) -> tuple[str, str]:
    """Name and value of a user-defined text."""
    coding = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}.get(body[0], "latin-1")
    if coding.startswith("utf-16"):
        cut = next((at for at in range(1, len(body) - 1, 2) if body[at : at + 2] == b"\0\0"), len(body))
        parts = body[1:cut], body[cut + 2 :]
    else:
        first, _zero, second = body[1:].partition(b"\0")
        parts = first, second
    name, value = (part.decode(coding, "replace").rstrip("\0") for part in parts)
    return name, value


def _utf16(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le")


def _synchsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))
