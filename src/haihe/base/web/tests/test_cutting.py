"""Signs cut out of our faces, read back by FreeType through Pillow."""

from __future__ import annotations

import base64
import io
import re
import struct
from pathlib import Path

import brotli
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from haihe.base.web import fonts
from haihe.base.web.fonts import cutting
from haihe.base.web.fonts.cutting import FACES, Face, blank, cut

FRONT_END = Path(__file__).resolve().parents[5] / "frontend"


def _drawn(file: object, sign: str, size: int = 240) -> Image.Image:
    sheet = Image.new("L", (size * 2, size * 2))
    face = ImageFont.truetype(file, size)  # type: ignore[arg-type]
    ImageDraw.Draw(sheet).text((40, size * 3 // 2), sign, font=face, fill=255, anchor="ls")
    return sheet


@pytest.mark.parametrize("face", FACES)
def test_cut_signs_look_as_in_the_whole_face(face: Face) -> None:
    made = cut(face, "海河市，“天”")
    bold = face.endswith("-bold")
    for sign in "海河市天":
        whole = _drawn(str(fonts.path("sans" if face == "sans" else "serif", bold=bold)), sign)
        apart = ImageChops.difference(whole, _drawn(io.BytesIO(_as_truetype(made)), sign))
        ink, wrong = sum(whole.tobytes()), sum(apart.tobytes())
        assert ink > 0
        assert wrong < 0.15 * ink, sign


def test_every_sign_is_one_em_wide_and_what_the_face_has_not_is_left_out() -> None:
    made = cut("sans", "河—·“😀")
    face = ImageFont.truetype(io.BytesIO(_as_truetype(made)), 100)

    assert [face.getlength(sign) for sign in "河—·“"] == [100, 100, 100, 100]
    assert cut("sans", "河—·“") == made


def test_same_signs_in_any_order_are_the_same_bytes_and_few() -> None:
    assert cut("sans", "海河河") == cut("sans", "河海")
    assert len(cut("sans", [chr(code) for code in range(0x4E00, 0x4E00 + 300)])) < 45_000
    assert cut("sans", "") != b""


def test_the_blank_of_the_front_end_is_ours() -> None:
    constant = re.search(r'BLANK = "([^"]+)"', (FRONT_END / "src/islands/blank.ts").read_text(encoding="utf-8"))
    assert constant is not None
    assert _tables(base64.b64decode(constant[1])) == _tables(blank())


def _tables(woff: bytes) -> dict[str, bytes]:
    """The tables of a WOFF2 file whose tables are as they are."""
    count = struct.unpack_from(">H", woff, 12)[0]
    at, sizes = 48, {}
    for _ in range(count):
        flags, at = woff[at], at + 1
        tag, at = (woff[at : at + 4].decode(), at + 4) if flags & 63 == 63 else (cutting.KNOWN_TAGS[flags & 63], at)
        size = 0
        while True:
            part, at = woff[at], at + 1
            size = size << 7 | part & 127
            if not part & 128:
                break
        sizes[tag] = size
    stream = brotli.decompress(woff[at : at + struct.unpack_from(">I", woff, 20)[0]])
    found, start = {}, 0
    for tag, size in sizes.items():
        found[tag], start = stream[start : start + size], start + size
    return found


def _as_truetype(woff: bytes) -> bytes:
    """FreeType of many builds reads no WOFF2."""
    tables = _tables(woff)
    head = struct.pack(">IHHHH", 0x10000, len(tables), 0, 0, 0)
    rows, body, at = b"", b"", 12 + 16 * len(tables)
    for tag, table in sorted(tables.items()):
        rows += struct.pack(">4sIII", tag.encode(), 0, at + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return head + rows + body
