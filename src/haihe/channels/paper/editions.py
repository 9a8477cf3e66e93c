"""Editions: made once a day of what reached the newspaper since the last one, looked up, shown as things are now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from haihe.base.errors import HaiheError
from haihe.channels.domain import hours
from haihe.channels.domain.story import Story, story_of
from haihe.channels.models import Edition
from haihe.channels.paper import composing
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.models import Publication

MOST = 60  # stories of one edition, the newest


@dataclass(frozen=True)
class Place:
    """One area of a page with what stands there now; None where it was withdrawn."""

    area: composing.Area
    story: Story | None


@dataclass(frozen=True)
class Sheet:
    """One page as it is now."""

    number: int
    name: str
    places: tuple[Place, ...]


def make_due(now: datetime | None = None) -> int:
    """Make the editions whose hour has come. Returns how many."""
    now = now or timezone.now()
    made = 0
    for outlet in Outlet.objects.filter(channel="paper", active=True):
        until = hours.last(int(outlet.settings.get("hour") or 0), now)
        last = Edition.objects.filter(outlet=outlet).order_by("-until").first()
        if last is None or last.until < until:
            made += make(outlet, until) is not None
    return made


def make(outlet: Outlet, until: datetime) -> Edition | None:
    """The edition of the day of `until`, of what came since the one of the day before; in place of one that was made
    earlier that day. None where nothing came: there is no empty paper."""
    day = timezone.localtime(until).date()
    with transaction.atomic():
        earlier = Edition.objects.select_for_update().filter(outlet=outlet)
        before = earlier.filter(day__lt=day).order_by("-day").first()
        since = before.until if before else until - hours.DAY
        pages = composing.compose(_came(outlet, since, until), front=str(outlet.settings.get("front") or "要闻"))
        if not pages:
            return None
        number = (before.number if before else 0) + 1
        kept = [{"name": page.name, "areas": [asdict(area) for area in page.areas]} for page in pages]
        told = {"until": until, "number": number, "pages": kept}
        return Edition.objects.update_or_create(outlet=outlet, day=day, defaults=told)[0]


def _came(outlet: Outlet, since: datetime, until: datetime) -> list[composing.Piece]:
    """What reached the newspaper for the first time in these hours and is public, newest first; in the languages chosen
    for it, else in the city's own."""
    rows = Delivery.objects.filter(outlet=outlet, recipient="", state=Delivery.State.SENT)
    had = rows.filter(settled_at__lte=since).values("publication")
    came = rows.filter(settled_at__gt=since, settled_at__lte=until).exclude(publication__in=had)
    spoken = outlet.languages or [settings.LANGUAGE_CODE]
    found = Publication.objects.filter(
        pk__in=came.values("publication"), state=Publication.State.PUBLISHED, language__in=spoken
    )
    newest = found.select_related("section").order_by("-first_published_at", "pk")[:MOST]
    return [composing.Piece(str(one.pk), one.section.name if one.section else "") for one in newest]


def sheets(edition: Edition) -> list[Sheet]:
    """The pages with what their stories say now."""
    keys = [area["key"] for page in edition.pages for area in page["areas"]]
    found = Publication.objects.select_related("current", "organisation", "section").in_bulk(keys)
    now = {str(key): _story(publication) for key, publication in found.items()}
    return [
        Sheet(number, page["name"], tuple(_place(area, now) for area in page["areas"]))
        for number, page in enumerate(edition.pages, 1)
    ]


def _place(area: dict[str, Any], now: dict[str, Story | None]) -> Place:
    return Place(composing.Area(**area), now.get(area["key"]))


def _story(publication: Publication) -> Story | None:
    release = publication.current
    if publication.state != Publication.State.PUBLISHED or release is None:
        return None
    release.publication = publication
    try:
        return story_of(release)
    except HaiheError:
        return None
