"""oEmbed 1.0, our side: what others show where somebody pastes an address of ours.

No frame and no script: a quotation with title, summary, credit and link, which the host's own styles dress.
Source: https://oembed.com/
"""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlsplit

from haihe.base.web.languages import absolute, public_path, split_path
from haihe.portal.domain.formats.shapes import Entry
from haihe.portal.domain.formats.xml import document, text
from haihe.releases.models import Publication

WIDTH, HEIGHT = 600, 240  # what the quotation takes at most, in CSS pixels
LEAST_WIDTH, LEAST_HEIGHT = 200, 120  # in less there is room for a link alone
CARD = (1200, 630)
CACHE = 3600  # seconds a host may keep it; a correction is seen after that
RELEASE = re.compile(r"^(/[a-z][a-z_]*/\d{8}-[0-9a-z]+/)(?:[a-z]+\.[a-z]+)?$")


def publication_named(url: str) -> Publication | None:
    """The publication whose page, in any language, is at a whole address of ours; None for any other address."""
    try:
        asked, own = urlsplit(url), urlsplit(absolute("/"))
        same = asked.scheme in ("http", "https") and asked.netloc == own.netloc
    except ValueError:
        return None
    found = RELEASE.match(split_path(asked.path)[1]) if same else None
    if found is None:
        return None
    return Publication.objects.select_related("current", "section").filter(path=found[1]).first()


def embed(entry: Entry, provider: str, card: str, *, max_width: int | None, max_height: int | None) -> dict[str, Any]:
    """The answer about one release; card: whole address of its share card."""
    found: dict[str, Any] = {
        "version": "1.0",
        "type": "link",
        "title": entry.title,
        "author_name": "、".join(entry.credit),
        "author_url": entry.organisation.url,
        "provider_name": provider,
        "provider_url": absolute(public_path("/")),
        "cache_age": CACHE,
        "url": entry.url,
    }
    width, height = min(max_width or WIDTH, WIDTH), min(max_height or HEIGHT, HEIGHT)
    if width >= LEAST_WIDTH and height >= LEAST_HEIGHT:
        found |= {"type": "rich", "html": _quotation(entry, provider), "width": width, "height": height}
    if (max_width or CARD[0]) >= CARD[0] and (max_height or CARD[1]) >= CARD[1]:
        found |= {"thumbnail_url": card, "thumbnail_width": CARD[0], "thumbnail_height": CARD[1]}
    if entry.ai:
        found |= {"ai_label": entry.ai, "ai_digital_source_type": entry.ai_source}
    return found


def _quotation(entry: Entry, provider: str) -> str:
    e = html.escape
    words = f"<p>{e(entry.summary)}</p>" if entry.summary else ""
    label = f"<p>【{e(entry.ai)}】</p>" if entry.ai else ""
    credit = " · ".join([*entry.credit, provider])
    day = entry.published_at.isoformat(timespec="seconds")
    return (
        f'<blockquote class="haihe-embed" cite="{e(entry.url)}" lang="{e(entry.language)}">'
        f'<p><a href="{e(entry.url)}">{e(entry.title)}</a></p>{words}{label}'
        f'<footer>{e(credit)} <time datetime="{e(day)}">{e(day[:10])}</time></footer></blockquote>'
    )


def as_json(found: dict[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False).encode()


def as_xml(found: dict[str, Any]) -> bytes:
    root = ET.Element("oembed")
    for name, value in found.items():
        text(root, name, str(value))
    return document(root)
