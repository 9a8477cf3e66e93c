"""A glTF file opened: its JSON and the bytes of its buffers, all from inside the file.

Source: Khronos glTF 2.0, "GLB File Format Specification" (4.4) and "Buffers and Buffer Views" (3.6).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
from dataclasses import dataclass
from typing import Any

from haihe.base.words import gettext_noop as _
from haihe.venues.domain.objects.errors import ObjectUnusable

LARGEST = 64_000_000  # bytes; a phone has to fetch and hold it
LARGEST_JSON = 16_000_000  # bytes
MAGIC, JSON_CHUNK, BINARY_CHUNK = b"glTF", 0x4E4F534A, 0x004E4942
EXPORT_WHOLE = _("Export it again as one .glb file with textures and buffers inside.")
EXPORT_AGAIN = _("Copy or export it again, then send it once more.")
DATA = re.compile(r"data:[^,;]*(?:;[^,;]*)*;base64,")
BINARY, TEXT = "model/gltf-binary", "model/gltf+json"
Told = dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """told: the JSON; buffers: the bytes of each; media_type: of the file."""

    told: Told
    buffers: list[bytes]
    media_type: str


def is_gltf(head: bytes) -> bool:
    """Whether a file that begins with these bytes says that it is glTF: a GLB, or JSON with an `asset`."""
    return head[:4] == MAGIC or (head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and b'"asset"' in head)


def open_gltf(data: bytes) -> Opened:
    """The JSON and the buffers of a glTF or GLB file. Raises ObjectUnusable."""
    if len(data) > LARGEST:
        advice = _("Simplify the mesh and make its textures smaller (2048 pixels), then send it again.")
        said = _("The file has %(size)s MB; at most %(most)s MB can be shown on a phone.")
        raise ObjectUnusable("large", said, advice, size=len(data) // 1_000_000, most=LARGEST // 1_000_000)
    if data[:4] == MAGIC:
        text, binary = _chunks(data)
        told = _json(text)
        return Opened(told, _buffers(told, binary), BINARY)
    told = _json(data)
    return Opened(told, _buffers(told, None), TEXT)


def _chunks(data: bytes) -> tuple[bytes, bytes | None]:
    """The JSON and the binary chunk of a GLB."""
    if len(data) < 20:
        raise _truncated(len(data), 20)
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        said = _("It is a GLB of version %(version)s; version 2 is shown.")
        raise ObjectUnusable("version", said, _("Export it again as glTF 2.0."), version=version)
    if length > len(data):
        raise _truncated(len(data), length)
    found: list[tuple[int, bytes]] = []
    at = 12
    while at < length:
        if at + 8 > length:
            raise _truncated(length, at + 8)
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise _truncated(length, at + 8 + size)
        found.append((kind, data[at + 8 : at + 8 + size]))
        at += 8 + size
    if found[0][0] != JSON_CHUNK:
        raise ObjectUnusable("unreadable", _("The description of the object is missing in the file."), EXPORT_AGAIN)
    return found[0][1], found[1][1] if len(found) > 1 and found[1][0] == BINARY_CHUNK else None


def _truncated(there: int, wanted: int) -> ObjectUnusable:
    said = _("The file breaks off: %(there)s of %(wanted)s bytes are there.")
    return ObjectUnusable("truncated", said, EXPORT_AGAIN, there=there, wanted=wanted)


def _json(text: bytes) -> Told:
    if len(text) > LARGEST_JSON:
        raise ObjectUnusable("large", _("The description of the object is too long to be read."), EXPORT_WHOLE)
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ObjectUnusable("unreadable", _("The description of the object cannot be read."), EXPORT_AGAIN) from error
    asset = told.get("asset") if isinstance(told, dict) else None
    version = asset.get("version") if isinstance(asset, dict) else None
    if not isinstance(version, str) or not re.fullmatch(r"2\.\d+", version):
        said = _("It does not say that it is glTF 2.0.")
        raise ObjectUnusable("version", said, _("Export it again as glTF 2.0."))
    return dict(told)


def _buffers(told: Told, binary: bytes | None) -> list[bytes]:
    found = []
    for number, buffer in enumerate(objects(told, "buffers")):
        length = whole(buffer, "byteLength", f"buffers/{number}", least=1)
        uri = buffer.get("uri")
        data = binary if uri is None and number == 0 else embedded(uri, f"buffers/{number}")
        if data is None:
            raise ObjectUnusable(
                "bounds", _("The bytes of %(place)s are not in the file."), EXPORT_WHOLE, place=f"buffers/{number}"
            )
        if len(data) < length:
            raise out_of_bounds(f"buffers/{number}", length, len(data))
        found.append(data[:length])
    return found


def embedded(uri: Any, place: str) -> bytes | None:
    """The bytes of a data address; None where there is no address. Raises ObjectUnusable for one that leads outside."""
    if uri is None:
        return None
    head = DATA.match(uri) if isinstance(uri, str) else None
    if head is None:
        said = _("It refers to something outside itself: %(address)s (%(place)s).")
        raise ObjectUnusable("outside", said, EXPORT_WHOLE, address=str(uri)[:120], place=place)
    try:
        return base64.b64decode(uri[head.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        said = _("The bytes of %(place)s cannot be read.")
        raise ObjectUnusable("unreadable", said, EXPORT_AGAIN, place=place) from error


def out_of_bounds(place: str, wanted: int, there: int) -> ObjectUnusable:
    said = _("%(place)s reaches to byte %(wanted)s, but only %(there)s are there.")
    return ObjectUnusable("bounds", said, EXPORT_AGAIN, place=place, wanted=wanted, there=there)


def objects(told: Told, name: str) -> list[Told]:
    """A list of objects of the description; [] where there is none. Raises ObjectUnusable for anything else."""
    listed = told.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise _malformed(name)
    return listed


def whole(told: Told, name: str, place: str, *, least: int = 0, default: int | None = None) -> int:
    """A whole number of the description. Raises ObjectUnusable."""
    value = told.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 2**53:
        raise _malformed(f"{place}/{name}")
    return value


def one_of(listed: list[Any], told: Told, name: str, place: str) -> int:
    """A number that names an entry of `listed`. Raises ObjectUnusable."""
    value = whole(told, name, place)
    if value >= len(listed):
        said = _("%(place)s names entry %(number)s, which is not there.")
        raise ObjectUnusable("reference", said, EXPORT_AGAIN, place=f"{place}/{name}", number=value)
    return value


def _malformed(place: str) -> ObjectUnusable:
    return ObjectUnusable("malformed", _("%(place)s is not what glTF 2.0 asks for."), EXPORT_AGAIN, place=place)
