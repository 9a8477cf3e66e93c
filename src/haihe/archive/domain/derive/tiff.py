"""Pyramidal tiled TIFF: where each tile lies, and a stored JPEG tile as a whole JPEG file without decoding it.

TIFF 6.0 with supplement 2 (JPEG in TIFF, compression 7: tables apart from the tiles), BigTIFF, and pyramids either as a
chain of reduced images or in SubIFDs. Everything a file says is held against its length before it is believed.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 13: 4, 16: 8, 17: 8, 18: 8}
FORMATS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
MOST_LEVELS = 32
MOST_TILES = 4_000_000
LONGEST_TABLES = 65_536
WANTED = frozenset((254, 256, 257, 258, 259, 262, 274, 277, 284, 322, 323, 324, 325, 330, 347, 34675))
JPEG, YCBCR, RGB, GREY = 7, 6, 2, 1
_JFIF = bytes.fromhex("ffe000104a46494600010100000100010000")
_ADOBE_RGB = bytes.fromhex("ffee000e41646f626500640000000000")  # transform 0: the three channels are red, green, blue


class _Damaged(Exception):
    """The directory says what cannot be."""


@dataclass(frozen=True)
class Level:
    """One size of the picture, the first is the whole.

    offsets, lengths   of the tiles in the file, row by row, in bytes
    head               what a stored tile needs before its bytes to be a JPEG file; None: tiles cannot be handed on
    """

    page: int
    subifd: int  # -1: the page itself
    width: int
    height: int
    tile_width: int
    tile_height: int
    offsets: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()
    head: bytes | None = None

    @property
    def across(self) -> int:
        return -(-self.width // self.tile_width)

    def tile(self, handle: int, column: int, row: int) -> bytes | None:
        """A tile that lies wholly inside the picture, as a JPEG file; None where it cannot be handed on."""
        if (
            self.head is None
            or (column + 1) * self.tile_width > self.width
            or (row + 1) * self.tile_height > self.height
        ):
            return None
        at = row * self.across + column
        length = self.lengths[at]
        stored = os.pread(handle, length, self.offsets[at])
        if len(stored) != length or stored[:2] != b"\xff\xd8":
            return None
        return self.head + stored[2:]


def levels(handle: int) -> list[Level]:
    """The sizes of a pyramidal tiled TIFF, largest first; empty where the file is none, or is damaged."""
    try:
        return _levels(_File(handle))
    except (_Damaged, struct.error, OSError, OverflowError):
        return []


def _levels(file: _File) -> list[Level]:
    found: list[Level] = []
    for page, tags in enumerate(file.chain(file.first)):
        if page == 0:
            first = _level(file, tags, 0, -1)
            if first is None or tags.get(274, (1,))[0] != 1:
                return []
            found.append(first)
            for number, at in enumerate(tags.get(330, ())[:MOST_LEVELS]):
                _add(found, _level(file, next(file.chain(at)), 0, number))
        elif tags.get(254, (0,))[0] & 1:
            _add(found, _level(file, tags, page, -1))
    return found


def _add(found: list[Level], level: Level | None) -> None:
    """Only a true half, or quarter, or so on, of the whole belongs to the pyramid."""
    if level is None or level.width >= found[-1].width:
        return
    factor = round(found[0].width / level.width)
    if abs(found[0].width / factor - level.width) < 2 and abs(found[0].height / factor - level.height) < 2:
        found.append(level)


def _level(file: _File, tags: dict[int, tuple[Any, ...]], page: int, subifd: int) -> Level | None:
    try:
        width, height = tags[256][0], tags[257][0]
        tile_width, tile_height = tags[322][0], tags[323][0]
        offsets, lengths = tags[324], tags[325]
    except (KeyError, IndexError):
        return None
    if not (0 < width < 2**31 and 0 < height < 2**31 and 0 < tile_width <= 8192 and 0 < tile_height <= 8192):
        raise _Damaged
    tiles = -(-width // tile_width) * -(-height // tile_height)
    planes = tags.get(277, (1,))[0] if tags.get(284, (1,))[0] == 2 else 1
    if len(offsets) != tiles * planes or len(lengths) != tiles * planes:
        raise _Damaged
    head = _head(tags) if planes == 1 else None
    if any(at + length > file.size for at, length in zip(offsets, lengths, strict=True)):
        raise _Damaged
    return Level(page, subifd, width, height, tile_width, tile_height, offsets, lengths, head)


def _head(tags: dict[int, tuple[Any, ...]]) -> bytes | None:
    """Start of image, marker of the colour space, and the tables that the tiles share."""
    if tags.get(259, (1,))[0] != JPEG or tags.get(258, (8,))[0] != 8 or 34675 in tags:
        return None  # a profile must be applied, which takes decoding
    photometric, channels = tags.get(262, (-1,))[0], tags.get(277, (1,))[0]
    marker = {(YCBCR, 3): _JFIF, (GREY, 1): _JFIF, (RGB, 3): _ADOBE_RGB}.get((photometric, channels))
    tables = bytes(tags.get(347, ()))
    if marker is None or (tables and (tables[:2] != b"\xff\xd8" or tables[-2:] != b"\xff\xd9")):
        return None
    return b"\xff\xd8" + marker + tables[2:-2]


class _File:
    """The directories of one file."""

    def __init__(self, handle: int) -> None:
        self.handle, self.size = handle, os.fstat(handle).st_size
        head = os.pread(handle, 16, 0)
        if head[:2] not in (b"II", b"MM") or len(head) < 8:
            raise _Damaged
        self.order = "<" if head[:2] == b"II" else ">"
        version = struct.unpack_from(f"{self.order}H", head, 2)[0]
        if version not in (42, 43):
            raise _Damaged
        self.big = version == 43
        self.first = struct.unpack_from(f"{self.order}{'Q' if self.big else 'I'}", head, 8 if self.big else 4)[0]

    def chain(self, at: int) -> Iterator[dict[int, tuple[Any, ...]]]:
        """Directories from an offset on, each once."""
        seen: set[int] = set()
        while at and at not in seen and len(seen) < MOST_LEVELS:
            seen.add(at)
            tags, at = self._directory(at)
            yield tags

    def _directory(self, at: int) -> tuple[dict[int, tuple[Any, ...]], int]:
        count_format, entry_size, word = ("Q", 20, "Q") if self.big else ("H", 12, "I")
        count = struct.unpack(self.order + count_format, self._read(at, struct.calcsize(count_format)))[0]
        if count > 4096:
            raise _Damaged
        at += struct.calcsize(count_format)
        raw = self._read(at, count * entry_size + struct.calcsize(word))
        tags: dict[int, tuple[Any, ...]] = {}
        for number in range(count):
            tag, kind, values = struct.unpack_from(f"{self.order}HH{word}", raw, number * entry_size)
            if tag in WANTED and (kind in FORMATS or kind == 7) and values <= MOST_TILES:
                inline = number * entry_size + 4 + struct.calcsize(word)
                tags[tag] = self._values(kind, values, raw, inline, word)
        following = struct.unpack_from(f"{self.order}{word}", raw, count * entry_size)[0]
        return tags, following

    def _values(self, kind: int, values: int, raw: bytes, inline: int, word: str) -> tuple[Any, ...]:
        length = SIZES[kind] * values
        if length <= struct.calcsize(word):
            data = raw[inline : inline + length]
        else:
            data = self._read(struct.unpack_from(f"{self.order}{word}", raw, inline)[0], length)
        return tuple(data) if kind == 7 else struct.unpack(f"{self.order}{values}{FORMATS[kind]}", data)

    def _read(self, at: int, length: int) -> bytes:
        if at < 0 or at + length > self.size:
            raise _Damaged
        data = os.pread(self.handle, length, at)
        if len(data) != length:
            raise _Damaged
        return data
