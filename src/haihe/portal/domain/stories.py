"""One story as its page shows it: from a Release, or from a draft's content."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from haihe.base.once import once
from haihe.base.web.languages import absolute, html_lang, public_path
from haihe.base.web.phrases import HAN
from haihe.base.web.teasers import ShownPicture
from haihe.portal.domain.authors import linked_names
from haihe.portal.domain.body import chapters, shown_body
from haihe.portal.domain.listing import foreign_lang, published, shown_picture
from haihe.portal.domain.sections import ShownSection, in_language, shown_sections
from haihe.portal.domain.translations import linked
from haihe.releases.ai_labels import ai_text
from haihe.releases.content import plain_text
from haihe.releases.models import Publication, Release

CHAPTERS = 3  # headings from which a story has a list of its parts
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")


@dataclass(frozen=True)
class NamedLink:
    title: str
    path: str = ""


@dataclass(frozen=True)
class ShownSource:
    """A source; `url` only where it is an http(s) address, `host` for readers who check where a link goes."""

    name: str
    url: str = ""
    host: str = ""
    obtained: dt.datetime | None = None


@dataclass(frozen=True)
class Correction:
    made_at: dt.datetime
    note: str


@dataclass(frozen=True)
class Story:
    """Everything a story page renders; `content` is the canonical content it comes from."""

    content: dict[str, Any]
    path: str
    title: str
    language: str
    lang: str
    published_at: dt.datetime
    changed_at: dt.datetime
    names: list[tuple[str, str]]
    organisation: NamedLink
    section: ShownSection | None
    topics: list[NamedLink]
    picture: ShownPicture | None
    body: list[dict[str, Any]]
    sources: list[ShownSource]
    ai_text: str
    corrections: list[Correction] = field(default_factory=list)
    release: Release | None = None
    chapters: list[tuple[str, str]] = field(default_factory=list)
    minutes: int = 0
    translations: list[Publication] = field(default_factory=list)

    @property
    def corrected_at(self) -> dt.datetime | None:
        return self.corrections[-1].made_at if self.corrections else None

    @property
    def is_live(self) -> bool:
        return any(block["type"] == "live" for block in self.body)

    @property
    def calendar(self) -> str:
        """Path of its events as iCalendar; "" where there are none, or no page yet."""
        announced = any(block["type"] == "event" for block in self.body)
        return f"{self.path}event.ics" if self.path and announced else ""

    @property
    def url(self) -> str:
        return absolute(self.path)

    @property
    def html_lang(self) -> str:
        return html_lang(self.language)


def story_of(publication: Publication) -> Story:
    """The story of a public publication, with the notes of its corrections, oldest first, and its translations."""
    # a live story that grew was not corrected, and says nothing
    corrected = publication.current is not None and publication.current.number > 1
    notes = publication.releases.filter(action=Release.Action.CORRECT).exclude(note="").order_by("number")
    return _story(
        publication.content,
        path=public_path(publication.path),
        published_at=publication.first_published_at,
        changed_at=publication.changed_at,
        corrections=[Correction(one.made_at, one.note) for one in notes] if corrected else [],
        release=publication.current,
        translations=once(("translations", publication.pk), lambda: linked([publication])[publication.pk]),
    )


def story_of_draft(content: dict[str, Any]) -> Story:
    """A draft in its public look."""
    now = timezone.now()
    return _story(content, path="", published_at=now, changed_at=now)


def _story(content: dict[str, Any], *, path: str, published_at: dt.datetime, **more: Any) -> Story:
    section = content.get("section") or {}
    organisation = content.get("organisation") or {}
    body = shown_body(content)
    headings = chapters(body)
    return Story(
        content=content,
        path=path,
        title=content.get("title", ""),
        language=content.get("language", ""),
        lang=foreign_lang(content.get("language", "")),
        published_at=published_at,
        names=linked_names(content.get("byline", [])),
        organisation=_named(organisation, "organisation"),
        section=next((one for one in shown_sections() if one.slug == section.get("slug")), None),
        topics=[_named(topic, "topic") for topic in content.get("topics", [])],
        picture=shown_picture(content.get("lead_picture")),
        body=body,
        chapters=headings if len(headings) >= CHAPTERS else [],
        minutes=reading_minutes(content),
        sources=[_source(one) for one in content.get("sources", [])],
        ai_text=ai_text(content.get("ai") or {}),
        **more,
    )


def reading_minutes(content: dict[str, Any]) -> int:
    """Minutes an unhurried reader needs: 400 Han characters or 220 Latin words each; 0 for what is read at a glance."""
    text = plain_text(content)
    minutes = len(HAN.findall(text)) / 400 + len(LATIN.findall(text)) / 220
    return round(minutes) if minutes >= 2 else 0


def _named(thing: dict[str, str], kind: str) -> NamedLink:
    name = in_language(thing.get("name", ""), thing.get("name_en", ""))
    return NamedLink(name, public_path(f"/{kind}/{thing['slug']}/") if thing.get("slug") else "")


def _source(source: dict[str, str]) -> ShownSource:
    url = source.get("url", "")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ShownSource(name=source.get("name", ""), obtained=_time(source.get("obtained", "")))
    web = parts.scheme in {"http", "https"} and bool(host)
    return ShownSource(
        name=source.get("name", "") or host,
        url=url if web else "",
        host=host if web else "",
        obtained=_time(source.get("obtained", "")),
    )


def _time(value: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def related(publication: Publication, count: int = 5) -> list[Publication]:
    """What to read next in its language: same topics first, then same section; newest first, never itself."""
    return once(("related", publication.pk, count), lambda: _related(publication, count))


def _related(publication: Publication, count: int) -> list[Publication]:
    language = publication.language
    others = published().filter(language=language).exclude(pk=publication.pk)
    topics = list(publication.topics.values_list("pk", flat=True))
    found: list[Publication] = list(others.filter(topics__in=topics).distinct()[:count]) if topics else []
    if len(found) < count and publication.section_id:
        section, most = publication.section_id, 2 * count + 1
        newest = once(
            ("newest", section, language, most),
            lambda: list(published().filter(language=language, section_id=section)[:most]),
        )
        known = {publication.pk, *(one.pk for one in found)}
        found.extend([one for one in newest if one.pk not in known][: count - len(found)])
    return found


@dataclass(frozen=True)
class ShareLink:
    title: str
    url: str
    icon: str


def share_links(story: Story) -> Sequence[ShareLink]:
    """Plain links; nothing of these networks is loaded."""
    if not story.path:
        return []
    weibo = urlencode({"url": story.url, "title": story.title})
    mail = urlencode({"subject": story.title, "body": f"{story.title}\n{story.url}"}).replace("+", "%20")
    return [
        ShareLink(_("Share on Weibo"), f"https://service.weibo.com/share/share.php?{weibo}", "share"),
        ShareLink(_("Send by mail"), f"mailto:?{mail}", "mail"),
    ]
