"""What a C2PA signature leaves open in its own manifest: lengths and kinds of boxes, padding, the marker around it.

Readers ignore a change there, for it changes no statement. We wrote the manifest ourselves and know how each of these
bytes stands, so that not one byte of a file can be changed without being found. Boxes after ISO 19566-5 (JUMBF).
"""

from __future__ import annotations

import re
import struct

_BEGIN = b"jumb\x00\x00\x00\x1ejumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x008\x9bq\x03c2pa\x00"
_UUID_END = b"\x00\x11\x00\x10\x80\x00\x00\xaa\x008\x9bq"
_KINDS = {b"c2pa": b"c2pa", b"c2pa.assertions": b"c2as", b"c2pa.claim.v2": b"c2cl", b"c2pa.signature": b"c2cs"}
_SIGNATURE = re.compile(rb"\xa1cpad(?:Y(?P<long>..)|X(?P<short>.))(?P<zeros>\x00+)\xf6X@.{64}\Z", re.DOTALL)
_PAD = re.compile(rb"cpad(?P<length>[\x41-\x57])", re.DOTALL)


def loosened(data: bytes) -> str:
    """What stands otherwise than we write it; "" where nothing does."""
    at = data.find(_BEGIN) - 4
    if at < 0 or data.find(_BEGIN, at + 8) >= 0:
        return "not exactly one manifest"
    (length,) = struct.unpack_from(">I", data, at)
    if data[:2] == b"\xff\xd8":
        if length > 65_000:
            return "the length of a box"
        marker = b"\xff\xeb" + struct.pack(">H", length + 10) + b"JP\x02\x11\x00\x00\x00\x01"
        if data[at - 12 : at] != marker:
            return "the marker around the manifest"
    return _box(data[at : at + length], length)


def _box(box: bytes, room: int) -> str:
    """One superbox, filled exactly by its description and its children."""
    if len(box) != room or len(box) < 33 or box[4:8] != b"jumb" or struct.unpack_from(">I", box)[0] != room:
        return "the length of a box"
    (described,) = struct.unpack_from(">I", box, 8)
    description = box[8 : 8 + described]
    label, _, salt = description[25:].partition(b"\x00")
    if description[4:8] != b"jumd" or description[12:24] != _UUID_END or description[-1 - len(salt)] != 0:
        return "the description of a box"
    salted = len(salt) == 24 and salt[:8] == b"\x00\x00\x00\x18c2sh"
    if description[24] != (0x13 if salted else 0x03) or (salt and not salted):
        return "the description of a box"
    kind = description[8:12]
    if kind != _KINDS.get(label, b"c2ma" if label.startswith(b"urn:") else b"cbor"):
        return "the kind of a box"
    return _children(box, 8 + described, label)


def _children(box: bytes, at: int, label: bytes) -> str:
    while at < len(box):
        if at + 8 > len(box):
            return "the length of a box"
        (length,) = struct.unpack_from(">I", box, at)
        child = box[at : at + length]
        if length < 8 or len(child) != length:
            return "the length of a box"
        if child[4:8] == b"jumb":
            problem = _box(child, length)
        elif child[4:8] in (b"cbor", b"json"):
            problem = _padding(child[8:], label)
        else:
            problem = "a box of another kind"
        if problem:
            return problem
        at += length
    return ""


def _padding(content: bytes, label: bytes) -> str:
    """Padding is zeros and nothing else, and as long as it says."""
    if label == b"c2pa.signature":
        found = _SIGNATURE.search(content)
        said = int.from_bytes(found["long"] or found["short"], "big") if found else -1
        return "" if found and said == len(found["zeros"]) else "the padding of the signature"
    if label == b"c2pa.hash.data":
        pad = _PAD.search(content)
        if pad is None or any(content[pad.end() : pad.end() + pad["length"][0] - 0x40]):
            return "the padding of the hash"
    return ""
