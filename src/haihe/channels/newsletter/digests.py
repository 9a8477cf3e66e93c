"""Digests: what came since the last one, in one mail, to those who want one a day or a week.

A digest is sent as everything is: a row of the ledger for each reader, which belongs to the release the digest leads
with. So retries, refusals, stops and what is in doubt are those of every other delivery.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from haihe.base.web.languages import absolute, public_path
from haihe.channels.domain import hours
from haihe.channels.domain.story import picture_of
from haihe.channels.models import Digest, Subscriber
from haihe.channels.newsletter.messages import Issue, Told
from haihe.releases.ai_labels import ai_text
from haihe.releases.content import is_notice
from haihe.releases.delivery.domain import owing
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.delivery.protocols import GATHERED
from haihe.releases.domain.showing import shown
from haihe.releases.models import Publication, Release

Rhythm = Subscriber.Rhythm
SPANS = {Rhythm.DAILY: hours.DAY, Rhythm.WEEKLY: hours.WEEK}
MOST = 60  # stories in one digest, the newest; a mail that nobody scrolls through helps nobody


def make_due(now: datetime | None = None) -> int:
    """Make the digests whose hour has come, one for each newsletter and rhythm. Returns how many mails are owed."""
    now = now or timezone.now()
    owed = 0
    for outlet in Outlet.objects.filter(channel="newsletter", active=True):
        for rhythm in SPANS:
            owed += _make(outlet, rhythm, now)
    return owed


def _make(outlet: Outlet, rhythm: str, now: datetime) -> int:
    span = SPANS[Rhythm(rhythm)]
    until = hours.last(int(outlet.settings.get("hour") or 0), now, span)
    last = Digest.objects.filter(outlet=outlet, rhythm=rhythm).order_by("-until").first()
    if last is not None and last.until >= until:
        return 0
    readers = list(Subscriber.objects.filter(outlet=outlet, state=Subscriber.State.CONFIRMED, rhythm=rhythm))
    since = last.until if last is not None else until - span
    came = _came(outlet, since, until) if readers else []
    with transaction.atomic():
        day = timezone.localtime(until).date()
        told = {"until": until, "told": [[str(one.pk), again] for one, again in came]}
        digest, made = Digest.objects.get_or_create(outlet=outlet, rhythm=rhythm, day=day, defaults=told)
        if not made or not came:
            return 0
        lead = came[0][0]
        rows = [owing.row(outlet.pk, lead, lead.publication, now, recipient(digest, one)) for one in readers]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        owing.wake()
    return len(rows)


def _came(outlet: Outlet, since: datetime, until: datetime) -> list[tuple[Release, bool]]:
    """The newest release of each thing that reached the outlet in this time, and whether an earlier one had before;
    what is public first, the newest first. What came and went between two digests is told in none."""
    rows = Delivery.objects.filter(outlet=outlet, recipient="", state=Delivery.State.SENT)
    inside = rows.filter(settled_at__gt=since, settled_at__lte=until)
    newest: dict[Any, Delivery] = {}
    for row in inside.select_related("release__publication__organisation").order_by("version"):
        newest[row.publication_id] = row
    before = set(
        rows.filter(publication__in=newest, settled_at__lte=since).values_list("publication", flat=True).distinct()
    )
    kept = [(row.release, key in before) for key, row in newest.items()]
    told = [(one, again) for one, again in kept if again or not is_notice(one.content)]
    return sorted(told, key=lambda one: (is_notice(one[0].content), -one[0].made_at.timestamp()))[:MOST]


def recipient(digest: Digest, subscriber: Subscriber) -> str:
    return f"{GATHERED}{digest.pk}:{subscriber.pk}"


def parts(name: str) -> tuple[int, int]:
    """Keys of digest (0: none) and subscriber of a recipient."""
    digest, _sign, subscriber = name.removeprefix(GATHERED).rpartition(":")
    return int(digest or 0), int(subscriber)


def issue(digest: int) -> Issue:
    """What a digest tells as things are now: what was withdrawn since is only named, what was corrected, corrected."""
    found = Digest.objects.get(pk=digest)
    entries = [(uuid.UUID(key), again) for key, again in found.told]
    whole = Release.objects.select_related("publication__current", "publication__organisation")
    known = whole.in_bulk([key for key, _again in entries])
    told = [_told(known[key], again=again) for key, again in entries if key in known]
    return Issue(found.day, found.rhythm == Rhythm.WEEKLY, told)


def _told(release: Release, *, again: bool) -> Told:
    publication = release.publication
    current = publication.current
    if publication.state != Publication.State.PUBLISHED or current is None or is_notice(current.content):
        return Told(publication.title, withdrawn=True)
    content = shown(current.content)
    with override(publication.language):
        picture, label = picture_of(content.get("lead_picture")), ai_text(content.get("ai") or {})
        url = absolute(public_path(publication.path, publication.language))
    section = content.get("section") or {}
    return Told(
        title=publication.title,
        summary=content.get("summary", ""),
        url=url,
        section=(publication.language == "en" and section.get("name_en")) or section.get("name", ""),
        label=label,
        picture=picture.address if picture else "",
        alt=picture.alt if picture else "",
        corrected=release.note if again else "",
    )
