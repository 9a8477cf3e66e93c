"""JSON Feed 1.1.

Source: https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import json
from typing import Any

from haihe.portal.domain.formats.shapes import Entry, Feed


def write(feed: Feed) -> bytes:
    """The feed as JSON Feed, UTF-8."""
    found: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    if feed.hub:
        found["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    return json.dumps(found, ensure_ascii=False).encode()


def _item(entry: Entry) -> dict[str, object]:
    item: dict[str, object] = {
        "id": entry.guid,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "date_published": entry.published_at.isoformat(timespec="seconds"),
        "date_modified": entry.changed_at.isoformat(timespec="seconds"),
        "authors": [{"name": name} for name in entry.credit],
        "tags": [tag.name for tag in entry.tags],
        "language": entry.language,
    }
    if entry.picture:
        item["image"] = entry.picture
    if entry.films:
        item["attachments"] = [_attachment(film) for film in entry.films]
    if entry.ai:
        item["_haihe"] = {
            "about": "https://cv.iptc.org/newscodes/digitalsourcetype/",
            "ai": entry.ai,
            "digitalSourceType": entry.ai_source,
            "AIGC": json.loads(entry.ai_meta),
        }
    return item


def _attachment(film: dict[str, Any]) -> dict[str, str]:
    found = {"url": film["url"], "mime_type": film["media_type"]}
    return {**found, "title": film["caption"]} if film["caption"] else found
