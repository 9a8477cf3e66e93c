"""Pictures by their captions. The files are built here block by block, or by Pillow, which is another program."""

from __future__ import annotations

import io
import struct
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from haihe.newsroom.domain.readers import Document, FeedUnreadable, read
from haihe.newsroom.tests.delivered import of, one

CAPTION = "5月3日晚，海河两岸灯光璀璨，市民在解放桥边观看。"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments: bytes, size: tuple[int, int] = (8, 8)) -> bytes:
    frame = segment(0xC0, struct.pack(">BHHB", 8, size[1], size[0], 1) + b"\x01\x11\x00")
    return b"\xff\xd8" + b"".join(segments) + frame + b"\xff\xd9"


def iptc(encoding: str, *, declared: bool = False, **fields: str) -> bytes:
    numbers = {
        "title": 5, "headline": 105, "caption": 120, "credit": 110, "byline": 80, "date": 55, "time": 60, "city": 90,
        "sublocation": 92, "keywords": 25, "copyright": 116,
    }  # fmt: skip
    data = b"\x1c\x01\x5a\x00\x03\x1b%G" if declared else b""
    for name, text in fields.items():
        value = text.encode(encoding)
        data += bytes([0x1C, 2, numbers[name]]) + struct.pack(">H", len(value)) + value
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(data)) + data + b"\x00" * (len(data) % 2)
    return segment(0xED, b"Photoshop 3.0\x00" + resource)


def xmp(body: str) -> bytes:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">'
        f'<rdf:Description rdf:about="">{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    return b"http://ns.adobe.com/xap/1.0/\x00" + packet.encode()


@pytest.mark.parametrize(
    ("encoding", "declared"), [("gb18030", False), ("gbk", False), ("utf-8", True), ("utf-8", False)]
)
def test_chinese_iptc_is_read_in_gbk_and_utf8(encoding: str, declared: bool) -> None:
    fields = {
        "headline": "海河亮灯", "caption": CAPTION, "credit": "津云新闻", "byline": "张三", "city": "天津",
        "sublocation": "解放桥", "date": "20260503", "time": "192000+0800", "copyright": "版权所有",
    }  # fmt: skip
    entry = one(jpeg(iptc(encoding, declared=declared, **fields)))
    assert (entry.title, entry.content, entry.credit, entry.authors) == ("海河亮灯", CAPTION, "津云新闻", ("张三",))
    assert (entry.place, entry.rights, entry.language) == ("解放桥, 天津", "版权所有", "zh")
    assert entry.published == datetime(2026, 5, 3, 11, 20, tzinfo=UTC)
    assert (entry.pictures[0].width, entry.pictures[0].caption, entry.kind) == (8, CAPTION, "picture")


XMP = (
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">River</rdf:li>'
    '<rdf:li xml:lang="zh-CN">海河</rdf:li></rdf:Alt></dc:title>'
    f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{CAPTION}</rdf:li></rdf:Alt></dc:description>'
    "<dc:creator><rdf:Seq><rdf:li>张三</rdf:li><rdf:li>李四</rdf:li></rdf:Seq></dc:creator>"
    "<dc:subject><rdf:Bag><rdf:li>夜景</rdf:li><rdf:li>桥</rdf:li></rdf:Bag></dc:subject>"
    "<photoshop:Credit>津云</photoshop:Credit><photoshop:City>天津</photoshop:City>"
    "<photoshop:DateCreated>2026-05-03T19:20:00+08:00</photoshop:DateCreated>"
)


def test_xmp_is_read_in_chinese_first_and_before_iptc() -> None:
    entry = one(jpeg(segment(0xE1, xmp(XMP)), iptc("gbk", caption="旧的说明文字", headline="别的标题文字")))
    assert (entry.title, entry.content, entry.authors) == ("别的标题文字", CAPTION, ("张三", "李四"))
    assert (entry.credit, entry.place, entry.categories) == ("津云", "天津", ("夜景", "桥"))
    assert entry.published == datetime(2026, 5, 3, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_captions_written_by_pillow_are_read(kind: str) -> None:
    exif = Image.Exif()
    exif[270], exif[315], exif[33432] = "A bridge at night", "Zhang San", "Haihe"
    exif.get_ifd(0x8769)[36867] = "2026:05:03 19:20:00"
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, kind, exif=exif)
    entry = one(out.getvalue())
    assert (entry.content, entry.authors, entry.rights) == ("A bridge at night", ("Zhang San",), "Haihe")
    assert (entry.pictures[0].width, entry.pictures[0].height) == (40, 30)
    assert entry.published_raw == ("" if kind == "TIFF" else "2026-05-03 19:20:00")  # Pillow writes none into a TIFF


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data", [png(30_000, 30_000, chunk(b"IDAT", zlib.compress(b"\0" * 1000))), jpeg(size=(30_000, 30_000))]
)
def test_huge_pictures_are_never_decoded(data: bytes) -> None:
    started = time.monotonic()
    entry = one(data)
    assert (entry.pictures[0].width, entry.pictures[0].height) == (30_000, 30_000)
    assert time.monotonic() - started < 1


def test_text_bomb_in_a_png_stays_small() -> None:
    bomb = zlib.compress(b"a" * (200 << 20), 9)
    entry = one(png(8, 8, chunk(b"zTXt", b"Description\x00\x00" + bomb)))
    assert 0 < len(entry.content) <= 20_000


@pytest.mark.parametrize(
    "body",
    [
        '</rdf:Description><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><rdf:Description>&x;',
        "<dc:title>" * 500,
        "<dc:title>\x00\ufffe",
    ],
)
def test_hostile_xmp_does_no_harm(body: str) -> None:
    entry = one(jpeg(segment(0xE1, xmp(body)), iptc("gbk", caption=CAPTION)))
    assert entry.content == CAPTION
    assert "root:" not in repr(entry)


@pytest.mark.parametrize("said", ["OLYMPUS DIGITAL CAMERA", "0.9.138", '{"heading": 54.7}', "DCIM\\100MEDIA"])
def test_what_cameras_write_by_themselves_is_no_caption(said: str) -> None:
    exif = Image.Exif()
    exif[270] = said
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    assert one(out.getvalue()).content == ""


def test_name_and_declared_type_do_not_matter() -> None:
    data = jpeg(iptc("gbk", caption=CAPTION))
    feed = read(Document(data, "https://a.example/story.html", "text/html", "utf-8"))
    assert (feed.format, feed.entries[0].content) == ("jpeg", CAPTION)
    assert feed.entries[0].pictures[0].url == "https://a.example/story.html"


def test_real_pictures_give_place_and_time(data_folder: Path) -> None:
    entry = one((data_folder / "drone/jpeg/DJI_0027.JPG").read_bytes())
    assert (entry.place, entry.published_raw) == ("46.842605, -91.994083", "2016-06-23 16:33:04")
    assert (entry.pictures[0].width, entry.pictures[0].height) == (4000, 2250)
    entry = one((data_folder / "drone/exif/GPS.jpg").read_bytes())
    assert (entry.title, entry.credit, entry.place) == ("Communications", "Ian Britton", "United Kingdom")
    entry = one((data_folder / "drone/exif/XMP.jpg").read_bytes())
    assert (entry.title, entry.credit, entry.authors) == ("No headline", "My Credit", ("Phil Harvey",))


@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"GIF89a", b"RIFF0000WEBP"]),
    st.binary(max_size=300),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_end_in_an_entry_or_a_refusal(magic: bytes, data: bytes) -> None:
    try:
        feed = of(magic + data)
    except FeedUnreadable:
        return
    assert len(feed.entries) == 1
