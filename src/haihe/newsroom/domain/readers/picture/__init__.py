"""Pictures by their captions: JPEG, PNG, WebP, TIFF, GIF and HEIF with XMP, IPTC-IIM and EXIF. No pixel is decoded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from haihe.newsroom.domain.languages import language_of
from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.dates import parse_date
from haihe.newsroom.domain.readers.decoding import decode
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.picture.containers import Blocks, blocks_of
from haihe.newsroom.domain.readers.picture.exif import said_by_exif
from haihe.newsroom.domain.readers.picture.iptc import said_by_iptc
from haihe.newsroom.domain.readers.picture.xmp import said_by_xmp
from haihe.newsroom.domain.readers.shapes import Entry, Feed, FeedUnreadable, Picture
from haihe.newsroom.domain.readers.sniffing import PICTURES

_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "tiff": "image/tiff", "gif": "image/gif"}
_EXIF_DATE = re.compile(r"^(\d{4}):(\d{2}):(\d{2}) (\d{2}:\d{2}:\d{2})")
_IIM_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_IIM_TIME = re.compile(r"^(\d{2})(\d{2})(\d{2})([+-]\d{4})?$")
_CAMERAS_OWN = re.compile(
    r"^(?:default|dcim|olympus|nikon|canon|sony|samsung|minolta|kodak|untitled|ascii|created with|exif)\b.*"
    r"|.*digital (?:still )?camera$|[\W\d]+$|\{.*\}$",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 20_000
_PNG_TEXTS = {
    "Title": "title", "Description": "caption", "Author": "byline", "Copyright": "copyright",
    "Creation Time": "created",
}  # fmt: skip
_AUTHORS_APART = re.compile("[;\uff1b\u3001]")


@reader
class PictureReader:
    name: ClassVar[str] = "picture"
    accepts: ClassVar[tuple[str, ...]] = ("image/*;q=0.3",)

    def recognises(self, document: Document) -> bool:
        return document.kind in PICTURES

    def read(self, document: Document) -> Feed:
        """The picture as one entry. Raises FeedUnreadable where not even its size can be read."""
        if document.kind not in PICTURES:
            raise refuse(document)
        blocks = blocks_of(document.plain, document.kind)
        if not blocks.width and not (blocks.exif or blocks.iptc or blocks.xmp):
            raise FeedUnreadable("This is a picture, but it is damaged.", thing=document.address or None)
        entry = _entry(document, blocks)
        return Feed(
            title=entry.title, language=entry.language, format=document.kind, encoding="utf-8", entries=(entry,),
            problems=tuple(blocks.problems),
        )  # fmt: skip


def _entry(document: Document, blocks: Blocks) -> Entry:
    said = _said(blocks)
    caption = _one(said, "caption")
    title = " ".join((_one(said, "headline") or _one(said, "title")).split())
    language = language_of(f"{title} {caption}")
    raw = _one(said, "date") or _one(said, "taken") or _one(said, "created")
    taken = _moment(raw, language)
    names = [part.strip() for text in said.get("byline", []) for part in _AUTHORS_APART.split(text)]
    authors = tuple(dict.fromkeys(name for name in names if name))
    credit = _one(said, "credit") or _one(said, "source") or (authors[0] if authors else "")
    places = [_one(said, name) for name in ("sublocation", "city", "state", "country")]
    return Entry(
        id=document.address or "sha256:" + hashlib.sha256(document.plain).hexdigest(),
        title=title,
        link=document.address,
        author=", ".join(authors),
        authors=authors,
        published=taken,
        published_raw=raw,
        published_day=raw[:10].replace(":", "-") if taken else "",
        created=taken,
        summary=caption,
        summary_type="text/plain",
        content=caption,
        content_type="text/plain",
        language=language,
        base=document.address,
        categories=tuple(dict.fromkeys(said.get("keywords", [])))[:100],
        credit=credit,
        rights=_one(said, "copyright") or _one(said, "usage"),
        place=", ".join(dict.fromkeys(name for name in places if name)) or _one(said, "position"),
        kind="picture",
        pictures=(Picture(document.address, caption, credit, blocks.width, blocks.height),),
        locator="entry[1]",
    )


def _said(blocks: Blocks) -> dict[str, list[str]]:
    """Every field from the first that has it: XMP, IPTC, EXIF, the texts of a PNG."""
    said: dict[str, list[str]] = {}
    for packet in blocks.xmp:
        said = said_by_xmp(packet) | said
    for record in blocks.iptc:
        found = said_by_iptc(record)
        found["date"] = [_iim_moment(found)] if found.get("date") else []
        _add(found, said)
    _add(_from_exif(said_by_exif(blocks.exif) if blocks.exif else {}), said)
    _add({_PNG_TEXTS[key]: [text] for key, text in blocks.texts.items() if key in _PNG_TEXTS}, said)
    return said


def _add(found: Mapping[str, list[str]], said: dict[str, list[str]]) -> None:
    for name, values in found.items():
        kept = [value for value in values if value.strip()]
        if kept and name != "time":
            said.setdefault(name, kept)


def _iim_moment(found: Mapping[str, list[str]]) -> str:
    day, time = _IIM_DATE.match(found["date"][0]), _IIM_TIME.match(next(iter(found.get("time", [""])), ""))
    if not day:
        return ""
    written = "-".join(day.groups())
    return f"{written} {time[1]}:{time[2]}:{time[3]} {time[4] or ''}".strip() if time else written


def _from_exif(said: Mapping[str, bytes | str]) -> dict[str, list[str]]:
    def text(name: str) -> str:
        value = said.get(name, "")
        return (decode(value).text if isinstance(value, bytes) else value).strip("\x00 \r\n")

    caption = text("description")
    found = {
        "title": [text("xp_title")],
        "caption": ["" if _CAMERAS_OWN.match(caption) else caption, text("xp_comment"), text("xp_subject")],
        "byline": [text("artist") or text("xp_author")],
        "copyright": [text("copyright").replace("\x00", " ").strip()],
        "keywords": [word.strip() for word in text("xp_keywords").split(";")],
    }
    taken = text("taken") or text("changed")
    match = _EXIF_DATE.match(taken)
    if match:
        found["taken"] = [f"{match[1]}-{match[2]}-{match[3]} {match[4]} {text('offset')}".strip()]
    if "latitude" in said and "longitude" in said:
        found["position"] = [f"{text('latitude')}, {text('longitude')}"]
    return found


def _one(said: Mapping[str, list[str]], name: str) -> str:
    return next((value[:_LONGEST] for value in said.get(name, []) if value), "")


def _moment(raw: str, language: str) -> datetime | None:
    match = _EXIF_DATE.match(raw)
    return parse_date(f"{match[1]}-{match[2]}-{match[3]} {match[4]}" if match else raw, language=language)
