"""Whether a film says of itself that it shows all directions.

Sources: "Spherical Video V1" (XML in a `uuid` box of the track), "Spherical Video V2" (`sv3d` and `st3d` boxes of the
sample entry), both Google; ISO/IEC 14496-12 for boxes; WebM: the `Projection` element (0x7670) with ProjectionType 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from haihe.venues.domain.pictures.layouts import MONO

V1 = bytes.fromhex("ffcc8263f8554a938814587a02521fdd")
CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
ENTRIES = {b"avc1", b"avc3", b"hvc1", b"hev1", b"av01", b"vp09", b"mp4v"}
ENTRY_HEAD = 78  # bytes of a visual sample entry before its boxes
MOST_BOXES, MOST_DEPTH = 4000, 8
MOST_READ = 1 << 20
STEREO = {0: MONO, 1: "top-bottom", 2: "left-right"}


def spherical(file: BinaryIO) -> str:
    """ "mono", "top-bottom" or "left-right" where the film says that it is spherical, else "". The file stands at its
    beginning afterwards."""
    file.seek(0)
    head = file.read(64)
    try:
        return _in_webm(file) if head[:4] == b"\x1a\x45\xdf\xa3" else _in_mp4(file)
    finally:
        file.seek(0)


def _in_webm(file: BinaryIO) -> str:
    """Projections stand in the tracks, which come before the first cluster."""
    file.seek(0)
    head = file.read(MOST_READ).partition(b"\x1f\x43\xb6\x75")[0]
    found = re.search(rb"\x76\x70[\x81-\xff].{0,8}?\x76\x71\x81\x01", head, re.DOTALL)
    if found is None:
        return ""
    mode = re.search(rb"\x53\xb8\x81(.)", head, re.DOTALL)
    return {1: "left-right", 3: "top-bottom"}.get(mode[1][0] if mode else 0, MONO)


def _in_mp4(file: BinaryIO) -> str:
    end = file.seek(0, 2)
    found, stereo = False, MONO
    for kind, body in _boxes(file, 0, end, 0, [MOST_BOXES]):
        if kind == b"uuid" and body[:16] == V1:
            told = body[16:].decode("utf-8", "replace")
            if not re.search(r"Spherical>\s*true\s*<", told):
                continue
            found = True
            mode = re.search(r"StereoMode>\s*([a-z-]+)\s*<", told)
            stereo = mode[1] if mode and mode[1] in STEREO.values() else MONO
        elif kind == b"sv3d" and b"equi" in body:
            found = True
        elif kind == b"st3d" and len(body) > 4:
            stereo = STEREO.get(body[4], MONO)
    return stereo if found else ""


def _boxes(file: BinaryIO, begin: int, end: int, depth: int, left: list[int]) -> Iterator[tuple[bytes, bytes]]:
    """Boxes that may say so, with what is in them; of a hostile file no more than a few thousand."""
    at = begin
    while at + 8 <= end and left[0] > 0 and depth < MOST_DEPTH:
        left[0] -= 1
        file.seek(at)
        head = file.read(16)
        size, kind, skip = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1:
            size, skip = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - at
        if size < skip or at + size > end:
            return
        inside = (at + skip, at + size)
        if kind in CONTAINERS:
            yield from _boxes(file, *inside, depth + 1, left)
        elif kind == b"stsd":
            yield from _boxes(file, inside[0] + 8, inside[1], depth + 1, left)
        elif kind in ENTRIES:
            yield from _boxes(file, inside[0] + ENTRY_HEAD, inside[1], depth + 1, left)
        elif kind in (b"uuid", b"sv3d", b"st3d"):
            file.seek(inside[0])
            yield kind, file.read(min(size - skip, MOST_READ))
        at += size
