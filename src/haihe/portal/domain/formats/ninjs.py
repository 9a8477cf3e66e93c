"""IPTC ninjs 3.1: one release as a news item, a list as a composite of them.

Source: http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json; newscodes at https://cv.iptc.org/newscodes/
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from haihe.base.web.languages import absolute
from haihe.portal.domain.formats.shapes import Entry, Feed

STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
}
WEB = re.compile(r"https?://[^\s/]+")
MEDIA_TYPES = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif",
    "gif": "image/gif", "svg": "image/svg+xml",
}  # fmt: skip


def write(feed: Feed) -> bytes:
    """The list as a composite whose associations are its items, UTF-8."""
    found: dict[str, Any] = {
        "uri": feed.address,
        "type": "composite",
        "representationType": "full",
        "pubStatus": "usable",
        "language": feed.language,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": feed.title}],
        "descriptions": [{"role": "summary", "contentType": "text/plain", "value": feed.description}],
        "altIds": [{"role": "page", "value": feed.page}],
        "associations": [
            {"name": f"item-{number}", "rel": "item", **_item(entry)} for number, entry in enumerate(feed.entries, 1)
        ],
        "standard": STANDARD,
    }
    if feed.changed_at:
        found["versionCreated"] = feed.changed_at.isoformat(timespec="seconds")
    return _bytes(found)


def write_item(entry: Entry) -> bytes:
    """One release as a news item, UTF-8."""
    return _bytes({**_item(entry), "standard": STANDARD})


def write_cancelled(guid: str) -> bytes:
    """What stands for an item that was withdrawn: its identity and that it is not to be used, UTF-8."""
    return _bytes({"uri": guid, "pubStatus": "canceled", "standard": STANDARD})


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "uri": entry.guid,
        "type": "text",
        "representationType": "full",
        "version": str(entry.version),
        "firstCreated": entry.published_at.isoformat(timespec="seconds"),
        "versionCreated": entry.changed_at.isoformat(timespec="seconds"),
        "pubStatus": "usable",
        "language": entry.language,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": entry.title}],
        "bodies": [
            {"role": "main", "contentType": "text/html", "charCount": len(entry.text), "value": entry.html},
            {"role": "plain", "contentType": "text/plain", "charCount": len(entry.text), "value": entry.text},
        ],
        "altIds": [{"role": "page", "value": entry.url}],
        "subjects": [{"name": tag.name, "uri": _uri(tag.url), "rel": "about"} for tag in entry.tags],
    }
    if entry.summary:
        item["descriptions"] = [{"role": "summary", "contentType": "text/plain", "value": entry.summary}]
    if entry.credit:
        item["by"] = ", ".join(entry.credit)
        item["people"] = [{"name": name, "rel": "author"} for name in entry.credit if name != entry.organisation.name]
    if entry.organisation.name:
        item["copyrightHolder"] = entry.organisation.name
        item["organisations"] = [
            {"name": entry.organisation.name, "rel": "publisher", "uri": _uri(entry.organisation.url)}
        ]
    sources = [_source(one) for one in entry.sources]
    if sources:
        item["infoSources"] = sources
    if entry.ai:
        item["digitalSourceType"] = {"name": entry.ai_source.rpartition("/")[2], "uri": entry.ai_source}
        item["altIds"].append({"role": "AIGC", "value": entry.ai_meta})
    notes = [*([entry.ai] if entry.ai else []), *entry.notes]
    if notes:
        item["edNote"] = "\n".join(notes)
    shown = [_picture(number, one) for number, one in enumerate(entry.pictures)]
    shown += [_film(number, one) for number, one in enumerate(entry.films)]
    if shown:
        item["associations"] = shown
    return item


def _source(source: dict[str, Any]) -> dict[str, str]:
    found = {"name": source.get("name", ""), "role": "origin"}
    url = source.get("url", "")
    return {**found, "uri": _uri(url)} if WEB.match(url) else found


def _picture(number: int, picture: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": "lead" if picture.get("lead") else f"picture-{number}",
        "rel": "illustration",
        "uri": f"urn:uuid:{picture['master']}",
        "type": "picture",
        "headlines": [{"role": "alt", "contentType": "text/plain", "value": picture.get("alt", "")}],
        "renditions": [_rendition(one) for one in picture.get("renditions", [])],
    }
    if picture.get("caption"):
        found["descriptions"] = [{"role": "caption", "contentType": "text/plain", "value": picture["caption"]}]
    if picture.get("credit"):
        found["by"] = picture["credit"]
    return found


def _film(number: int, film: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": f"video-{number}",
        "rel": "illustration",
        "uri": f"urn:uuid:{film['master']}",
        "type": "video",
        "renditions": [{"name": "main", "href": _uri(film["url"]), "contentType": film["media_type"]}],
    }
    words = {"caption": film.get("caption", ""), "transcript": film.get("transcript", "")}
    said = [{"role": role, "contentType": "text/plain", "value": value} for role, value in words.items() if value]
    if said:
        found["descriptions"] = said
    return {**found, "by": film["credit"]} if film.get("credit") else found


def _rendition(one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": f"{one['width']}w", "href": _uri(absolute(one["src"])), "width": one["width"]}
    if one.get("height"):
        found["height"] = one["height"]
    media_type = MEDIA_TYPES.get(one["src"].rpartition(".")[2].lower())
    return {**found, "contentType": media_type} if media_type else found


def _uri(address: str) -> str:
    """The address with everything encoded that a URI (RFC 3986) may not hold."""
    return quote(address, safe="%/:?#[]@!$&'()*+,;=~-._")


def _bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
