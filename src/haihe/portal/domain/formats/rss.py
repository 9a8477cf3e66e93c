"""RSS 2.0.

Sources: https://www.rssboard.org/rss-specification, http://purl.org/rss/1.0/modules/content/, Dublin Core.
"""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from email.utils import format_datetime

from haihe.portal.domain.formats.shapes import Entry, Feed
from haihe.portal.domain.formats.xml import ATOM, CONTENT, DC, ai_label, document, text


def write(feed: Feed) -> bytes:
    """The feed as RSS 2.0, UTF-8."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    for name, value in (
        ("title", feed.title),
        ("link", feed.page),
        ("description", feed.description),
        ("language", feed.language),
        ("generator", "Haihe"),
    ):
        text(channel, name, value)
    if feed.changed_at:
        text(channel, "lastBuildDate", _rfc822(feed.changed_at))
    ET.SubElement(channel, f"{{{ATOM}}}link", href=feed.address, rel="self", type="application/rss+xml")
    if feed.hub:
        ET.SubElement(channel, f"{{{ATOM}}}link", href=feed.hub, rel="hub")
    for entry in feed.entries:
        _item(channel, entry)
    return document(root)


def _item(channel: ET.Element, entry: Entry) -> None:
    item = ET.SubElement(channel, "item")
    text(item, "title", entry.title)
    text(item, "link", entry.url)
    text(item, "guid", entry.guid, isPermaLink="false")
    text(item, "pubDate", _rfc822(entry.published_at))
    text(item, f"{{{ATOM}}}updated", entry.changed_at.isoformat(timespec="seconds"))
    for name in entry.credit:
        text(item, f"{{{DC}}}creator", name)
    if entry.organisation.name:
        text(item, f"{{{DC}}}publisher", entry.organisation.name)
    text(item, f"{{{DC}}}language", entry.language)
    if entry.ai:
        text(item, f"{{{DC}}}rights", entry.ai)
    ai_label(item, entry.ai_meta, entry.ai_source)
    for tag in entry.tags:
        text(item, "category", tag.name)
    text(item, "description", entry.summary or entry.title)
    text(item, f"{{{CONTENT}}}encoded", entry.html)


def _rfc822(value: dt.datetime) -> str:
    return format_datetime(value.astimezone(dt.UTC), usegmt=True)
