"""What is published, as the entries of a feed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from haihe.archive.domain.films import address
from haihe.base.web.languages import absolute, html_lang, public_path
from haihe.portal.domain.body import feed_html
from haihe.portal.domain.formats.shapes import Entry, Tag
from haihe.portal.domain.listing import shown_picture
from haihe.portal.domain.sections import in_language
from haihe.releases.ai_labels import ai_meta, ai_text, digital_source_type
from haihe.releases.content import plain_text
from haihe.releases.domain.showing import look_ahead
from haihe.releases.models import Publication, Release

ENTRIES = 50


def entries(publications: Iterable[Publication]) -> list[Entry]:
    """One entry each, in the given order; names in the active language."""
    listed = list(publications)
    look_ahead(listed)
    return [entry_of(publication) for publication in listed]


def entry_of(publication: Publication, notes: Iterable[str] = ()) -> Entry:
    """A public publication. notes: its corrections, in words."""
    content = publication.content
    organisation = _tag("organisation", content.get("organisation"))
    picture, ai = shown_picture(content.get("lead_picture")), content.get("ai") or {}
    return Entry(
        guid=f"urn:uuid:{publication.pk}",
        url=absolute(public_path(publication.path)),
        title=publication.title,
        html=_with_label(feed_html(content), ai_text(ai)),
        text=plain_text(content),
        summary=content.get("summary", ""),
        language=html_lang(publication.language),
        credit=content.get("byline") or ([organisation.name] if organisation.name else []),
        organisation=organisation,
        tags=[
            tag
            for tag in (
                _tag("section", content.get("section")),
                *(_tag("topic", one) for one in content.get("topics", [])),
            )
            if tag.name
        ],
        published_at=publication.first_published_at,
        changed_at=publication.changed_at,
        version=publication.current.number if publication.current else 1,
        picture=absolute(picture.src) if picture else "",
        pictures=_pictures(content),
        films=[
            {**block, "url": absolute(address(block["master"], block["media_type"]))}
            for block in content.get("body", [])
            if block["type"] == "video"
        ],
        sources=content.get("sources", []),
        notes=list(notes),
        ai=ai_text(ai),
        ai_meta=ai_meta(ai),
        ai_source=digital_source_type(ai),
    )


def correction_notes(publication: Publication) -> list[str]:
    """What was corrected, in words, oldest first."""
    made = publication.releases.filter(action=Release.Action.CORRECT).order_by("number")
    return [note for note in made.values_list("note", flat=True) if note]


def _tag(kind: str, thing: dict[str, str] | None) -> Tag:
    thing = thing or {}
    name = in_language(thing.get("name", ""), thing.get("name_en", ""))
    return Tag(name, absolute(public_path(f"/{kind}/{thing['slug']}/" if thing.get("slug") else "/")))


def _pictures(content: dict[str, Any]) -> list[dict[str, Any]]:
    lead = content.get("lead_picture")
    found = [{**lead, "lead": True}] if lead else []
    for block in content.get("body", []):
        if block["type"] == "picture":
            found.append(block)
        elif block["type"] == "gallery":
            found.extend(block.get("pictures", []))
        elif block["type"] == "video":
            found.append(block["poster"])
    return found


def _with_label(markup: str, label: str) -> str:
    return f"<p>【{label}】</p>\n{markup}" if label else markup
