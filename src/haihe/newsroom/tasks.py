"""What the newsroom does in the background."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import close_old_connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import periodic, report_progress, service, task
from haihe.newsroom.domain import collecting, frontier, leads, linking, sweeping, websub
from haihe.newsroom.models import Item, Manuscript, Source, Subscription

AT_ONCE = 250  # sources of one sweep
PAGES_AT_ONCE = 200
STAND_BY = 10.0  # seconds between looks whether the other process still runs


@task(lane="collect", attempts=5)
def visit_source(source_id: int) -> None:
    """Visit one source; one that was paused or removed meanwhile is left alone."""
    source = Source.objects.select_related("organisation").filter(pk=source_id, active=True).first()
    if source is not None:
        collecting.visit(source)
        _follow_if_any(source_id)
        if source.options.get("websub") and not Subscription.objects.filter(source=source).exists():
            subscribe_source.enqueue_once(key=f"source:{source_id}", source_id=source_id)


@task(lane="collect", attempts=5)
def sweep_sources(source_ids: list[int], lined_up_at: str) -> None:
    """Visit many sources; those that were visited since they were lined up are left out, as after a crash."""
    since = datetime.fromisoformat(lined_up_at)
    sources = Source.objects.select_related("organisation").filter(pk__in=source_ids, active=True)
    waiting = [source for source in sources if source.visited_at is None or source.visited_at < since]
    done: list[int] = []

    def told(row: object) -> None:
        done.append(1)
        report_progress(len(done), len(waiting))

    sweeping.sweep(waiting, told=told)
    for source_id in _with_pages(source_ids):
        follow_pages.enqueue_once(key=f"source:{source_id}", source_id=source_id)


@task(lane="collect", attempts=5)
def follow_pages(source_id: int) -> None:
    """Fetch the pages that a source has named; goes on by itself while some are ready."""
    pages = frontier.claim([source_id], PAGES_AT_ONCE)
    sweeping.follow(pages)
    if pages:
        _follow_if_any(source_id)


@task(lane="collect", attempts=2)
def visit_links(manuscript_id: str) -> None:
    """Ask the links of a manuscript's newest draft whether they answer."""
    manuscript = Manuscript.objects.filter(pk=manuscript_id).first()
    if manuscript is not None:
        linking.visit(manuscript.get_latest_revision_as_object())


@periodic(every=timedelta(minutes=1))
@task(lane="default")
def visit_due_sources() -> None:
    """Line up every source whose time has come, and every page that may be tried again."""
    now = timezone.now()
    with transaction.atomic():  # so that two of these at once do not line up the same
        sources = collecting.due(now, for_update=True)
        for part in sweeping.parted(sources, AT_ONCE):
            single = [source.pk for source in part if sweeping.is_single(source)]
            if single:
                sweep_sources.enqueue(source_ids=single, lined_up_at=now.isoformat())
            for source in part:
                if source.pk not in single:  # a map or a mailbox may take minutes: a job of its own
                    visit_source.enqueue_once(key=f"source:{source.pk}", source_id=source.pk)
        collecting.line_up(sources, now)
    ready = frontier.waiting(now).order_by().values_list("source", flat=True).distinct()
    for source_id in ready:
        follow_pages.enqueue_once(key=f"source:{source_id}", source_id=source_id)


@task(lane="collect", attempts=3)
def subscribe_source(source_id: int) -> None:
    """Subscribe at the hub of a source, once a visit has shown which one that is."""
    source = Source.objects.filter(pk=source_id, active=True, options__websub=True).first()
    if source is not None and source.last_good_at is not None:
        with suppress(websub.NoHub):
            websub.subscribe(source)


@periodic(every=timedelta(minutes=30))
@task(lane="collect")
def renew_subscriptions() -> None:
    """Ask hubs again before they forget, and for what they never confirmed."""
    websub.renew_due(timezone.now())


def _follow_if_any(source_id: int) -> None:
    if _with_pages([source_id]):
        follow_pages.enqueue_once(key=f"source:{source_id}", source_id=source_id)


def _with_pages(source_ids: list[int]) -> list[int]:
    waiting = frontier.waiting(timezone.now()).filter(source__in=source_ids)
    return list(waiting.order_by().values_list("source", flat=True).distinct())


@task(lane="heavy", memory_mb=800, time_limit=timedelta(minutes=5), title=_("bring lead pictures"))
def bring_lead_pictures() -> None:
    """Bring and make small what waits, for two minutes: other heavy work has its turn in between."""
    leads.bring_pending(seconds=120)


@periodic(every=timedelta(minutes=1))
@task(lane="default")
def look_for_lead_pictures() -> None:
    """Take up again what was left over or cut short."""
    if Item.objects.filter(lead_pending=True).exists():
        leads.line_up()


def _something_arrived() -> bool:
    return Item.objects.filter(pending=True).exists()


@service("arrivals", wanted=_something_arrived)
def look_into_arrivals(stop: threading.Event) -> None:
    """Key terms, names, quality and families of what arrived; where another process does it, stand by."""
    from haihe.newsroom.domain.arrivals import ArrivalsRun, run_arrivals

    os.nice(19)  # what arrives is searchable first
    while not stop.is_set() and _something_arrived():
        try:
            run_arrivals(stop)
        except ArrivalsRun:
            stop.wait(STAND_BY)
        close_old_connections()
