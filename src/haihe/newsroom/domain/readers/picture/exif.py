"""EXIF 2.3 as far as it says who took what, when and where."""

from __future__ import annotations

import struct
from typing import Any

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 12: 8, 13: 4}
_FORMATS = {3: "H", 4: "I", 8: "h", 9: "i", 12: "d", 13: "I"}
_MOST_TAGS, _LONGEST = 500, 8 << 20

TEXTS = {270: "description", 315: "artist", 33432: "copyright"}
_WINDOWS = {40091: "title", 40092: "comment", 40093: "author", 40094: "keywords", 40095: "subject"}


def first_directory(data: bytes, pointer: int = 0) -> dict[int, Any]:
    """Tag → value of the directory that a TIFF header or `pointer` leads to; damaged entries are left out.

    Values: bytes for text and undefined, int for one number, tuple for several, pairs for rationals.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return {}
    at = pointer or struct.unpack_from(f"{order}I", data, 4)[0]
    (count,) = struct.unpack_from(f"{order}H", data, at)
    found: dict[int, Any] = {}
    for number in range(min(count, _MOST_TAGS)):
        try:
            tag, kind, size = struct.unpack_from(f"{order}HHI", data, at + 2 + 12 * number)
            found[tag] = _value(data, order, kind, size, at + 10 + 12 * number)
        except (struct.error, KeyError, OverflowError):
            continue
    return found


def _value(data: bytes, order: str, kind: int, size: int, at: int) -> Any:
    length = _SIZES[kind] * size
    if length > _LONGEST:
        raise OverflowError
    if length > 4:
        (at,) = struct.unpack_from(f"{order}I", data, at)
    raw = data[at : at + length]
    if len(raw) < length:
        raise struct.error
    if kind in (1, 2, 6, 7):
        return raw
    if kind in (5, 10):
        numbers = struct.unpack(f"{order}{2 * size}{'I' if kind == 5 else 'i'}", raw)
        return tuple(zip(numbers[::2], numbers[1::2], strict=True))
    values = struct.unpack(f"{order}{size}{_FORMATS[kind]}", raw)
    return values[0] if size == 1 else values


def said_by_exif(data: bytes) -> dict[str, bytes | str]:
    """Texts as bytes in whatever encoding, Windows' own as text, "taken" as EXIF writes it, "latitude"/"longitude"."""
    try:
        tags = first_directory(data)
    except (struct.error, IndexError):
        return {}
    said: dict[str, bytes | str] = {
        name: tags[tag].rstrip(b"\x00 ") for tag, name in TEXTS.items() if isinstance(tags.get(tag), bytes)
    }
    for tag, name in _WINDOWS.items():
        if isinstance(tags.get(tag), bytes):
            said[f"xp_{name}"] = tags[tag].decode("utf-16-le", "replace").rstrip("\x00 ")
    more = _directory(data, tags.get(34665))
    for tag, name in ((36867, "taken"), (36881, "offset")):
        if isinstance(more.get(tag), bytes):
            said[name] = more[tag].rstrip(b"\x00 ").decode("ascii", "replace")
    if isinstance(tags.get(306), bytes):
        said["changed"] = tags[306].rstrip(b"\x00 ").decode("ascii", "replace")
    place = _directory(data, tags.get(34853))
    for name, sign, value in (("latitude", 1, 2), ("longitude", 3, 4)):
        degrees = _degrees(place.get(value), place.get(sign))
        if degrees is not None:
            said[name] = f"{degrees:.6f}"
    return said


def _directory(data: bytes, pointer: Any) -> dict[int, Any]:
    if not isinstance(pointer, int) or not 0 < pointer < len(data):
        return {}
    try:
        return first_directory(data, pointer)
    except (struct.error, IndexError):
        return {}


def _degrees(parts: Any, sign: Any) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3 or not all(isinstance(one, tuple) and one[1] for one in parts):
        return None
    degrees = sum(part / whole / 60**at for at, (part, whole) in enumerate(parts))
    if degrees > 180:
        return None
    return -degrees if isinstance(sign, bytes) and sign[:1] in (b"S", b"W") else degrees
