"""The bytes of one delivery with what came beside them, and a first look at what they are."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import urljoin

from haihe.newsroom.domain.readers.decoding import Text, decode
from haihe.newsroom.domain.readers.shapes import FeedUnreadable, WebPage
from haihe.newsroom.domain.readers.sniffing import binary_kind, is_mail

_FIRST_ELEMENT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_PROLOG_LIMIT = 256 * 1024
_MOST_UNPACKED = 32 * 1024 * 1024
_ALTERNATE = re.compile(r"<link\b[^>]{0,2000}>", re.IGNORECASE)
_META = re.compile(r"<meta\b[^>]{0,2000}>", re.IGNORECASE)
_REFRESH = re.compile(r"""^\s*\d{0,3}(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?['"]?([^'"\s]{1,2000})""", re.IGNORECASE)
_LOCATION = re.compile(
    r"""\blocation(?:\.href)?\s*=\s*["']([^"'\s]{1,2000})["']|\blocation\.(?:replace|assign)\(\s*["']([^"'\s]{1,2000})["']"""
)
_LITTLE = 8000
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_HTML_ROOTS_NAMES = """
html head body meta title script style link base noscript div section main article header p table center font h1 h2
h3 ul ol a span img br
"""
_HTML_ROOTS = frozenset(_HTML_ROOTS_NAMES.split())
_FEED_ROOTS = ("rss", "rdf", "feed", "channel", "entry", "item", "urlset", "sitemapindex", "opml")
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")


@dataclass(frozen=True)
class Document:
    """What a transport brought.

    address     where it came from; relative links count from it; empty for a file
    media_type, charset   as the host declared them, or empty; may be wrong
    """

    data: bytes
    address: str = ""
    media_type: str = ""
    charset: str = ""
    language: str = ""

    @cached_property
    def plain(self) -> bytes:
        """The bytes, unpacked where they are a gzip file. Raises FeedUnreadable past _MOST_UNPACKED."""
        if not self.data.startswith(b"\x1f\x8b"):
            return self.data
        unpacker = zlib.decompressobj(47)
        try:
            data = unpacker.decompress(self.data, _MOST_UNPACKED)
        except zlib.error as error:
            raise FeedUnreadable("The gzip file is damaged.", thing=self.address or None) from error
        if unpacker.unconsumed_tail:
            raise FeedUnreadable("The gzip file unpacks to too much.", thing=self.address or None)
        return data

    @cached_property
    def kind(self) -> str:
        """ "png", "jpeg", "zip", "mail" … by the bytes; empty for markup, JSON and whatever else is text."""
        return binary_kind(self.plain)[0] or ("mail" if is_mail(self.plain) else "")

    @cached_property
    def decoded(self) -> Text:
        return decode(self.plain, http_charset=self.charset)

    @cached_property
    def text(self) -> str:
        return self.decoded.text.lstrip("\ufeff \t\r\n\x00")

    @cached_property
    def root(self) -> str:
        """Name of the first element, without prefix, lower case; empty where there is none near the beginning."""
        name = None if self.kind or self.opening.startswith(("{", "[")) else first_element(self.text)
        return name[1].rsplit(":", 1)[-1].lower() if name else ""

    @cached_property
    def opening(self) -> str:
        return self.text[:200].lower() if not self.kind else ""


def first_element(text: str) -> tuple[int, str] | None:
    """Where the first element stands and its name, past declarations, comments and doctype; reads in one pass."""
    text = text[:_PROLOG_LIMIT]
    at = 0
    while True:
        at = text.find("<", at)
        if at < 0:
            return None
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            if end < 0:
                return None
            at = end + 3
        elif text.startswith("<?", at):
            end = text.find(">", at + 2)  # not "?>": some write <?xml version="1.0">
            if end < 0:
                return None
            at = end + 1
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            at = end_of_doctype(text, at)
        else:
            match = _FIRST_ELEMENT.match(text, at)
            if match:
                return at, match.group(1)
            at += 1


def end_of_doctype(text: str, start: int) -> int:
    """Position after a doctype with its internal subset, quotes and comments respected."""
    at, depth, quote = start + 9, 0, ""
    while at < len(text):
        character = text[at]
        if quote:
            end = text.find(quote, at)
            at = len(text) if end < 0 else end
            quote = ""
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
            at = len(text) if end < 0 else end + 2
        elif character in "\"'":
            quote = character
        elif character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
        elif character == ">" and depth <= 0:
            return at + 1
        at += 1
    return len(text)


def refuse(document: Document) -> FeedUnreadable:
    """Why no reader knows this document, said so that a person can act on it."""
    data, where = document.plain, document.address or None
    if not data.strip(b"\x00 \t\r\n"):
        return FeedUnreadable("There is nothing in it: the file is empty.", thing=where)
    name = binary_kind(data)[1]
    if name:
        return FeedUnreadable(f"This is {name}, not a feed.", thing=where)
    if document.kind == "mail":
        return FeedUnreadable("This is a mail, not a feed.", thing=where)
    if is_web_page(document):
        feeds = named_feeds(document)
        onwards = sent_on(document)
        advice = f" It sends on to {onwards}" if onwards else f" It names a feed: {feeds[0]}" if feeds else ""
        return WebPage(f"This is a web page, not a feed.{advice}", thing=where, feeds=feeds, moved_to=onwards)
    if document.root == "opml":
        return FeedUnreadable("This is a list of feeds (OPML), not a feed.", thing=where)
    if data[:1024].count(0) > 8 and document.decoded.encoding[:5] not in ("utf-1", "utf-3"):
        return FeedUnreadable("This is binary data, not a feed.", thing=where)
    if document.opening.startswith(("{", "[")):
        return FeedUnreadable("This is JSON, but no JSON Feed.", thing=where)
    if document.root:
        return FeedUnreadable(f"This is XML beginning with <{document.root}>, but no feed.", thing=where)
    return FeedUnreadable("This is neither XML nor JSON.", thing=where)


def sent_on(document: Document) -> str:
    """Where a page sends its readers at once; not followed here. Scripts count only on pages that are little else."""
    for tag in _META.findall(document.text[:_PROLOG_LIMIT]):
        attributes = _attributes(tag)
        match = _REFRESH.match(attributes.get("content", ""))
        if attributes.get("http-equiv", "").lower() == "refresh" and match:
            return _address(document, match.group(1))
    match = _LOCATION.search(document.text) if len(document.text) < _LITTLE else None
    return _address(document, match.group(1) or match.group(2)) if match else ""


def _attributes(tag: str) -> dict[str, str]:
    return {m[0].lower(): unescape(m[1] or m[2] or m[3]) for m in _ATTRIBUTE.findall(tag)}


def _address(document: Document, raw: str) -> str:
    try:
        whole = urljoin(document.address, raw.strip())
    except ValueError:
        return ""
    return whole[:2000] if whole.startswith(("http://", "https://", "/")) or not document.address else ""


def is_web_page(document: Document) -> bool:
    """Whether it begins as HTML does, also without <html>."""
    if document.root in ("html", "head", "body") or (
        "<!doctype html" in document.opening and document.root not in _FEED_ROOTS
    ):
        return True
    return document.root in _HTML_ROOTS and document.opening.startswith("<")


def named_feeds(document: Document) -> tuple[str, ...]:
    """Addresses of the feeds that a web page names in its head."""
    found = []
    for tag in _ALTERNATE.findall(document.text[: 2 * _PROLOG_LIMIT]):
        attributes = _attributes(tag)
        if attributes.get("type", "").lower() in _FEED_TYPES and attributes.get("href"):
            try:
                found.append(urljoin(document.address, attributes["href"].strip()))
            except ValueError:
                continue
    return tuple(dict.fromkeys(found))
