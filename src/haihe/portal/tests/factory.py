"""Public things for tests: Publications with Releases, as `releases.domain` would make them of a manuscript."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from typing import Any

from django.utils import timezone

from haihe.base.search import journal
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Place
from haihe.releases import signals
from haihe.releases.canonical import sha256_of
from haihe.releases.content import SCHEMA, notice
from haihe.releases.domain.chains import chain_hash
from haihe.releases.models import Publication, Release, Section, Topic

_numbers = itertools.count(1)
MORNING = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)


def organisation(name: str = "海河市融媒体中心", slug: str = "centre", **fields: Any) -> Organisation:
    existing = Organisation.objects.filter(slug=slug).first()
    return existing or found(name, slug=slug, **{"name_en": "Haihe Media Centre", **fields})


def section(slug: str = "culture", name: str = "文化", name_en: str = "Culture", order: int = 0) -> Section:
    return Section.objects.get_or_create(slug=slug, defaults={"name": name, "name_en": name_en, "order": order})[0]


def topic(slug: str = "river", name: str = "海河故事", name_en: str = "River stories", **fields: Any) -> Topic:
    defaults = {"name": name, "name_en": name_en, "organisation": organisation(), **fields}
    return Topic.objects.get_or_create(slug=slug, defaults=defaults)[0]


def place(name: str, slug: str, **fields: Any) -> Place:
    return Place.objects.get_or_create(slug=slug, defaults={"name": name, "kind": "scenic_spot", **fields})[0]


def entry(minute: int, title: str, html: str) -> dict[str, str]:
    """One entry of a live story, `minute` minutes after the morning began."""
    at = MORNING + dt.timedelta(minutes=minute)
    return {"type": "entry", "at": at.isoformat(timespec="seconds"), "title": title, "html": html}


def text(html: str) -> dict[str, str]:
    return {"type": "text", "html": html}


def picture(src: str = "/static/haihe/specimen.svg", **fields: Any) -> dict[str, Any]:
    return {
        "master": "00000000-0000-4000-8000-000000000001",
        "alt": "两岸的灯映在水里",
        "caption": "入夜的海河。",
        "credit": "海河演示城",
        "width": 1200,
        "height": 800,
        "renditions": [{"src": src, "width": 1200, "height": 800}],
        **fields,
    }


def story(title: str = "三岔河口的清晨", **given: Any) -> Publication:
    """A published story. given: any field of the content, and section, topics, organisation, at, kind."""
    number = next(_numbers)
    at = given.pop("at", None) or MORNING + dt.timedelta(minutes=number)
    own = given.pop("organisation", None) or organisation()
    place = given.pop("section", None)
    topics = given.pop("topics", [])
    kind = given.pop("kind", "story")
    content = _content(title, own, place, topics, kind, given)
    publication = Publication.objects.create(
        kind=kind,
        subject_label="portal.test",
        subject_id=str(number),
        organisation=own,
        path=f"/{kind}/{timezone.localtime(at):%Y%m%d}-t{number:05d}/",
        state=Publication.State.PUBLISHED,
        language=content["language"],
        title=title,
        section=place,
        first_published_at=at,
        changed_at=at,
    )
    publication.topics.set(topics)
    _release(publication, Release.Action.PUBLISH, content, at)
    return publication


def correct(publication: Publication, note: str, **changed: Any) -> Release:
    """A corrected version, with its public note."""
    content = {**publication.content, **changed}
    publication.title = content["title"]
    return _release(publication, Release.Action.CORRECT, content, timezone.now(), note)


def withdraw(publication: Publication) -> Release:
    publication.state = Publication.State.WITHDRAWN
    content = notice(publication.kind, "withdrawn")
    return _release(publication, Release.Action.WITHDRAW, content, timezone.now())


def _content(
    title: str, own: Organisation, place: Section | None, topics: list[Topic], kind: str, given: dict[str, Any]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "kind": kind,
        "title": title,
        "subtitle": "",
        "summary": "天刚亮，河边已经有了人声。",
        "language": "zh-hans",
        "byline": ["李宁"],
        "organisation": {"slug": own.slug, "name": own.name, "name_en": own.name_en},
        "section": {"slug": place.slug, "name": place.name, "name_en": place.name_en} if place else None,
        "topics": [{"slug": one.slug, "name": one.name, "name_en": one.name_en} for one in topics],
        "lead_picture": None,
        "body": [text("<p>天刚亮，河边已经有了人声。</p>")],
        "original_title": "",
        "sources": [],
        "ai": {},
        **given,
    }


def _release(
    publication: Publication, action: Release.Action, content: dict[str, Any], at: dt.datetime, note: str = ""
) -> Release:
    newest = publication.releases.order_by("-number").first()
    made = Release(
        publication=publication,
        number=newest.number + 1 if newest else 1,
        action=action,
        content=content,
        content_sha256=sha256_of(content),
        previous_hash=newest.hash if newest else "",
        ai_label=content.get("ai", {}),
        note=note,
        note_sha256=hashlib.sha256(note.encode()).hexdigest(),
        made_at=at,
    )
    made.hash = chain_hash(made)
    made.save(force_insert=True)
    publication.current, publication.changed_at = made, at
    publication.save()
    journal(publication)
    sent = {"publish": signals.published, "correct": signals.corrected, "withdraw": signals.withdrawn}
    signals.send(sent[action], release=made, publication=publication)
    return made
