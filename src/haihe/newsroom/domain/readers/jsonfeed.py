"""JSON Feed 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urljoin

from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.dates import parse_date
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.identity import derived_id
from haihe.newsroom.domain.readers.jsontext import is_ninjs, list_of, parsed, text_of
from haihe.newsroom.domain.readers.shapes import Enclosure, Entry, Feed


@reader
class JsonFeedReader:
    name: ClassVar[str] = "jsonfeed"
    accepts: ClassVar[tuple[str, ...]] = ("application/feed+json", "application/json;q=0.9")

    def recognises(self, document: Document) -> bool:
        return document.opening.startswith("{") and not is_ninjs(document)

    def read(self, document: Document) -> Feed:
        root, problems = parsed(document)
        if not isinstance(root, dict):
            raise refuse(document)
        version = text_of(root.get("version"))
        items = root.get("items")
        if not isinstance(items, list) or not ("jsonfeed.org" in version or "title" in root or items):
            raise refuse(document)
        base = text_of(root.get("feed_url")) or document.address
        language = text_of(root.get("language")) or document.language
        author = _authors(root)
        entries = tuple(
            _entry(item, number, base, language, author)
            for number, item in enumerate(items, 1)
            if isinstance(item, dict)
        )
        if len(entries) < len(items):
            problems.append(f"{len(items) - len(entries)} items are no objects")
        number = version.rstrip("/").rsplit("/", 1)[-1] if "jsonfeed.org" in version else ""
        return Feed(
            title=text_of(root.get("title")),
            link=_joined(document.address, text_of(root.get("home_page_url"))),
            language=language,
            format=f"json feed {number}".strip(),
            encoding=document.decoded.encoding,
            entries=entries,
            problems=(*document.decoded.problems, *problems),
        )


def _entry(item: dict[str, Any], number: int, base: str, language: str, feed_author: str) -> Entry:
    html, plain = text_of(item.get("content_html")), text_of(item.get("content_text"))
    link = _joined(base, text_of(item.get("url")) or text_of(item.get("external_url")))
    title, raw = text_of(item.get("title")), text_of(item.get("date_published"))
    lang = text_of(item.get("language")) or language
    content = html or plain
    updated = parse_date(text_of(item.get("date_modified")), language=lang)
    return Entry(
        id=text_of(item.get("id")) or link or derived_id(title, raw, content),
        title=title,
        link=link,
        author=_authors(item) or feed_author,
        published=parse_date(raw, language=lang) or (None if raw else updated),
        published_raw=raw,
        updated=updated,
        summary=text_of(item.get("summary")),
        summary_type="text/plain",
        content=content,
        content_type="text/html" if html else "text/plain",
        language=lang,
        base=base,
        enclosures=_enclosures(item, base),
        categories=tuple(text_of(tag) for tag in list_of(item.get("tags")) if text_of(tag)),
        locator=f"entry[{number}]",
    )


def _enclosures(item: dict[str, Any], base: str) -> tuple[Enclosure, ...]:
    found = [
        Enclosure(_joined(base, text_of(a.get("url"))), text_of(a.get("mime_type")), _size(a.get("size_in_bytes")))
        for a in list_of(item.get("attachments"))
        if isinstance(a, dict) and text_of(a.get("url"))
    ]
    picture = _joined(base, text_of(item.get("image")))
    if picture:
        found.append(Enclosure(picture, "image/*"))
    return tuple(found)


def _authors(thing: dict[str, Any]) -> str:
    """Version 1 has `author`, 1.1 has `authors`."""
    people = list_of(thing.get("authors")) or [thing.get("author")]
    names = [text_of(person.get("name")) or text_of(person.get("url")) for person in people if isinstance(person, dict)]
    return ", ".join(name for name in names if name)


def _size(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1 << 62 else 0


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return link
