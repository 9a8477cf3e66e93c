"""ninjs 1.0 to 3.1 (iptc.org/std/ninjs): one item, or a list of them.

Version 1 has headline, byline, body_* and description_*; 2 and 3 have lists of objects with a role. Version 2 writes
its names in lower case and 3 in camel case, so names are compared in lower case.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.dates import parse_date
from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.identity import derived_id
from haihe.newsroom.domain.readers.jsontext import is_ninjs, list_of, parsed, text_of
from haihe.newsroom.domain.readers.nitf import nitf_html
from haihe.newsroom.domain.readers.shapes import Enclosure, Entry, Feed, Picture

_MOST_ITEMS = 5000
_VERSION = re.compile(r"(\d+\.\d+)(?:\D|$)")
_KINDS_WITH_CAPTION = ("picture", "graphic", "video", "audio", "animation")
_MAIN_ROLES = ("main", "headline", "")
_CAPTION_ROLES = ("caption", "text", "summary", "abstract", "lead", "main", "")
_CREDIT_ROLES = ("creditline", "credit", "creditLine")


@reader
class NinjsReader:
    name: ClassVar[str] = "ninjs"
    accepts: ClassVar[tuple[str, ...]] = ("application/vnd.iptc.ninjs+json;q=0.9",)

    def recognises(self, document: Document) -> bool:
        return is_ninjs(document)

    def read(self, document: Document) -> Feed:
        """Every item of the document; what it is associated with stays with it as pictures and files."""
        root, problems = parsed(document)
        found = [_lowered(one) for one in (root if isinstance(root, list) else [root]) if isinstance(one, dict)]
        items = [one for one in found if text_of(one.get("uri")) or "headlines" in one or "headline" in one]
        if not items:
            raise refuse(document)
        if len(items) > _MOST_ITEMS:
            problems.append(f"{len(items) - _MOST_ITEMS} items beyond the first {_MOST_ITEMS} were left out")
        if isinstance(root, list) and len(items) < len(root):
            problems.append(f"{len(root) - len(items)} items are none")
        entries = tuple(_entry(one, number, document) for number, one in enumerate(items[:_MOST_ITEMS], 1))
        first = entries[0]
        return Feed(
            title=first.title if len(entries) == 1 else first.credit,
            language=first.language,
            format=f"ninjs {_version(items[0], document)}".strip(),
            encoding=document.decoded.encoding,
            entries=entries,
            problems=(*document.decoded.problems, *problems),
        )


def _lowered(value: Any, depth: int = 0) -> Any:
    if isinstance(value, dict):
        return {str(key).lower(): _lowered(one, depth + 1) if depth < 8 else one for key, one in value.items()}
    if isinstance(value, list):
        return [_lowered(one, depth + 1) if depth < 8 else one for one in value]
    return value


def _version(item: dict[str, Any], document: Document) -> str:
    standard = item.get("standard") or item.get("$standard") or {}
    if isinstance(standard, dict):
        for said in (text_of(standard.get("version")), text_of(standard.get("schema")).rsplit("_", 1)[-1]):
            match = _VERSION.match(said)
            if match:
                return match.group(1)
    if any(name.startswith(("body_", "description_", "headline_")) for name in item) or "headline" in item:
        return "1"
    camel = re.search(
        r'"(?:versionCreated|pubStatus|altIds|trustIndicators|rightsInfo|digitalSourceType|eventDetails|firstCreated|'
        r'copyrightHolder|usageTerms)"',
        document.text[:50_000],
    )
    return "3" if camel or "eventdetails" in item or "plannedcoverage" in item else "2"


def _entry(item: dict[str, Any], number: int, document: Document) -> Entry:
    language = text_of(item.get("language")) or document.language
    kind = text_of(item.get("type"))
    title = _title(item)
    content, content_type = _content(item)
    caption = _described(item, _CAPTION_ROLES)
    if kind in _KINDS_WITH_CAPTION and caption:
        content, content_type = caption, "text/plain"
    raw = (
        text_of(item.get("versioncreated")) or text_of(item.get("firstcreated")) or text_of(item.get("contentcreated"))
    )
    uri = text_of(item.get("uri"))
    author = _author(item)
    moment = parse_date(raw, language=language)
    return Entry(
        id=uri or derived_id(title, raw, content),
        title=title,
        link=uri if uri.startswith(("http://", "https://")) else "",
        author=author,
        authors=(author,) if author else (),
        published=moment,
        published_raw=raw,
        published_day=raw[:10] if moment and re.match(r"\d{4}-\d{2}-\d{2}", raw) else "",
        updated=parse_date(text_of(item.get("versioncreated")), language=language),
        created=parse_date(text_of(item.get("firstcreated")) or text_of(item.get("contentcreated")), language=language),
        embargoed=parse_date(text_of(item.get("embargoed")), language=language),
        starts=parse_date(_event_date(item, "start"), language=language),
        ends=parse_date(_event_date(item, "end"), language=language),
        summary=_described(item, ("lead", "summary", "abstract", "text", "caption", "main", "")),
        summary_type="text/plain",
        content=content or caption,
        content_type=content_type if content else "text/plain",
        language=language,
        base=document.address or uri,
        enclosures=_enclosures(item),
        categories=tuple(
            dict.fromkeys(name for one in _objects(item, "subject") if (name := text_of(one.get("name"))))
        ),
        credit=_credit(item),
        rights=text_of(item.get("copyrightnotice")) or text_of(item.get("usageterms")),
        place=text_of(item.get("located"))
        or next((n for one in _objects(item, "place") if (n := text_of(one.get("name")))), ""),
        kind=kind,
        pictures=_pictures(item),
        locator=f"entry[{number}]",
    )


def _objects(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list that version 1 names in the singular; a lone object, as some write, counts as one."""
    plural = {"person": "people"}.get(name, f"{name}s")
    value = item.get(plural) or item.get(name)
    return [one for one in ([value] if isinstance(value, dict) else list_of(value)) if isinstance(one, dict)]


def _title(item: dict[str, Any]) -> str:
    headlines = [one for one in list_of(item.get("headlines")) if isinstance(one, dict)]
    for role in _MAIN_ROLES:
        for one in headlines:
            if text_of(one.get("role")).lower() == role and text_of(one.get("value")):
                return " ".join(text_of(one.get("value")).split())
    planned = [one.get("title") for one in list_of(item.get("plannedcoverage")) if isinstance(one, dict)]
    values = [one.get("value") for one in headlines]
    other = [item[name] for name in sorted(item) if name.startswith("headline_")]
    names = [item.get(name) for name in ("headline", "headline_main", "title")]
    for said in (*values, *names, *other, item.get("slugline"), *planned):
        if text_of(said):
            return " ".join(text_of(said).split())
    return ""


def _content(item: dict[str, Any]) -> tuple[str, str]:
    """The richest body: HTML, then NITF, then text."""
    bodies = [one for one in list_of(item.get("bodies")) if isinstance(one, dict)]
    said = [
        (f"{text_of(one.get('role'))} {text_of(one.get('contenttype'))}".lower(), text_of(one.get("value")))
        for one in bodies
    ]
    said += [(name[5:].lower(), text_of(item[name])) for name in sorted(item) if name.startswith("body_")]
    for words, media_type in ((("html",), "text/html"), (("nitf",), "nitf"), (("text", "plain", ""), "text/plain")):
        for kind, value in said:
            if value and any(word in kind for word in words) and not (words[0] == "text" and "nitf" in kind):
                if media_type != "nitf":
                    return value, media_type
                html = nitf_html(value)
                if html:
                    return html, "text/html"
    return "", "text/html"


def _described(item: dict[str, Any], roles: tuple[str, ...]) -> str:
    described = {
        text_of(one.get("role")).lower(): text_of(one.get("value"))
        for one in reversed(list_of(item.get("descriptions")))
        if isinstance(one, dict)
    }
    described |= {name[12:].lower(): text_of(item[name]) for name in item if name.startswith("description_")}
    return next((described[role] for role in roles if described.get(role)), "")


def _credit(item: dict[str, Any]) -> str:
    """The credit line, else the information sources, else who holds the copyright, else who made it."""
    line = _described(item, _CREDIT_ROLES)
    if line:
        return line
    sources = [text_of(one.get("name")) for one in _objects(item, "infosource")]
    return ", ".join(name for name in sources if name) or text_of(item.get("copyrightholder")) or _author(item)


def _author(item: dict[str, Any]) -> str:
    return text_of(item.get("by")) or text_of(item.get("byline"))


def _event_date(item: dict[str, Any], which: str) -> str:
    """When an event begins or ends, known, expected or estimated; a date cut short (2023-07) is none."""
    details = item.get("eventdetails")
    dates = details.get("dates") if isinstance(details, dict) else None
    if not isinstance(dates, dict):
        return ""
    return next(
        (said for how in ("", "expected", "estimated") if (said := text_of(dates.get(f"{how}{which}date")))), ""
    )


def _renditions(item: dict[str, Any]) -> list[dict[str, Any]]:
    """A list in 2 and 3, an object of objects in 1."""
    value = item.get("renditions")
    return [one for one in (value.values() if isinstance(value, dict) else list_of(value)) if isinstance(one, dict)]


def _associated(item: dict[str, Any]) -> list[dict[str, Any]]:
    value = item.get("associations")
    return [one for one in (value.values() if isinstance(value, dict) else list_of(value)) if isinstance(one, dict)][
        :500
    ]


def _enclosures(item: dict[str, Any]) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for one in [item, *_associated(item)]:
        for rendition in _renditions(one):
            url = text_of(rendition.get("href"))
            size = rendition.get("sizeinbytes")
            if url:
                kind = text_of(rendition.get("contenttype")) or text_of(rendition.get("mimetype"))
                length = size if isinstance(size, int) and 0 <= size < 1 << 62 else 0
                found.setdefault(url, Enclosure(url, kind, length, text_of(rendition.get("title"))))
    return tuple(found.values())


def _pictures(item: dict[str, Any]) -> tuple[Picture, ...]:
    """The widest rendition of the item where it is a picture, and of each picture it is associated with."""
    found = []
    for one in [item, *_associated(item)]:
        if text_of(one.get("type")) not in ("picture", "graphic"):
            continue
        shown = [r for r in _renditions(one) if text_of(r.get("href"))]
        best = max(shown, key=lambda r: _pixels(r.get("width")), default=None)
        if best is not None:
            caption = _described(one, _CAPTION_ROLES) or _title(one)
            credit = _author(one) or _credit(one)
            found.append(
                Picture(text_of(best["href"]), caption, credit, _pixels(best.get("width")), _pixels(best.get("height")))
            )
    return tuple(found)


def _pixels(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 20 else 0
