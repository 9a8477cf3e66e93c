"""Word files, .docx and .docm: title, paragraphs, headings, lists, tables, and the pictures inside by name.

Nothing in the file acts and nothing outside it is asked for: macros are not looked at, links to pictures and templates
elsewhere are never followed, and no part is written anywhere, so that names of parts that climb out of a folder lead
nowhere. What the directory of the ZIP says about sizes is checked before anything is unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any, ClassVar

from haihe.newsroom.domain.languages import language_of
from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.identity import derived_id
from haihe.newsroom.domain.readers.shapes import Enclosure, Entry, Feed, FeedUnreadable, Picture

_MOST_PARTS, _MOST_BYTES, _MOST_XML, _MOST_RATIO = 4000, 64 << 20, 16 << 20, 300
_MOST_BLOCKS, _DEEPEST_TABLE = 50_000, 6
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = re.compile(
    r"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml|ms-word)\.(?:document|template)[.\w]*main\+xml",
    re.I,
)
_HEADING = re.compile(r"^(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_DELETED = frozenset(f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText"))
_TEMPLATE_TITLES = ("word document", "microsoft word", "document", "文档", "untitled", "powerpoint")
_LONGEST_TITLE = 80
_SENTENCE_ENDS = ("\u3002", ".", "\uff1b", ";", "\uff0c", ",", "\uff1a")
_OF_A_TEMPLATE = datetime(2013, 12, 23, 23, 15, tzinfo=UTC)  # what python-docx leaves in files it makes


@reader
class WordReader:
    name: ClassVar[str] = "docx"
    accepts: ClassVar[tuple[str, ...]] = (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document;q=0.8",
    )

    def recognises(self, document: Document) -> bool:
        if document.kind != "zip":
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(document.plain)) as parts:
                return _is_word(parts)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
            return False

    def read(self, document: Document) -> Feed:
        """The file as one entry. Raises FeedUnreadable where it is damaged, locked, or unpacks to too much."""
        if document.kind != "zip":
            raise refuse(document)
        where = document.address or None
        _check(document)
        import docx

        try:
            opened = docx.Document(io.BytesIO(document.plain))
            entry = _entry(opened, document)
        except FeedUnreadable:
            raise
        except Exception as error:  # python-docx and lxml fail in many ways on damaged files
            raise FeedUnreadable(f"The Word file is damaged ({type(error).__name__}).", thing=where) from error
        return Feed(title=entry.title, language=entry.language, format="docx", encoding="utf-8", entries=(entry,))


def _is_word(parts: zipfile.ZipFile) -> bool:
    try:
        info = parts.getinfo("[Content_Types].xml")
    except KeyError:
        return "word/document.xml" in parts.namelist()
    if info.file_size > 1 << 20:
        return False
    with parts.open(info) as types:
        return bool(_MAIN.search(types.read(1 << 20).decode("utf-8", "replace")))


def _check(document: Document) -> None:
    """Raise FeedUnreadable for what would cost too much to unpack."""
    where = document.address or None
    try:
        with zipfile.ZipFile(io.BytesIO(document.plain)) as parts:
            if not _is_word(parts):
                raise refuse(document)
            infos = parts.infolist()
            whole = sum(info.file_size for info in infos)
            if any(info.flag_bits & 1 for info in infos):
                raise FeedUnreadable("The Word file is locked with a password.", thing=where)
            if len(infos) > _MOST_PARTS or whole > _MOST_BYTES:
                raise FeedUnreadable("The Word file unpacks to too much.", thing=where)
            if any(info.file_size > _MOST_XML and info.filename.endswith((".xml", ".rels")) for info in infos):
                raise FeedUnreadable("The Word file holds too much text.", thing=where)
            packed = sum(info.compress_size for info in infos) or 1
            if whole > 4 << 20 and whole > _MOST_RATIO * packed:
                raise FeedUnreadable("The Word file unpacks to too much.", thing=where)
            if len({info.filename for info in infos}) < len(infos):
                raise FeedUnreadable("The Word file holds two parts of one name.", thing=where)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise FeedUnreadable("The ZIP file is damaged.", thing=where) from error


def _entry(opened: Any, document: Document) -> Entry:
    styles = {style.style_id: style.name for style in opened.styles if style.name}
    blocks = list(_blocks(opened.element.body, styles))
    said = opened.core_properties
    title, blocks = _title(said, blocks)
    text = "\n".join(line for kind, line, _ in blocks if line)
    created, modified = _moment(said, "created"), _moment(said, "modified")
    author = _property(said, "author")
    authors = tuple(name for part in re.split("[;\uff1b,\uff0c\u3001]", author) if (name := part.strip()))
    pictures = tuple(_pictures(opened))
    return Entry(
        id=derived_id(title, "", text),
        title=title,
        author=", ".join(authors),
        authors=authors,
        published=created or modified,
        published_raw=moment.isoformat() if (moment := created or modified) else "",
        created=created,
        updated=modified,
        summary=_property(said, "subject") or _property(said, "comments"),
        summary_type="text/plain",
        content=_html(blocks),
        text=text,
        language=_property(said, "language") or language_of(text),
        base=document.address,
        categories=tuple(
            w for part in re.split("[;\uff1b,\uff0c\u3001]", _property(said, "keywords")) if (w := part.strip())
        ),
        kind="text",
        enclosures=tuple(Enclosure(one.url, kind, size, one.url.rpartition("/")[2]) for one, kind, size in pictures),
        pictures=tuple(one for one, _, _ in pictures),
        locator="entry[1]",
    )


Block = tuple[str, str, str]  # kind ("p", "h2", "li", "table"), text, HTML


def _blocks(body: Any, styles: dict[str, str]) -> Iterator[Block]:
    made = 0
    waiting = list(reversed(list(body)))
    while waiting and made < _MOST_BLOCKS:
        element = waiting.pop()
        if element.tag == f"{_W}p":
            text = _words(element)
            if text:
                made += 1
                kind = _kind(element, styles)
                yield kind, text, escape(text, quote=False).replace("\n", "<br>")
        elif element.tag == f"{_W}tbl":
            made += 1
            rows = [[_cell(cell, 0) for cell in row.iter(f"{_W}tc")] for row in element.iter(f"{_W}tr")]
            rows = [row for row in rows if any(row)]
            if rows:
                html = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
                yield "table", "\n".join(" ".join(row) for row in rows), html
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins", f"{_W}smartTag"):
            waiting += reversed(list(element))


def _cells(row: list[str]) -> str:
    return "".join(f"<td>{escape(cell, quote=False)}</td>" for cell in row)


def _cell(cell: Any, depth: int) -> str:
    return " ".join(text for p in cell.iter(f"{_W}p") if (text := _words(p))) if depth < _DEEPEST_TABLE else ""


def _words(paragraph: Any) -> str:
    """Text of a paragraph with all changes accepted: insertions in, deletions and the codes of fields out."""
    pieces: list[str] = []
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        tag = element.tag
        if tag in _DELETED or not isinstance(tag, str) or _is_hidden(element):
            continue
        if tag == f"{_W}t":
            pieces.append(element.text or "")
        elif tag in (f"{_W}br", f"{_W}cr"):
            pieces.append("\n")
        elif tag == f"{_W}tab":
            pieces.append(" ")
        elif tag == f"{_W}noBreakHyphen":
            pieces.append("-")
        elif not tag.endswith("}Fallback"):
            waiting += reversed(list(element))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_hidden(run: Any) -> bool:
    if run.tag != f"{_W}r":
        return False
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and (vanish.get(f"{_W}val") or "1") not in ("0", "false")


def _kind(paragraph: Any, styles: dict[str, str]) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = styles.get(style.get(f"{_W}val") or "", "") if style is not None else ""
    if name.lower() in ("title", "标题"):
        return "title"
    heading = _HEADING.match(name)
    if heading:
        return f"h{min(6, int(heading.group(1)) + 1)}"
    return "li" if paragraph.find(f"{_W}pPr/{_W}numPr") is not None or name.lower().startswith("list") else "p"


def _title(said: Any, blocks: list[Block]) -> tuple[str, list[Block]]:
    """The title, and the blocks without it.

    By style, else as the file's properties say, else a first line that is short and no sentence.
    """
    for at, (kind, text, _) in enumerate(blocks[:20]):
        if kind == "title" or (kind == "h2" and at == 0):
            return " ".join(text.split()), _as_paragraphs(blocks[:at] + blocks[at + 1 :])
    blocks = _as_paragraphs(blocks)
    declared = _property(said, "title")
    if declared and not declared.lower().startswith(_TEMPLATE_TITLES):
        again = bool(blocks) and "".join(blocks[0][1].split()) == "".join(declared.split())
        return declared, blocks[1:] if again else blocks
    first = blocks[0][1] if len(blocks) > 1 and blocks[0][0] == "p" else ""
    short = first and len(first) <= _LONGEST_TITLE and "\n" not in first
    if short and not first.endswith(_SENTENCE_ENDS):
        return first, blocks[1:]
    return "", blocks


def _as_paragraphs(blocks: list[Block]) -> list[Block]:
    return [("p" if kind == "title" else kind, text, html) for kind, text, html in blocks]


def _html(blocks: list[Block]) -> str:
    parts: list[str] = []
    listed = False
    for kind, _, html in blocks:
        if listed != (kind == "li"):
            listed = kind == "li"
            parts.append("<ul>" if listed else "</ul>")
        parts.append(f"<{kind}>{html}</{kind}>")
    return "".join(parts) + ("</ul>" if listed else "")


def _pictures(opened: Any) -> Iterator[tuple[Picture, str, int]]:
    """Pictures stored in the file; those linked from elsewhere are not followed and not listed."""
    described: dict[str, str] = {}
    for blip in opened.element.body.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"):
        name = blip.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed")
        around = next((up for up in blip.iterancestors() if str(up.tag).endswith(("}inline", "}anchor"))), None)
        inside = around.iter() if around is not None else ()
        properties = next((one for one in inside if str(one.tag).endswith("}docPr")), None)
        if name:
            said = (properties.get("descr") or properties.get("title") or "") if properties is not None else ""
            described.setdefault(name, said)
    for name, caption in list(described.items())[:1000]:
        relation = opened.part.rels.get(name)
        if relation is None or relation.is_external or not relation.reltype.endswith("/image"):
            continue
        part = relation.target_part
        yield (
            Picture(f"part:{str(part.partname).lstrip('/')}", " ".join(caption.split())),
            part.content_type,
            len(part.blob),
        )


def _property(said: Any, name: str) -> str:
    try:
        return " ".join(str(getattr(said, name) or "").split())[:500]
    except (ValueError, TypeError):
        return ""


def _moment(said: Any, name: str) -> datetime | None:
    try:
        value = getattr(said, name)
    except (ValueError, TypeError):
        return None
    if not isinstance(value, datetime):
        return None
    value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value if 1990 <= value.year < 2999 and value != _OF_A_TEMPLATE else None
