"""JSON Feed 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from urllib.parse import urljoin

from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.dates import parse_date
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.identity import derived_id
from haihe.newsroom.domain.readers.shapes import Enclosure, Entry, Feed, FeedUnreadable


@reader
class JsonFeedReader:
    name: ClassVar[str] = "jsonfeed"
    accepts: ClassVar[tuple[str, ...]] = ("application/feed+json", "application/json;q=0.9")

    def recognises(self, document: Document) -> bool:
        return document.opening.startswith("{")

    def read(self, document: Document) -> Feed:
        root, problems = _parsed(document)
        version = _text(root.get("version"))
        items = root.get("items")
        if not isinstance(items, list) or not ("jsonfeed.org" in version or "title" in root or items):
            raise refuse(document)
        base = _text(root.get("feed_url")) or document.address
        language = _text(root.get("language")) or document.language
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
            title=_text(root.get("title")),
            link=_joined(document.address, _text(root.get("home_page_url"))),
            language=language,
            format=f"json feed {number}".strip(),
            encoding=document.decoded.encoding,
            entries=entries,
            problems=(*document.decoded.problems, *problems),
        )


def _parsed(document: Document) -> tuple[dict[str, Any], list[str]]:
    text = document.text.strip("\ufeff \t\r\n\x00")
    try:
        root = json.loads(text, strict=False, parse_int=_number)
    except RecursionError as error:
        raise FeedUnreadable("The JSON is nested too deeply.", thing=document.address or None) from error
    except ValueError as error:
        root = _as_far_as_it_goes(text)
        if root is None:
            raise FeedUnreadable(f"The JSON is broken: {error}.", thing=document.address or None) from error
        return root, ["the document breaks off; read as far as it goes"]
    if not isinstance(root, dict):
        raise refuse(document)
    return root, []


def _as_far_as_it_goes(text: str) -> dict[str, Any] | None:
    """Head and whole items of a JSON Feed that breaks off in the middle of its items."""
    decoder = json.JSONDecoder(strict=False, parse_int=_number)
    start = text.find('"items"')
    opening = text.find("[", start)
    if start < 0 or opening < 0:
        return None
    try:
        head = json.loads(text[:start].rstrip().rstrip(",") + "}", strict=False)
    except (ValueError, RecursionError):
        return None
    items: list[Any] = []
    at = opening + 1
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return {**head, "items": items}
        items.append(item)


def _entry(item: dict[str, Any], number: int, base: str, language: str, feed_author: str) -> Entry:
    html, plain = _text(item.get("content_html")), _text(item.get("content_text"))
    link = _joined(base, _text(item.get("url")) or _text(item.get("external_url")))
    title, raw = _text(item.get("title")), _text(item.get("date_published"))
    lang = _text(item.get("language")) or language
    content = html or plain
    updated = parse_date(_text(item.get("date_modified")), language=lang)
    return Entry(
        id=_text(item.get("id")) or link or derived_id(title, raw, content),
        title=title,
        link=link,
        author=_authors(item) or feed_author,
        published=parse_date(raw, language=lang) or (None if raw else updated),
        published_raw=raw,
        updated=updated,
        summary=_text(item.get("summary")),
        summary_type="text/plain",
        content=content,
        content_type="text/html" if html else "text/plain",
        language=lang,
        base=base,
        enclosures=_enclosures(item, base),
        categories=tuple(_text(tag) for tag in _list(item.get("tags")) if _text(tag)),
        locator=f"entry[{number}]",
    )


def _enclosures(item: dict[str, Any], base: str) -> tuple[Enclosure, ...]:
    found = [
        Enclosure(_joined(base, _text(a.get("url"))), _text(a.get("mime_type")), _size(a.get("size_in_bytes")))
        for a in _list(item.get("attachments"))
        if isinstance(a, dict) and _text(a.get("url"))
    ]
    picture = _joined(base, _text(item.get("image")))
    if picture:
        found.append(Enclosure(picture, "image/*"))
    return tuple(found)


def _authors(thing: dict[str, Any]) -> str:
    """Version 1 has `author`, 1.1 has `authors`."""
    people = _list(thing.get("authors")) or [thing.get("author")]
    names = [_text(person.get("name")) or _text(person.get("url")) for person in people if isinstance(person, dict)]
    return ", ".join(name for name in names if name)


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) < 20 else digits


def _text(value: Any) -> str:
    """Strings as they are; numbers, which some feeds give as ids, as text; anything else is nothing."""
    if isinstance(value, str):
        return value.strip().encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _size(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1 << 62 else 0


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return link
