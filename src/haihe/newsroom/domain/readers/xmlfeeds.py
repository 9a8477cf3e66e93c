"""RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0 and CDF, through feedparser; plain RSS 2.0 by a shorter way (`plainrss`)."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from html import unescape
from typing import Any, ClassVar

import feedparser
import nh3
from lxml import etree

from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.dates import parse_date
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.identity import derived_id
from haihe.newsroom.domain.readers.plainrss import read_plain_rss
from haihe.newsroom.domain.readers.prolog import harmless
from haihe.newsroom.domain.readers.shapes import Enclosure, Entry, Feed, FeedUnreadable

_FORMATS = {
    "rss090": "rss 0.90", "rss091n": "rss 0.91", "rss091u": "rss 0.91", "rss092": "rss 0.92", "rss093": "rss 0.93",
    "rss094": "rss 0.94", "rss10": "rss 1.0", "rss20": "rss 2.0", "rss": "rss", "atom01": "atom 0.1",
    "atom02": "atom 0.2", "atom03": "atom 0.3", "atom10": "atom 1.0", "atom": "atom", "cdf": "cdf",
}  # fmt: skip
_HTML = ("text/html", "application/xhtml+xml")
_WEB_PAGE = ("html", "body", "head")
_SPACES = re.compile(r"[ \t\r\n]+")  # not the no-break and ideographic spaces, which are meant
_TITLE_TAG = re.compile(r"</?(?:a|b|br|div|em|font|i|img|p|script|span|strong|style|su[bp]|u)\b[^<>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"<[A-Za-z/!]|&[#A-Za-z]")


class _Xml:
    """The part both families share; `roots` are the first elements a family begins with."""

    roots: ClassVar[frozenset[str]]

    def recognises(self, document: Document) -> bool:
        return document.root in self.roots

    def read(self, document: Document) -> Feed:
        if not document.root or document.root in _WEB_PAGE:
            raise refuse(document)
        return read_plain_rss(document) or self.read_by_feedparser(document)

    def read_by_feedparser(self, document: Document) -> Feed:
        """Read whatever it is. Raises FeedUnreadable."""
        text, problems = harmless(document.text)
        parsed, more = _parse(text, document)
        known = parsed.get("version") or parsed.entries or parsed.feed.get("title") or parsed.feed.get("link")
        if not known:
            raise refuse(document)
        version = str(parsed.get("version") or "")
        language = _text(parsed.feed, "language") or document.language
        entries = tuple(_entry(raw, number, language, version) for number, raw in enumerate(parsed.entries, 1))
        return Feed(
            title=_plain(parsed.feed, "title"),
            link=_text(parsed.feed, "link"),
            language=language,
            format=_FORMATS.get(version, "unknown"),
            encoding=document.decoded.encoding,
            entries=entries,
            problems=(*document.decoded.problems, *problems, *more),
        )


@reader
class RssReader(_Xml):
    name: ClassVar[str] = "rss"
    accepts: ClassVar[tuple[str, ...]] = ("application/rss+xml", "application/rdf+xml;q=0.9")
    roots: ClassVar[frozenset[str]] = frozenset({"rss", "rdf", "channel", "item"})


@reader
class AtomReader(_Xml):
    name: ClassVar[str] = "atom"
    accepts: ClassVar[tuple[str, ...]] = ("application/atom+xml",)
    roots: ClassVar[frozenset[str]] = frozenset({"feed", "entry"})


def _parse(text: str, document: Document) -> tuple[Any, list[str]]:
    """feedparser's result and what went wrong; where feedparser itself breaks, after lxml has mended the XML."""
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": document.address}
    if document.language:
        headers["content-language"] = document.language
    data = text.encode("utf-8")
    for attempt in (data, None):
        mended = attempt if attempt is not None else _mended(data)
        try:
            parsed = feedparser.parse(
                io.BytesIO(mended), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
            )
        except Exception:  # noqa: S112 - feedparser's loose parser fails in many ways; the mended XML is tried next
            continue
        return parsed, _problems(parsed, repaired=attempt is None)
    raise FeedUnreadable("The XML is too broken to be read.", thing=document.address or None)


def _mended(data: bytes) -> bytes:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return b""
    return etree.tostring(root, encoding="utf-8") if root is not None else b""


def _problems(parsed: Any, *, repaired: bool) -> list[str]:
    error = parsed.get("bozo_exception")
    if not parsed.get("bozo") or error is None:
        return ["the XML was mended"] if repaired else []
    if isinstance(error, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType):
        return []
    line = getattr(error, "getLineNumber", lambda: None)()
    said = getattr(error, "getMessage", lambda: str(error))()
    return [f"not well-formed: {said}" + (f" in line {line}" if line else "") + "; read as far as it goes"]


def _entry(raw: Mapping[str, Any], number: int, feed_language: str, version: str) -> Entry:
    content, content_type, base, language = _content(raw)
    summary, summary_type, summary_base, summary_language = _detail(raw, "summary")
    language = language or summary_language or feed_language
    title, link = _plain(raw, "title"), _text(raw, "link")
    published_raw = _text(raw, "published") or _text(raw, "created") or _text(raw, "updated")
    updated = parse_date(_text(raw, "updated") if "updated" in raw else "", language=language)
    return Entry(
        id=_text(raw, "id") or link or derived_id(title, published_raw, content or summary),
        title=title,
        link=link,
        author=_text(raw, "author"),
        published=parse_date(published_raw, language=language),
        published_raw=published_raw,
        updated=updated,
        summary=summary,
        summary_type=summary_type,
        content=content or summary,
        content_type=content_type if content else summary_type,
        language=language,
        base=(base if content else summary_base) or "",
        enclosures=_enclosures(raw),
        categories=_categories(raw),
        locator=f"entry[{number}]",
    )


def _content(raw: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """The first content in HTML, else the first of any type."""
    found = [
        each for each in raw.get("content", []) if isinstance(each, Mapping) and str(each.get("value") or "").strip()
    ]
    chosen = next((each for each in found if each.get("type") in _HTML), found[0] if found else {})
    return _parts(chosen)


def _detail(raw: Mapping[str, Any], name: str) -> tuple[str, str, str, str]:
    detail = raw.get(f"{name}_detail")
    if isinstance(detail, Mapping) and detail.get("value"):
        return _parts(detail)
    value = raw.get(name)
    return (value if isinstance(value, str) else "", "text/html", "", "")


def _parts(detail: Mapping[str, Any]) -> tuple[str, str, str, str]:
    kind = str(detail.get("type") or "text/html")
    return (
        str(detail.get("value") or ""),
        "text/html" if kind in _HTML else kind,
        str(detail.get("base") or ""),
        str(detail.get("language") or ""),
    )


def _text(thing: Mapping[str, Any], name: str) -> str:
    value = thing.get(name)
    return _SPACES.sub(" ", value).strip(" ") if isinstance(value, str) else ""


def _plain(thing: Mapping[str, Any], name: str) -> str:
    """A title without markup: by its declared type, and also where RSS hides markup in what it calls text."""
    value = _text(thing, name)
    detail = thing.get(f"{name}_detail")
    kind = detail.get("type") if isinstance(detail, Mapping) else "text/plain"
    if not (_MARKUP.search(value) if kind in _HTML else _TITLE_TAG.search(value)):
        return value
    return _SPACES.sub(" ", unescape(nh3.clean(value, tags=set()))).strip(" ")


def _enclosures(raw: Mapping[str, Any]) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for each in [*raw.get("enclosures", []), *raw.get("media_content", [])]:
        if isinstance(each, Mapping):
            url = str(each.get("href") or each.get("url") or "")
            length = str(each.get("length") or each.get("filesize") or "")
            if url and url not in found:
                size = int(length) if length.isascii() and length.isdigit() and len(length) < 18 else 0
                found[url] = Enclosure(url, str(each.get("type") or ""), size)
    return tuple(found.values())


def _categories(raw: Mapping[str, Any]) -> tuple[str, ...]:
    tags = raw.get("tags")
    names = (
        [each.get("label") or each.get("term") for each in tags if isinstance(each, Mapping)]
        if isinstance(tags, list)
        else []
    )
    return tuple(dict.fromkeys(str(name).strip() for name in names if name))
