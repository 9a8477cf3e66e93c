from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from PIL import Image

from haihe.newsroom.domain.readers import Document, FeedUnreadable, read
from haihe.newsroom.tests.delivered import of, one

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def written(write: Callable[[Any], None]) -> bytes:
    document = docx.Document()
    write(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(data: bytes, **parts: bytes | None) -> bytes:
    """A Word file with parts put in, replaced, or (None) taken out; `__` stands for a slash, `_DOT_` for a dot."""
    named = {name.replace("__", "/").replace("_DOT_", "."): content for name, content in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in named:
                new.writestr(info, old.read(info))
        for name, content in named.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def manuscript(document: Any) -> None:
    said = document.core_properties
    said.author, said.title, said.keywords = "张三;李四", "文档1", "夜游, 灯光"
    said.created, said.modified = datetime(2026, 5, 1, 2), datetime(2026, 5, 3, 2, 20)
    document.add_heading("海河两岸灯光璀璨", 0)
    document.add_paragraph("今晚七点，海河亮灯。")
    document.add_heading("怎么去", 1)
    document.add_paragraph("地铁三号线", style="List Bullet")
    document.add_paragraph("公交 <b>8路</b>", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("桥", "时间", "解放桥", "19:00"), strict=True):
        cell.text = text
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    document.add_picture(picture)


def test_manuscript_is_read_whole() -> None:
    entry = one(written(manuscript))
    assert (entry.title, entry.authors, entry.language) == ("海河两岸灯光璀璨", ("张三", "李四"), "zh")
    assert entry.content == (
        "<p>今晚七点，海河亮灯。</p><h2>怎么去</h2><ul><li>地铁三号线</li><li>公交 &lt;b&gt;8路&lt;/b&gt;</li></ul>"
        "<table><tr><td>桥</td><td>时间</td></tr><tr><td>解放桥</td><td>19:00</td></tr></table>"
    )
    assert (entry.published, entry.updated) == (
        datetime(2026, 5, 1, 2, tzinfo=UTC),
        datetime(2026, 5, 3, 2, 20, tzinfo=UTC),
    )
    assert entry.categories == ("夜游", "灯光")
    assert [(p.url, e.media_type, e.name) for p, e in zip(entry.pictures, entry.enclosures, strict=True)] == [
        ("part:word/media/image1.png", "image/png", "image1.png")
    ]
    assert entry.enclosures[0].length > 50


def test_short_first_line_is_the_title_where_nothing_says_so() -> None:
    entry = one(written(lambda d: [d.add_paragraph("河西区图书馆开馆"), d.add_paragraph("今天上午开馆。")]))
    assert (entry.title, entry.text) == ("河西区图书馆开馆", "今天上午开馆。")
    entry = one(written(lambda d: [d.add_paragraph("今天上午开馆。"), d.add_paragraph("明天也开。")]))
    assert (entry.title, entry.text) == ("", "今天上午开馆。\n明天也开。")


def test_changes_are_read_as_accepted_and_hidden_text_is_not_read() -> None:
    def tracked(document: Any) -> None:
        document.add_paragraph("甲。")
        document.element.body.insert(1, parse_xml(
            f"<w:p {W}><w:r><w:t>票价</w:t></w:r><w:del><w:r><w:delText>十元</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>免费</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>秘密</w:t></w:r>"
            "<w:r><w:instrText>HYPERLINK x</w:instrText></w:r></w:p>"
        ))  # fmt: skip

    assert one(written(tracked)).text == "甲。\n票价免费"


def test_name_and_declared_type_do_not_matter() -> None:
    document = Document(written(manuscript), "http://a.example/feed.xml", "application/rss+xml", "gb2312")
    assert read(document).format == "docx"


RELATIONS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
    b' Target="http://127.0.0.1:9/spy.png" TargetMode="External"/>'
    b'<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
    b' Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
)
BODY = (
    f"<w:document {W} xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'"
    " xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><w:body><w:p><w:r><w:t>文字。</w:t>"
    "<w:drawing><a:blip r:embed='rId1'/></w:drawing></w:r></w:p></w:body></w:document>"
)


def test_what_lies_outside_is_never_asked_for() -> None:
    data = changed(
        written(lambda d: None), word___rels__document_DOT_xml_DOT_rels=RELATIONS, word__document_DOT_xml=BODY.encode()
    )
    entry = one(data)
    assert (entry.text, entry.pictures) == ("文字。", ())


def test_macros_and_parts_that_climb_out_of_the_folder_do_nothing() -> None:
    data = changed(
        written(manuscript), word__vbaProject_DOT_bin=b"\x00" * 100, **{"../../../../tmp/x_DOT_sh": b"rm -rf /"}
    )
    assert one(data).title == "海河两岸灯光璀璨"


def bomb(size: int) -> bytes:
    return changed(written(manuscript), word__document_DOT_xml=b"<w:p/>" + b" " * size)


def billion_laughs() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10))
    doctype = b"<!DOCTYPE x [" + entities + b"]>"
    return changed(written(manuscript), word__document_DOT_xml=doctype + BODY.replace("文字", "&l9;").encode())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (bomb(100 << 20), "too much"),
        (bomb(20 << 20), "too much"),
        (changed(written(manuscript), **{f"a{n}": b"" for n in range(5000)}), "too much"),
        (changed(written(manuscript), word__document_DOT_xml=b"<w:document"), "damaged"),
        (changed(written(manuscript), word__document_DOT_xml=None), "damaged"),
        (written(manuscript)[:2000], "a ZIP, Word or Excel file"),
        (changed(b"PK\x05\x06" + b"\x00" * 18, a=b"b"), "a ZIP, Word or Excel file"),
        (b"PK\x03\x04" + b"\x00" * 1000, "a ZIP, Word or Excel file"),
    ],
)
def test_hostile_and_damaged_files_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(FeedUnreadable, match=says):
        of(data)


def test_entity_bomb_expands_to_nothing() -> None:
    try:
        text = one(billion_laughs()).text
    except FeedUnreadable:
        return
    assert len(text) < 1000
