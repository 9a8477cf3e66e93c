"""Atom 1.0.

Source: RFC 4287.
"""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET

from haihe.portal.domain.formats import xml
from haihe.portal.domain.formats.shapes import Entry, Feed

NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # a feed must have a time of change, also before anything changed


def write(feed: Feed) -> bytes:
    """The feed as Atom, UTF-8."""
    root = ET.Element(_atom("feed"), {xml.LANG: feed.language})
    xml.text(root, _atom("id"), feed.address)
    xml.text(root, _atom("title"), feed.title)
    xml.text(root, _atom("subtitle"), feed.description)
    xml.text(root, _atom("updated"), _moment(feed.changed_at or NEVER))
    ET.SubElement(root, _atom("link"), rel="self", type="application/atom+xml", href=feed.address)
    ET.SubElement(root, _atom("link"), rel="alternate", type="text/html", href=feed.page)
    if feed.hub:
        ET.SubElement(root, _atom("link"), rel="hub", href=feed.hub)
    xml.text(root, _atom("generator"), "Haihe")
    for entry in feed.entries:
        _entry(root, entry, feed)
    return xml.document(root)


def _entry(root: ET.Element, entry: Entry, feed: Feed) -> None:
    item = ET.SubElement(root, _atom("entry"), {xml.LANG: entry.language})
    xml.text(item, _atom("id"), entry.guid)
    xml.text(item, _atom("title"), entry.title)
    ET.SubElement(item, _atom("link"), rel="alternate", type="text/html", hreflang=entry.language, href=entry.url)
    xml.text(item, _atom("published"), _moment(entry.published_at))
    xml.text(item, _atom("updated"), _moment(entry.changed_at))
    for name in entry.credit or [feed.title]:
        xml.text(ET.SubElement(item, _atom("author")), _atom("name"), name)
    for tag in entry.tags:
        ET.SubElement(item, _atom("category"), term=xml.clean(tag.name), scheme=tag.url)
    if entry.ai:
        xml.text(item, _atom("rights"), entry.ai)
    xml.ai_label(item, entry.ai_meta, entry.ai_source)
    if entry.summary:
        xml.text(item, _atom("summary"), entry.summary)
    xml.text(item, _atom("content"), entry.html, type="html")


def _atom(name: str) -> str:
    return f"{{{xml.ATOM}}}{name}"


def _moment(value: dt.datetime) -> str:
    return value.isoformat(timespec="seconds")
