"""A few signs of one of our faces as a small WOFF2 file, for a machine that has no Han face at all.

Every sign is one em wide and stands in the middle of it, so that a page laid out with blanks of one em does not move
when the signs come. Sources: ISO/IEC 14496-22 (Open Font Format), "glyf", "cmap" format 12; W3C "WOFF File Format 2.0".
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

import brotli

from haihe.base.web import fonts

Face = Literal["sans", "serif", "serif-bold"]
FACES: tuple[Face, ...] = ("sans", "serif", "serif-bold")
EM = {"sans": 250, "serif": 500, "serif-bold": 500}  # units; on a coarser grid a glyph takes fewer bytes
MOST = 1200  # signs of one file
ON_CURVE, X_SHORT, Y_SHORT, REPEAT, X_SAME, Y_SAME = 1, 2, 4, 8, 16, 32  # flags of a point
BLANKS = ((0xB7, 0xB7), (0x2014, 0x2014), (0x2018, 0x2019), (0x201C, 0x201D), (0x2026, 0x2026), (0x2E80, 0x9FFF),
          (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6))  # fmt: skip
KNOWN_TAGS = ("cmap", "head", "hhea", "hmtx", "maxp", "name", "OS/2", "post", "cvt ", "fpgm", "glyf", "loca")
LICENCE = "SIL Open Font License 1.1, https://openfontlicense.org"


class Glyph(NamedTuple):
    """ends: last point of each contour; points: (on the curve, x, y) in units of the em."""

    ends: tuple[int, ...]
    points: tuple[tuple[bool, int, int], ...]

    def bounds(self) -> tuple[int, int, int, int]:
        xs, ys = [x for _on, x, _y in self.points], [y for _on, _x, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)


MISSING = Glyph((2,), ((True, 0, 0), (True, 1, 1), (True, 1, 0)))  # a speck: browsers refuse a face that draws nothing


class Whole:
    """One whole TrueType file, read where it lies."""

    def __init__(self, face: Face) -> None:
        bold = face.endswith("-bold")
        with fonts.path("sans" if face == "sans" else "serif", bold=bold).open("rb") as file:
            self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        count = self._unpack(">H", 4)[0]
        rows = [self._unpack(">4sIII", 12 + 16 * row) for row in range(count)]
        self.tables = {tag.decode(): (start, length) for tag, _check, start, length in rows}
        self.em = self._unpack(">H", self.tables["head"][0] + 18)[0]
        self._read_signs()

    def _unpack(self, form: str, at: int) -> tuple[Any, ...]:
        return struct.unpack_from(form, self.bytes, at)

    def table(self, tag: str) -> bytes:
        start, length = self.tables[tag]
        return self.bytes[start : start + length]

    def _read_signs(self) -> None:
        start = self.tables["cmap"][0]
        rows = [self._unpack(">HHI", start + 4 + 8 * row) for row in range(self._unpack(">H", start + 2)[0])]
        at = next(start + where for _platform, _encoding, where in rows if self._unpack(">H", start + where)[0] == 12)
        groups = [self._unpack(">III", at + 16 + 12 * one) for one in range(self._unpack(">I", at + 12)[0])]
        self._first, self._last, self._glyph = zip(*groups, strict=True)

    def number(self, sign: str) -> int | None:
        """Of the glyph that draws a sign; None where the face has none."""
        at = bisect_right(self._first, ord(sign)) - 1
        if at < 0 or ord(sign) > self._last[at]:
            return None
        return int(self._glyph[at]) + ord(sign) - int(self._first[at])

    def width(self, number: int) -> int:
        widths = self._unpack(">H", self.tables["hhea"][0] + 34)[0]
        return self._unpack(">H", self.tables["hmtx"][0] + 4 * min(number, widths - 1))[0]

    def glyph(self, number: int) -> Glyph | None:
        """None for a blank one; our faces have no composite glyphs."""
        start, end = self._unpack(">II", self.tables["loca"][0] + 4 * number)
        at = self.tables["glyf"][0] + start
        contours = self._unpack(">h", at)[0] if end > start else 0
        if contours <= 0:
            return None
        ends = self._unpack(f">{contours}H", at + 10)
        at += 10 + 2 * contours
        at += 2 + self._unpack(">H", at)[0]
        count, flags = ends[-1] + 1, bytearray()
        while len(flags) < count:
            flag, at = self.bytes[at], at + 1
            times = 1
            if flag & REPEAT:
                times, at = 1 + self.bytes[at], at + 1
            flags += bytes([flag]) * times
        xs, at = self._places(flags, at, X_SHORT, X_SAME)
        ys, at = self._places(flags, at, Y_SHORT, Y_SAME)
        return Glyph(ends, tuple((bool(flag & ON_CURVE), x, y) for flag, x, y in zip(flags, xs, ys, strict=True)))

    def _places(self, flags: bytearray, at: int, short: int, same: int) -> tuple[list[int], int]:
        found, place = [], 0
        for flag in flags:
            if flag & short:
                place += self.bytes[at] if flag & same else -self.bytes[at]
                at += 1
            elif not flag & same:
                place += self._unpack(">h", at)[0]
                at += 2
            found.append(place)
        return found, at


@cache
def whole(face: Face) -> Whole:
    return Whole(face)


def cut(face: Face, signs: Iterable[str]) -> bytes:
    """WOFF2 of those of the signs that the face has; the same signs in any order give the same bytes.

    signs     at most MOST count, the lowest code points first
    returns   about 120 bytes a sign (sans) or 190 (serif)
    """
    source, em = whole(face), EM[face]
    wanted = [(sign, number) for sign in sorted(set(signs)) if (number := source.number(sign)) is not None][:MOST]
    drawn = [_on_grid(source, number, em) for _sign, number in wanted]
    return _woff2(_tables(source, em, _cmap(_runs([ord(sign) for sign, _number in wanted])), drawn))


def blank() -> bytes:
    """WOFF2 of nothing, one em wide, for every sign in BLANKS: what stands in a page until the signs come."""
    return _woff2(_tables(whole("sans"), EM["sans"], _cmap([(*run, 1) for run in BLANKS], form=13), [None]))


def _on_grid(source: Whole, number: int, em: int) -> Glyph | None:
    """A glyph in the middle of a square of `em` units; points that fall onto their neighbour are left out."""
    glyph = source.glyph(number)
    if glyph is None:
        return None
    aside, scale = (source.em - source.width(number)) / 2, em / source.em
    ends, points, begin = [], [], 0
    for end in glyph.ends:
        contour: list[tuple[bool, int, int]] = []
        for on, x, y in glyph.points[begin : end + 1]:
            point = (on, round((x + aside) * scale), round(y * scale))
            if not contour or point != contour[-1]:
                contour.append(point)
        begin = end + 1
        if len(contour) > 2:
            points += contour
            ends.append(len(points) - 1)
    return Glyph(tuple(ends), tuple(points)) if points else None


def _written(glyph: Glyph | None) -> bytes:
    """One entry of "glyf"."""
    if glyph is None:
        return b""
    flags, xs, ys = bytearray(), bytearray(), bytearray()
    x = y = 0
    for on, to_x, to_y in glyph.points:
        flag = (ON_CURVE if on else 0) | _step(to_x - x, xs, X_SHORT, X_SAME) | _step(to_y - y, ys, Y_SHORT, Y_SAME)
        flags.append(flag)
        x, y = to_x, to_y
    head = struct.pack(">5h", len(glyph.ends), *glyph.bounds()) + struct.pack(f">{len(glyph.ends)}H", *glyph.ends)
    whole = head + b"\0\0" + bytes(flags + xs + ys)
    return whole + bytes(-len(whole) % 4)


def _step(by: int, into: bytearray, short: int, same: int) -> int:
    """Write one step of a coordinate; returns the flags that say how."""
    if by == 0:
        return same
    if abs(by) < 256:
        into.append(abs(by))
        return short | (same if by > 0 else 0)
    into += struct.pack(">h", by)
    return 0


def _tables(source: Whole, em: int, cmap: bytes, drawn: Sequence[Glyph | None]) -> dict[str, bytes]:
    """The tables of a face; glyph 0 stands for signs that it has not, then come those that are drawn."""
    glyphs: list[Glyph | None] = [MISSING, *drawn]
    bounds = [glyph.bounds() if glyph else (0, 0, 0, 0) for glyph in glyphs]
    entries = [_written(glyph) for glyph in glyphs]
    starts = [0]
    for entry in entries:
        starts.append(starts[-1] + len(entry))
    box = [pick(one[side] for one in bounds) for side, pick in enumerate((min, min, max, max))]
    scale, count = em / source.em, len(glyphs)
    up, down = (round(value * scale) for value in struct.unpack_from(">2h", source.table("hhea"), 4))
    top = round(em * 0.88)  # where a sign begins when the text runs downwards
    points, contours = (max((len(one[part]) for one in glyphs if one), default=0) for part in (1, 0))
    moments = source.table("head")[20:36]
    return {
        "cmap": cmap,
        "head": struct.pack(">4I2H", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, em)
        + moments + struct.pack(">4h2H3h", *box, 0, 6, 2, 1, 0),
        "hhea": struct.pack(">I3hH11hH", 0x10000, up, down, 0, em, box[0], 0, box[2], 1, *[0] * 7, 1),
        "hmtx": struct.pack(">H", em) + b"".join(struct.pack(">h", one[0]) for one in bounds),
        "maxp": struct.pack(">I14H", 0x10000, count, points, contours, 0, 0, 2, *[0] * 8),
        "name": _name(source),
        "OS/2": _in_units(source.table("OS/2"), scale),
        "post": struct.pack(">I", 0x30000) + bytes(28),
        "glyf": b"".join(entries),
        "loca": struct.pack(f">{count + 1}I", *starts),
        "vhea": struct.pack(">I3hH11hH", 0x10000, em // 2, -em // 2, 0, em, 0, 0, em, 0, 1, *[0] * 6, 1),
        "vmtx": struct.pack(">H", em) + b"".join(struct.pack(">h", top - one[3]) for one in bounds),
    }  # fmt: skip


def _runs(codes: Sequence[int]) -> list[tuple[int, int, int]]:
    """First and last code of each run of neighbours, and the glyph of its first; glyph n draws the n-th code."""
    runs: list[tuple[int, int, int]] = []
    for number, code in enumerate(codes, start=1):
        if runs and runs[-1][1] == code - 1:
            runs[-1] = (runs[-1][0], code, runs[-1][2])
        else:
            runs.append((code, code, number))
    return runs


def _cmap(runs: Sequence[tuple[int, int, int]], *, form: Literal[12, 13] = 12) -> bytes:
    """form   12: the glyphs of a run are neighbours too; 13: all signs of a run have its one glyph"""
    written = b"".join(struct.pack(">3I", *run) for run in runs)
    table = struct.pack(">2H3I", form, 0, 16 + len(written), 0, len(runs)) + written
    return struct.pack(">4HI", 0, 1, 3, 10, 12) + table


def _name(source: Whole) -> bytes:
    """Family, style and licence: the licence asks that each copy carries it."""
    texts = [(0, "Noto CJK, (c) Adobe and Google"), (1, "Haihe First"), (2, "Regular"), (4, "Haihe First"),
             (6, "HaiheFirst"), (13, LICENCE)]  # fmt: skip
    rows, stored = b"", b""
    for number, text in texts:
        written = text.encode("utf-16-be")
        rows += struct.pack(">6H", 3, 1, 0x409, number, len(written), len(stored))
        stored += written
    return struct.pack(">3H", 0, len(texts), 6 + len(rows)) + rows + stored


def _in_units(metrics: bytes, scale: float) -> bytes:
    """The source's OS/2 table with its heights in our units: those that decide how lines stand."""
    made = bytearray(metrics)
    for at in (68, 70, 72):  # typographic ascender, descender, gap
        struct.pack_into(">h", made, at, round(struct.unpack_from(">h", made, at)[0] * scale))
    for at in (74, 76):  # the same for Windows
        struct.pack_into(">H", made, at, round(struct.unpack_from(">H", made, at)[0] * scale))
    return bytes(made)


def _woff2(tables: dict[str, bytes]) -> bytes:
    """The container, its tables as they are (the null transform of "glyf" and "loca")."""
    rows = b""
    for tag, table in tables.items():
        version = 0xC0 if tag in ("glyf", "loca") else 0
        known = KNOWN_TAGS.index(tag) if tag in KNOWN_TAGS else 63
        rows += bytes([version | known]) + (tag.encode() if known == 63 else b"") + _base128(len(table))
    stream = brotli.compress(b"".join(tables.values()), mode=brotli.MODE_FONT, quality=9)
    whole = 12 + 16 * len(tables) + sum(len(table) + -len(table) % 4 for table in tables.values())
    length = 48 + len(rows) + len(stream)
    padding = -length % 4
    head = struct.pack(
        ">4sIIHHIIHHIIIII", b"wOF2", 0x10000, length + padding, len(tables), 0, whole, len(stream), 1, 0, 0, 0, 0, 0, 0
    )
    return head + rows + stream + bytes(padding)


def _base128(value: int) -> bytes:
    parts = [value & 127]
    while value := value >> 7:
        parts.append(value & 127 | 128)
    return bytes(reversed(parts))
