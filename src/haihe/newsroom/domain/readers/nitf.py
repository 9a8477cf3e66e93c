"""NITF 3 (iptc.org/std/NITF): by itself, or as the body of another format."""

from __future__ import annotations

import re
from html import escape
from typing import Any, ClassVar

from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.dates import parse_date
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.identity import derived_id
from haihe.newsroom.domain.readers.shapes import Entry, Feed, FeedUnreadable, Picture
from haihe.newsroom.domain.readers.xmltree import child, local, texts, tree, within, words

# NITF's names for what HTML has too; everything else becomes its text.
_SAME = """
p ul ol li dl dt dd table tr td th thead tbody pre caption em sub sup br q a h2 h3 h4 strong b i
"""
_AS_HTML = {
    "hl1": "h2", "hl2": "h3", "bq": "blockquote", "block": "div", "note": "aside", "h1": "h2",
    **{name: name for name in _SAME.split()},
}  # fmt: skip
_LEFT_OUT = ("media", "body.head", "body.end", "tobject", "docdata")
_DEEPEST = 60
_BLANK = re.compile(r"[ \t\r\n]+")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?\s*(Z|[+-]\d{2}:?\d{2})?$")


@reader
class NitfReader:
    name: ClassVar[str] = "nitf"
    accepts: ClassVar[tuple[str, ...]] = ("application/nitf+xml;q=0.9",)

    def recognises(self, document: Document) -> bool:
        return document.root == "nitf"

    def read(self, document: Document) -> Feed:
        root, problems = tree(document)
        if local(root) != "nitf":
            raise refuse(document)
        return Feed(
            title=said_by_nitf(root)["title"],
            language=root.get("{http://www.w3.org/XML/1998/namespace}lang") or document.language,
            format="nitf",
            encoding=document.decoded.encoding,
            entries=(_entry(root, document),),
            problems=problems,
        )


def _entry(root: Any, document: Document) -> Entry:
    said = said_by_nitf(root)
    language = root.get("{http://www.w3.org/XML/1998/namespace}lang") or document.language
    content = body_html(root)
    return Entry(
        id=said["id"] or derived_id(said["title"], said["date"], content),
        title=said["title"],
        author=said["byline"],
        authors=(said["byline"],) if said["byline"] else (),
        published=nitf_date(said["date"], language),
        published_raw=said["date"],
        summary=said["abstract"],
        summary_type="text/plain",
        content=content,
        language=language,
        base=document.address,
        credit=said["credit"],
        rights=said["rights"],
        place=said["place"],
        kind="text",
        pictures=_pictures(root),
        categories=tuple(
            dict.fromkeys(key for one in within(root, "keyword") if (key := (one.get("key") or "").strip()))
        ),
        locator="entry[1]",
    )


def said_by_nitf(root: Any) -> dict[str, str]:
    """Headline, byline, abstract, place, date, source, rights and id of an <nitf> element; each may be empty."""
    issued = next(iter(within(root, "date.issue")), None)
    story = next((one for one in within(root, "story.date")), None)
    docid = next(iter(within(root, "doc-id")), None)
    date = next((one.get("norm") for one in (issued, story) if one is not None and one.get("norm")), "") or ""
    rights = next((words(one) for one in within(root, "doc.copyright", "copyrite") if words(one)), "")
    holder = next((one.get("holder") or "" for one in within(root, "doc.copyright") if one.get("holder")), "")
    return {
        "title": texts(root, "hl1") or _own_title(root),
        "byline": _without_by(texts(root, "byline")),
        "abstract": texts(root, "abstract"),
        "place": texts(root, "location") or "",
        "dateline": texts(root, "dateline"),
        "date": date,
        "credit": texts(root, "distributor") or texts(root, "copyrite.holder") or holder or texts(root, "doc.rights"),
        "rights": rights or holder,
        "id": (docid.get("id-string") or "") if docid is not None else "",
    }


def _own_title(root: Any) -> str:
    head = child(root, "head")
    return texts(head, "title") if head is not None else ""


def _without_by(text: str) -> str:
    return re.sub(r"^(?:by|von|par|por)\s+", "", text, flags=re.IGNORECASE).rstrip(" ,")


def nitf_date(raw: str, language: str) -> Any:
    """Dates as NITF norms them, 20140226T101500+0100 or any other way a feed writes one; aware UTC or None."""
    match = _COMPACT.match(raw.strip())
    if match:
        year, month, day, hour, minute, second, zone = match.groups()
        raw = f"{year}-{month}-{day} {hour or '00'}:{minute or '00'}:{second or '00'} {zone or ''}".strip()
    return parse_date(raw, language=language)


def body_html(root: Any) -> str:
    """The body's running text as HTML; pictures and headlines stand elsewhere."""
    bodies = within(root, "body.content") or within(root, "body")
    return "".join(_html(one, 0) for body in bodies[:1] for one in body)


def nitf_html(text: str) -> str:
    """The same from NITF in a string; empty where it is none."""
    try:
        root, _ = tree(Document(text.encode("utf-8", "replace")))
    except FeedUnreadable:
        return ""
    return body_html(root)


def running(text: str | None, name: str) -> str:
    """Text of an element of that name as it may stand in HTML: white space made one, but in <pre>."""
    return escape(text if name == "pre" else _BLANK.sub(" ", text), quote=False) if text else ""


def _html(element: Any, depth: int) -> str:
    if not isinstance(element.tag, str):
        return ""
    name = local(element)
    if name in _LEFT_OUT or depth > _DEEPEST:
        return ""
    inner = running(element.text, name)
    for one in element:
        inner += _html(one, depth + 1) + running(one.tail, name)
    tag = _AS_HTML.get(name, "")
    if not tag:
        return inner
    if tag == "br":
        return "<br>"
    address = element.get("href") if tag == "a" else None
    return f"<{tag}" + (f' href="{escape(address)}"' if address else "") + f">{inner}</{tag}>"


def _pictures(root: Any) -> tuple[Picture, ...]:
    found = []
    for media in within(root, "media")[:200]:
        reference = next((one for one in within(media, "media-reference") if one.get("source")), None)
        if reference is not None and (media.get("media-type") or "image") == "image":
            width, height = ((reference.get(side) or "") for side in ("width", "height"))
            found.append(
                Picture(
                    reference.get("source") or "",
                    texts(media, "media-caption"),
                    texts(media, "media-producer"),
                    int(width) if width.isascii() and width.isdigit() and len(width) < 7 else 0,
                    int(height) if height.isascii() and height.isdigit() and len(height) < 7 else 0,
                )
            )
    return tuple(found)
