"""RSS 2.0 and JSON Feed 1.1 of one and the same list of entries.

Sources: https://www.rssboard.org/rss-specification, http://purl.org/rss/1.0/modules/content/, Dublin Core,
https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime

from haihe.base.web.languages import absolute, html_lang, public_path
from haihe.portal.domain.body import feed_html
from haihe.portal.domain.listing import shown_picture
from haihe.portal.domain.sections import in_language
from haihe.portal.domain.stories import ai_text
from haihe.releases.models import Publication

ENTRIES = 50
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for prefix, uri in (("atom", ATOM), ("content", CONTENT), ("dc", DC)):
    ET.register_namespace(prefix, uri)


@dataclass(frozen=True)
class Entry:
    """One release in a feed. guid: the publication's permanent id; credit: who wrote it, else who published it."""

    guid: str
    url: str
    title: str
    html: str
    summary: str
    language: str
    credit: list[str]
    organisation: str
    section: str
    topics: list[str]
    published_at: dt.datetime
    changed_at: dt.datetime
    picture: str
    ai: str


@dataclass(frozen=True)
class Feed:
    """A feed's own lines; page and address whole; `language` of the interface."""

    title: str
    description: str
    page: str
    address: str
    language: str
    entries: list[Entry]


def entries(publications: Iterable[Publication]) -> list[Entry]:
    return [_entry(publication) for publication in publications]


def _entry(publication: Publication) -> Entry:
    content = publication.content
    organisation = content.get("organisation") or {}
    organisation_name = in_language(organisation.get("name", ""), organisation.get("name_en", ""))
    section = content.get("section") or {}
    picture = shown_picture(content.get("lead_picture"))
    return Entry(
        guid=f"urn:uuid:{publication.pk}",
        url=absolute(public_path(publication.path)),
        title=publication.title,
        html=_with_label(feed_html(content), ai_text(content.get("ai") or {})),
        summary=content.get("summary", ""),
        language=html_lang(publication.language),
        credit=content.get("byline") or ([organisation_name] if organisation_name else []),
        organisation=organisation_name,
        section=in_language(section.get("name", ""), section.get("name_en", "")),
        topics=[in_language(one.get("name", ""), one.get("name_en", "")) for one in content.get("topics", [])],
        published_at=publication.first_published_at,
        changed_at=publication.changed_at,
        picture=absolute(picture.src) if picture else "",
        ai=ai_text(content.get("ai") or {}),
    )


def _with_label(markup: str, label: str) -> str:
    return f"<p>【{label}】</p>\n{markup}" if label else markup


def rss(feed: Feed) -> bytes:
    """RSS 2.0, UTF-8."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    for name, value in (
        ("title", feed.title),
        ("link", feed.page),
        ("description", feed.description),
        ("language", feed.language),
        ("generator", "Haihe"),
    ):
        _text(channel, name, value)
    changed = max((entry.changed_at for entry in feed.entries), default=None)
    if changed:
        _text(channel, "lastBuildDate", _rfc822(changed))
    ET.SubElement(channel, f"{{{ATOM}}}link", href=feed.address, rel="self", type="application/rss+xml")
    for entry in feed.entries:
        _rss_item(channel, entry)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="utf-8")


def _rss_item(channel: ET.Element, entry: Entry) -> None:
    item = ET.SubElement(channel, "item")
    _text(item, "title", entry.title)
    _text(item, "link", entry.url)
    _text(item, "guid", entry.guid).set("isPermaLink", "false")
    _text(item, "pubDate", _rfc822(entry.published_at))
    _text(item, f"{{{ATOM}}}updated", entry.changed_at.isoformat(timespec="seconds"))
    for name in entry.credit:
        _text(item, f"{{{DC}}}creator", name)
    if entry.organisation:
        _text(item, f"{{{DC}}}publisher", entry.organisation)
    _text(item, f"{{{DC}}}language", entry.language)
    if entry.ai:
        _text(item, f"{{{DC}}}rights", entry.ai)
    for name in [entry.section, *entry.topics]:
        if name:
            _text(item, "category", name)
    _text(item, "description", entry.summary or entry.title)
    _text(item, f"{{{CONTENT}}}encoded", entry.html)


def _text(parent: ET.Element, name: str, value: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = NOT_XML.sub("", value)
    return child


def _rfc822(value: dt.datetime) -> str:
    return format_datetime(value.astimezone(dt.UTC), usegmt=True)


def json_feed(feed: Feed) -> bytes:
    """JSON Feed 1.1, UTF-8."""
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": feed.language,
        "items": [_json_item(entry) for entry in feed.entries],
    }
    return json.dumps(found, ensure_ascii=False).encode()


def _json_item(entry: Entry) -> dict[str, object]:
    item: dict[str, object] = {
        "id": entry.guid,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "date_published": entry.published_at.isoformat(timespec="seconds"),
        "date_modified": entry.changed_at.isoformat(timespec="seconds"),
        "authors": [{"name": name} for name in entry.credit],
        "tags": [name for name in [entry.section, *entry.topics] if name],
        "language": entry.language,
    }
    if entry.picture:
        item["image"] = entry.picture
    if entry.ai:
        item["_haihe"] = {"about": "https://schema.org/digitalSourceType", "ai": entry.ai}
    return item
