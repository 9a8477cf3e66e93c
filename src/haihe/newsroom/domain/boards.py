"""What stands on today's board and on the command screen 指挥大屏, for one person; and what changed a moment ago."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry, Revision, TaskState, WorkflowState

from haihe.base.audit.models import Entry
from haihe.city import visible_to
from haihe.newsroom.domain.desks import on_desk
from haihe.newsroom.models import Assignment, FieldReport, Item, Lead, Manuscript, Source
from haihe.releases.delivery.models import Delivery
from haihe.releases.edges import Notice
from haihe.releases.models import Publication

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from haihe.city.models import Person
    from haihe.newsroom.models import NewsDesk

SHOWN = 12
_OPEN_REVIEWS = 500
_IN_WORK = timedelta(days=3)
_AHEAD = timedelta(hours=24)
_WINDOW = timedelta(seconds=12)  # longer than a transaction takes to be seen
_MOST = 500
_LATE = timedelta(minutes=1)  # after which what did not go out at its time counts as failed
_FILED = ("filing__desk", "filing__stage")


@dataclass(frozen=True)
class Card:
    """One thing on the board. kind and key name what it opens; `since` is when it came to stand here."""

    kind: str  # item, manuscript, assignment, publication, source, notice
    key: str
    title: str
    about: str
    since: datetime | None
    tone: str = ""  # good, bad
    state: str = ""
    language: str = ""


@dataclass(frozen=True)
class Lane:
    """One column: the newest cards, and how many there are in all."""

    name: str
    count: int
    cards: list[Card] = field(default_factory=list)


def lanes(person: Person | AnonymousUser, desk: NewsDesk | None = None) -> list[Lane]:
    """Arriving, in work, in review, due, out, failed; a fixed number of queries, however much there is.

    desk   only its manuscripts, in work and in review
    """
    now = timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    reviews = open_reviews()
    return [
        _arriving(person, today),
        _in_work(person, now, set(reviews), desk),
        _in_review(person, reviews, desk),
        _due(person, now),
        _out(person, today),
        _failed(person, now),
    ]


def open_reviews() -> dict[str, dict[str, Any]]:
    """Key of a manuscript → the step it waits in and since when."""
    kind = ContentType.objects.get_for_model(Manuscript, for_concrete_model=False)
    rows = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
        workflow_state__content_type=kind,
    )
    found = rows.order_by("started_at").values("workflow_state__object_id", "task__name", "started_at")[:_OPEN_REVIEWS]
    return {row["workflow_state__object_id"]: row for row in found}


def intake_by_hour(person: Person | AnonymousUser, hours: int = 24) -> list[tuple[datetime, int]]:
    """How many items came in each of the last hours, the oldest first, empty hours too."""
    now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    since = now - timedelta(hours=hours - 1)
    rows = visible_to(person, Item.objects.filter(arrived_at__gte=since, duplicate_of=None))
    counted = rows.order_by().annotate(hour=TruncHour("arrived_at")).values_list("hour").annotate(count=Count("pk"))
    known = {timezone.localtime(hour): count for hour, count in counted}
    return [(hour, known.get(hour, 0)) for hour in (since + timedelta(hours=at) for at in range(hours))]


def reviews_by_step(person: Person | AnonymousUser) -> list[tuple[str, int]]:
    """How much waits in each step, of what this person may see; the fullest first."""
    reviews = open_reviews()
    mine = visible_to(person, Manuscript.objects.filter(pk__in=list(reviews))).values_list("pk", flat=True)
    counted: dict[str, int] = {}
    for key in mine:
        step = reviews[str(key)]["task__name"]
        counted[step] = counted.get(step, 0) + 1
    return sorted(counted.items(), key=lambda row: (-row[1], row[0]))


def assignments_now(person: Person | AnonymousUser) -> list[Assignment]:
    """What is on today and tomorrow, the first first."""
    now = timezone.now()
    rows = visible_to(person, Assignment.objects.filter(ends__gt=now - timedelta(hours=2), starts__lt=now + 2 * _AHEAD))
    return list(rows.exclude(state=Assignment.State.CANCELLED).select_related("place", "organisation")[:100])


def pulse(now: datetime | None = None) -> dict[int, list[str]]:
    """What changed within the last seconds: organisation → names of the changes, each always the same.

    For the edge alone, which tells its streams only that something changed, never what.
    """
    since = (now or timezone.now()) - _WINDOW
    found: dict[int, list[str]] = {}

    def note(kind: str, rows: Iterable[tuple[int | None, Any]]) -> None:
        for organisation, name in rows:
            if organisation is not None:
                found.setdefault(organisation, []).append(f"{kind}{name}")

    note("i", Item.objects.filter(arrived_at__gt=since).values_list("organisation", "pk")[:_MOST])
    note("m", _touched(since))
    note("a", Entry.objects.filter(at__gt=since).values_list("organisation_id", "number")[:_MOST])
    note("n", Notice.objects.filter(told_at__gt=since).values_list("organisation", "pk")[:_MOST])
    note("l", Lead.objects.filter(at__gt=since).values_list("organisation", "pk")[:_MOST])
    changed = Assignment.objects.filter(changed_at__gt=since)
    note("g", ((row[0], f"{row[1]}.{row[2]}") for row in changed.values_list("organisation", "pk", "sequence")[:_MOST]))
    reports = FieldReport.objects.filter(received_at__gt=since)
    note("r", reports.values_list("assignment__organisation", "pk")[:_MOST])
    return found


def _touched(since: datetime) -> list[tuple[int, str]]:
    """Manuscripts that were saved, handed in or decided."""
    kind = ContentType.objects.get_for_model(Manuscript, for_concrete_model=False)
    saved = Revision.objects.filter(created_at__gt=since, base_content_type=kind)
    logged = ModelLogEntry.objects.filter(timestamp__gt=since, content_type=kind)
    names: dict[str, list[str]] = {}
    for key, name in [
        *saved.values_list("object_id", "pk")[:_MOST],
        *((key, f"l{name}") for key, name in logged.values_list("object_id", "pk")[:_MOST]),
    ]:
        names.setdefault(str(key), []).append(str(name))
    owners = Manuscript.objects.filter(pk__in=list(names)).values_list("pk", "organisation")
    return [(owner, name) for key, owner in owners for name in names[str(key)]]


def _arriving(person: Any, today: datetime) -> Lane:
    rows = visible_to(person, Item.objects.filter(arrived_at__gte=today, duplicate_of=None, state=Item.State.NEW))
    newest = rows.select_related("source").defer("body", "text").order_by(*Item.NEWEST_FIRST)[:SHOWN]
    leads = visible_to(person, Lead.objects.filter(state=Lead.State.NEW))
    cards = [
        *(Card("lead", str(one.pk), one.title, one.get_origin_display(), one.at) for one in leads[:3]),
        *(
            Card("item", str(one.pk), str(one), one.source.name, one.arrived_at, language=one.language)
            for one in newest
        ),
    ]
    return Lane("arriving", rows.count() + leads.count(), cards[:SHOWN])


def _in_work(person: Any, now: datetime, in_review: set[str], desk: NewsDesk | None) -> Lane:
    drafts = Manuscript.objects.filter(latest_revision__created_at__gt=now - _IN_WORK).exclude(pk__in=in_review)
    rows = visible_to(person, drafts.filter(Q(live=False) | Q(has_unpublished_changes=True)))
    rows = rows.filter(latest_revision__approved_go_live_at=None)
    rows = on_desk(rows, desk) if desk else rows
    newest = rows.select_related("organisation", "latest_revision__user", *_FILED).order_by(
        "-latest_revision__created_at"
    )
    cards = [_manuscript(one, by=one.latest_revision.user) for one in newest[:SHOWN]]
    return Lane("in_work", rows.count(), cards)


def _in_review(person: Any, reviews: dict[str, dict[str, Any]], desk: NewsDesk | None) -> Lane:
    rows = visible_to(person, Manuscript.objects.filter(pk__in=list(reviews)))
    rows = on_desk(rows, desk) if desk else rows
    found = list(rows.select_related("organisation", "latest_revision", *_FILED))
    found.sort(key=lambda one: reviews[str(one.pk)]["started_at"])
    cards = [
        _manuscript(one, since=reviews[str(one.pk)]["started_at"], state=reviews[str(one.pk)]["task__name"])
        for one in found[:SHOWN]
    ]
    return Lane("in_review", len(found), cards)


def _due(person: Any, now: datetime) -> Lane:
    within = (now - _LATE, now + _AHEAD)
    waiting = visible_to(person, Manuscript.objects.filter(latest_revision__approved_go_live_at__range=within))
    scheduled = waiting.select_related("organisation", "latest_revision", *_FILED)
    open_ones = Assignment.objects.exclude(state__in=(Assignment.State.DELIVERED, Assignment.State.CANCELLED))
    asked = visible_to(person, open_ones.filter(deadline__lt=now + _AHEAD, deadline__gt=now - 3 * _AHEAD))
    cards = [
        *(_manuscript(one, since=one.latest_revision.approved_go_live_at) for one in scheduled[:SHOWN]),
        *(
            Card(
                "assignment", str(one.pk), one.title, one.organisation.name, one.deadline,
                tone="bad" if one.deadline and one.deadline < now else "",
            )
            for one in asked.select_related("organisation").order_by("deadline")[:SHOWN]
        ),
    ]  # fmt: skip
    cards.sort(key=lambda card: card.since or now)
    return Lane("due", waiting.count() + asked.count(), cards[:SHOWN])


def _out(person: Any, today: datetime) -> Lane:
    label = Manuscript._meta.label_lower
    mine = visible_to(person, Manuscript.objects.all()).values("organisation").distinct()
    rows = Publication.objects.filter(subject_label=label, organisation__in=mine, changed_at__gte=today)
    newest = rows.select_related("organisation").order_by("-changed_at", "-pk")[:SHOWN]
    cards = [
        Card(
            "publication", one.subject_id, str(one), one.organisation.name, one.changed_at,
            tone="good" if one.is_public else "bad", state=str(one.get_state_display()), language=one.language,
        )
        for one in newest
    ]  # fmt: skip
    return Lane("out", rows.count(), cards)


def _failed(person: Any, now: datetime) -> Lane:
    """What sources told and nobody decided, what did not go out at its time, what a channel refused for good, sources
    that fail."""
    notices = visible_to(person, Notice.objects.filter(state=Notice.State.OPEN))
    notices = notices.filter(label=Manuscript._meta.label_lower).select_related("source_organisation")
    late = visible_to(person, Manuscript.objects.filter(latest_revision__approved_go_live_at__lt=now - _LATE))
    refused = visible_to(person, Delivery.objects.filter(state=Delivery.State.FAILED, settled_at__gt=now - _AHEAD))
    sources = visible_to(person, Source.objects.filter(active=True).exclude(problem_code=""))
    told = list(notices.order_by("-told_at")[:SHOWN])
    titles = dict(Manuscript.objects.filter(pk__in=[one.thing for one in told]).values_list("pk", "title"))
    named = {str(key): title for key, title in titles.items()}
    cards = [
        *(
            Card(
                "notice", one.thing, named.get(one.thing, one.thing), one.source_organisation.name, one.told_at,
                tone="bad", state=str(one.get_kind_display()),
            )
            for one in told
        ),
        *(
            _manuscript(one, since=one.latest_revision.approved_go_live_at, state=_("did not go out"), tone="bad")
            for one in late.select_related("organisation", "latest_revision", *_FILED)[:SHOWN]
        ),
        *(
            Card("delivery", str(one.pk), str(one.publication), str(one.outlet), one.settled_at, tone="bad")
            for one in refused.select_related("publication", "outlet").order_by("-settled_at")[:SHOWN]
        ),
        *(
            Card("source", str(one.pk), one.name, one.organisation.name, one.visited_at, tone="bad")
            for one in sources.select_related("organisation").order_by("-failures", "pk")[:SHOWN]
        ),
    ]  # fmt: skip
    count = notices.count() + late.count() + refused.count() + sources.count()
    return Lane("failed", count, cards[:SHOWN])


def _manuscript(
    one: Manuscript, *, since: datetime | None = None, state: str = "", by: Any = None, tone: str = ""
) -> Card:
    revision, filing = one.latest_revision, getattr(one, "filing", None)
    title = revision.object_str if revision and revision.object_str else one.title
    name = (by.pen_name or by.get_username()) if by else ""
    about = " · ".join(part for part in (one.organisation.name, str(filing) if filing else "", name) if part)
    at = since or (revision.created_at if revision else one.created_at)
    return Card("manuscript", str(one.pk), title, about, at, tone=tone, state=state, language=one.language)
