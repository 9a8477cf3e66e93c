"""The pictures an entry could be shown with, the leading one first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from haihe.newsroom.domain.readers.parts import WHOLE
from haihe.newsroom.domain.readers.shapes import Entry

MOST = 8
_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt|width)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_LEAST_WIDTH = 90  # pixels, where it is said: below stand icons
_LONGEST = 2000


@dataclass(frozen=True)
class Illustration:
    """url: http or https, or "part:…" for what lies inside the delivery itself."""

    url: str
    caption: str = ""
    credit: str = ""


def illustrations(entry: Entry, *, base: str = "") -> tuple[Illustration, ...]:
    """What the format calls a picture, then attached pictures, then those in the content; each address once."""
    found: dict[str, Illustration] = {}
    for one in _said(entry):
        url = _usable(one.url, base)
        if url and url not in found:
            found[url] = Illustration(url, one.caption[:500], one.credit[:200])
        if len(found) == MOST:
            break
    return tuple(found.values())


def _said(entry: Entry) -> Iterator[Illustration]:
    for picture in entry.pictures:
        if entry.kind == "picture" and picture.url == entry.link:
            yield Illustration(f"part:{WHOLE}", picture.caption, picture.credit)
            continue
        if not 0 < picture.width < _LEAST_WIDTH:
            yield Illustration(picture.url, picture.caption, picture.credit)
    for enclosure in entry.enclosures:
        if enclosure.media_type.startswith("image/") and "svg" not in enclosure.media_type:
            yield Illustration(enclosure.url, "")
    if entry.content_type not in ("text/html", "application/xhtml+xml"):
        return
    for tag in _IMAGE.findall(entry.content or entry.summary):
        said = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}
        width = said.get("width", "").removesuffix("px")
        if not (width.isdigit() and int(width) < _LEAST_WIDTH):
            yield Illustration(said.get("src", ""), said.get("alt", ""))


def _usable(url: str, base: str) -> str:
    if url.startswith("part:"):
        return url[:_LONGEST]
    try:
        whole = urljoin(base, url.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    usable = url.strip() and parts.scheme in ("http", "https") and parts.hostname and len(whole) <= _LONGEST
    return whole if usable else ""
