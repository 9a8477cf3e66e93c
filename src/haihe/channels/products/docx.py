"""Word documents (ECMA-376), with styles that Word's navigation and screen readers know."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC
from typing import Any, ClassVar
from xml.sax.saxutils import escape

from haihe.archive.domain.labels.standard import standard
from haihe.channels.domain.markup import Block, Figure, Heading, Listing, Paragraph, Picture, Quote, Rule, Runs, Table
from haihe.channels.domain.pictures import jpeg
from haihe.channels.domain.story import Label, Story, story_of
from haihe.channels.domain.xhtml import FORBIDDEN
from haihe.channels.domain.zipping import archive
from haihe.releases.models import Release

FACE, LATIN = "宋体", "Times New Roman"
PAGE = 15.2  # centimetres between the margins
CUSTOM = "docProps/custom.xml"
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
CUSTOM_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


class Docx:
    name: ClassVar[str] = "docx"
    label: ClassVar[Any] = "Word"
    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    suffix: ClassVar[str] = ".docx"

    def render(self, release: Release) -> bytes:
        story = story_of(release)
        return _sealed(_Writer(story).document(), story.label)


class _Writer:
    def __init__(self, story: Story) -> None:
        import docx

        self.story, self.word = story, docx.Document()

    def document(self) -> bytes:
        self._properties()
        self._styles()
        story, word = self.story, self.word
        self._words(word.add_heading(level=0), story.title)
        for line, style in ((story.subtitle, "Subtitle"), (story.dateline, None)):
            if line:
                self._words(word.add_paragraph(style=style), line)
        if story.label:
            self._words(word.add_paragraph(style="Intense Quote"), story.label.text)
        if story.summary:
            self._words(word.add_paragraph(style="Quote"), story.summary)
        if story.lead:
            self._picture(story.lead)
        for block in story.blocks:
            self._block(block)
        for name, url in story.sources:
            self._words(word.add_paragraph(), "来源：" * story.chinese + f"{name} {url}".strip())
        self._words(word.add_paragraph(), story.url)
        out = io.BytesIO()
        word.save(out)
        return out.getvalue()

    def _properties(self) -> None:
        story, core = self.story, self.word.core_properties
        core.title, core.author = _sound(story.title)[:255], _sound("、".join(story.credit))[:255]
        core.subject, core.language = _sound(story.section)[:255], story.language
        core.keywords = _sound("，".join(story.topics))[:255]
        core.comments = _sound(story.label.text if story.label else "")[:255]
        core.identifier, core.version, core.revision = story.guid, str(story.version), story.version
        core.created = story.published.astimezone(UTC).replace(tzinfo=None)
        core.modified = story.changed.astimezone(UTC).replace(tzinfo=None)
        core.last_modified_by = _sound(story.organisation)[:255]

    def _styles(self) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt

        for style in self.word.styles:
            if style.type is not None and hasattr(style, "font") and style.element.rPr is not None:
                fonts = style.element.rPr.get_or_add_rFonts()
                fonts.set(qn("w:eastAsia"), FACE)
        normal = self.word.styles["Normal"]
        normal.font.name, normal.font.size = LATIN, Pt(12)
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
        normal.paragraph_format.line_spacing = 1.5

    def _block(self, block: Block) -> None:
        from docx.shared import Pt

        match block:
            case Heading():
                self._runs(self.word.add_heading(level=block.level - 1), block.runs)
            case Paragraph():
                paragraph = self.word.add_paragraph()
                if self.story.chinese:
                    paragraph.paragraph_format.first_line_indent = Pt(24)  # two characters
                self._runs(paragraph, block.runs)
            case Listing():
                for item in block.items:
                    style = "List Number" if block.ordered else "List Bullet"
                    self._runs(self.word.add_paragraph(style=style), item)
            case Quote():
                for runs in block.paragraphs:
                    self._runs(self.word.add_paragraph(style="Quote"), runs)
                if block.by:
                    self._words(self.word.add_paragraph(style="Quote"), f"——{block.by}")
            case Table():
                self._table(block)
            case Figure():
                self._picture(block.picture)
            case Rule():
                self._words(self.word.add_paragraph(), "＊　＊　＊")

    def _runs(self, paragraph: Any, runs: Runs) -> None:
        for run in runs:
            if run.text == "\n":
                paragraph.add_run().add_break()
                continue
            added = paragraph.add_run(_sound(run.text))
            added.bold, added.italic = run.bold or None, run.italic or None
            added.font.superscript, added.font.subscript = run.raised == "sup" or None, run.raised == "sub" or None
            if run.href:
                _link(paragraph, added, run.href)

    def _words(self, paragraph: Any, text: str) -> None:
        paragraph.add_run(_sound(text))

    def _table(self, table: Table) -> None:
        rows = [row for row in [table.header, *table.rows] if row]
        width = max(map(len, rows), default=0)
        if not width:
            return
        made = self.word.add_table(rows=len(rows), cols=width, style="Table Grid")
        for cells, row in zip(made.rows, rows, strict=True):
            for cell, words in zip(cells.cells, row, strict=False):
                cell.text = _sound(str(words))
        if table.header:
            _repeats(made.rows[0])
        if table.caption:
            self._words(self.word.add_paragraph(style="Caption"), table.caption)

    def _picture(self, picture: Picture) -> None:
        from docx.shared import Cm

        found = jpeg(picture, self.story.label)
        if found is not None:
            data, width, height = found
            size = min(PAGE, 20.0 * width / height)  # never higher than a page
            shape = self.word.add_picture(io.BytesIO(data), width=Cm(size))
            shape._inline.docPr.set("descr", _sound(picture.alt))
        if picture.line:
            self._words(self.word.add_paragraph(style="Caption"), picture.line)


def _link(paragraph: Any, run: Any, href: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run._r.addprevious(link)
    link.append(run._r)


def _repeats(row: Any) -> None:
    """The head of a table stands again on every page, and is read out as a head."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _sound(text: str) -> str:
    return FORBIDDEN.sub("", text)


def _sealed(data: bytes, label: Label | None) -> bytes:
    """The parts in their order with fixed times; the AI label as a custom property."""
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    if label is not None:
        kind = f'<Override PartName="/{CUSTOM}" ContentType="{CUSTOM_TYPE}"/></Types>'
        files["[Content_Types].xml"] = _before_end(files["[Content_Types].xml"], b"</Types>", kind)
        rel = f'<Relationship Id="rIdAIGC" Type="{CUSTOM_REL}" Target="{CUSTOM}"/></Relationships>'
        files["_rels/.rels"] = _before_end(files["_rels/.rels"], b"</Relationships>", rel)
        files[CUSTOM] = _custom(label)
    return archive(files.items())


def _before_end(xml: bytes, end: bytes, added: str) -> bytes:
    return xml.replace(end, added.encode())


def _custom(label: Label) -> bytes:
    pairs = ((standard().name, label.aigc), ("DigitalSourceType", label.source_type))
    properties = "".join(
        f'<property fmtid="{FORMAT_ID}" pid="{number}" name="{name}"><vt:lpwstr>{escape(value)}</vt:lpwstr></property>'
        for number, (name, value) in enumerate(pairs, 2)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties'
        ' xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{properties}</Properties>"
    ).encode()
