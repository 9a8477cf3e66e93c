"""Collecting: one visit to one source, from the address to the items, with everything that came kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from haihe.archive import deposit, deposit_collected
from haihe.base.errors import HaiheError
from haihe.base.outbound import HostBusy, Validators, public_url
from haihe.newsroom.domain.intake import Taken, prepared, take
from haihe.newsroom.domain.readers import Document, Feed, FeedUnreadable, ListOfAddresses, read
from haihe.newsroom.domain.transports import Delivery, transports
from haihe.newsroom.domain.transports.upload import handed_in
from haihe.newsroom.models import Fetch, Item, Source

if TYPE_CHECKING:
    from haihe.archive.models import Master
    from haihe.city.models import Person

logger = logging.getLogger(__name__)

_LONGEST_PAUSE = timedelta(days=1)
_QUIET_FACTORS = (1, 1, 1, 2, 2, 4)  # after so many visits without anything new


@dataclass(frozen=True)
class Preview:
    """What an address would bring, looked at and not kept."""

    feed: Feed
    address: str
    downgraded: bool


def preview(address: str, *, transport: str = "address", reader: str = "auto") -> Preview:
    """Fetch and read an address without keeping anything. Raises OutboundError, FeedUnreadable, WebPage."""
    delivery = transports()[transport].bring(address, Validators())
    if delivery.document is None:
        raise FeedUnreadable("The host sent nothing.", thing=address)
    fetched = delivery.fetched
    return Preview(
        feed=read(delivery.document, using=reader),
        address=fetched.final_url if fetched else address,
        downgraded=bool(fetched and fetched.downgraded),
    )


def visit(source: Source) -> Fetch:
    """Bring, keep and take in what a source has now; every outcome is a row of the ledger.

    Errors of the source are recorded on it (`Source.problem`) with a longer pause, and not raised: other sources
    go on. What came is a Master before any of it becomes an item. Run twice it makes nothing twice.
    """
    asked_at = timezone.now()
    try:
        way = transports().get(source.transport)
        if way is None:
            raise FeedUnreadable(f"There is no transport {source.transport!r}.", thing=source.name)
        delivery = way.bring(source.address, Validators(source.etag, source.last_modified))
    except HaiheError as error:
        return _failed(source, error, asked_at)
    return _receive(source, delivery, asked_at)


def take_upload(source: Source, data: bytes, *, filename: str, by: Person | None) -> Fetch:
    """Take in one file handed in by staff; the same path as a visit."""
    return _receive(source, handed_in(data, filename), timezone.now(), by=by)


def due(at: datetime) -> list[Source]:
    """Sources to visit now, the longest waiting first."""
    visited = [name for name, way in transports().items() if way.visited]
    waiting = Source.objects.filter(active=True, transport__in=visited)
    return list(waiting.filter(Q(next_visit_at=None) | Q(next_visit_at__lte=at)).order_by("next_visit_at"))


def _receive(source: Source, delivery: Delivery, asked_at: datetime, by: Person | None = None) -> Fetch:
    fetched = delivery.fetched
    row = Fetch(source=source, asked_at=asked_at, status=fetched.status if fetched else 0)
    if delivery.document is None:
        return _settle(source, row, None)
    try:
        row.master = _keep(source, delivery, by)
        feed, items = _understood(source, row.master, delivery.document, asked_at)
    except HaiheError as error:
        return _failed(source, error, asked_at, row)
    with transaction.atomic():
        taken = take(source, items)
        row.entries, row.new_items, row.changed_items = len(feed.entries), len(taken.new), len(taken.changed)
        row.notes = [*feed.problems, *_journey(delivery)]
        _name_by_itself(source, feed)
        return _settle(source, row, taken, delivery)


def _name_by_itself(source: Source, feed: Feed) -> None:
    """A source that nobody named is called by its address until its feed says what it is called."""
    title = " ".join(feed.title.split())[:200]
    if title and source.address and source.name == public_url(source.address)[:200]:
        Source.objects.filter(pk=source.pk, name=source.name).update(name=title)
        source.name = title


def _understood(source: Source, master: Master, document: Document, asked_at: datetime) -> tuple[Feed, list[Item]]:
    try:
        feed = read(document, using=source.reader)
        if feed.holds == "addresses":
            raise ListOfAddresses(thing=master.pk)
        return feed, prepared(source, master, feed, arrived_at=asked_at)
    except HaiheError:
        raise
    except Exception as error:
        # A feed that breaks a reader is a defect of ours; its bytes are kept and the other sources go on.
        logger.exception("reading source %s failed", source.pk)
        raise FeedUnreadable(f"Reading it failed: {type(error).__name__}.", thing=master.pk) from error


def _keep(source: Source, delivery: Delivery, by: Person | None) -> Master:
    if delivery.fetched is not None:
        return deposit_collected(
            delivery.fetched, organisation=source.organisation, source_kind="feed", rights=source.rights
        )
    assert delivery.document is not None
    return deposit(
        delivery.document.data,
        organisation=source.organisation,
        source_kind="upload",
        filename=delivery.filename,
        rights=source.rights,
        by=by,
    )


def _journey(delivery: Delivery) -> list[str]:
    fetched = delivery.fetched
    if fetched is None:
        return []
    notes = ["redirected from https to http"] if fetched.downgraded else []
    if fetched.hops and all(hop.status in (301, 308) for hop in fetched.hops):
        notes.append(f"moved for good to {fetched.final_url}")
    return notes


@transaction.atomic
def _settle(source: Source, row: Fetch, taken: Taken | None, delivery: Delivery | None = None) -> Fetch:
    now = timezone.now()
    row.took_ms = _milliseconds(now - row.asked_at)
    row.save()
    brought = bool(taken and (taken.new or taken.changed))
    source.quiet = 0 if brought else source.quiet + 1
    source.failures, source.problem, source.problem_code = 0, "", ""
    source.last_good_at = now
    if delivery and delivery.fetched:
        validators = delivery.fetched.validators
        source.etag, source.last_modified = validators.etag[:500], validators.last_modified[:200]
    factor = _QUIET_FACTORS[min(source.quiet, len(_QUIET_FACTORS) - 1)]
    source.next_visit_at = now + min(_LONGEST_PAUSE, timedelta(minutes=source.every_minutes * factor))
    source.save(
        update_fields=[
            "quiet", "failures", "problem", "problem_code", "last_good_at", "etag", "last_modified", "next_visit_at",
        ]
    )  # fmt: skip
    return row


@transaction.atomic
def _failed(source: Source, error: HaiheError, asked_at: datetime, row: Fetch | None = None) -> Fetch:
    now = timezone.now()
    row = row or Fetch(source=source, asked_at=asked_at, status=getattr(error, "status", 0))
    row.took_ms = _milliseconds(now - asked_at)
    row.problem, row.problem_code = error.message, type(error).__name__
    row.save()
    source.problem, source.problem_code = row.problem, row.problem_code
    pause = timedelta(minutes=source.every_minutes)
    if isinstance(error, HostBusy):
        pause = max(pause, timedelta(seconds=error.retry_after))
    else:
        source.failures += 1
        pause *= 2 ** min(source.failures, 10)
    source.next_visit_at = now + min(_LONGEST_PAUSE, pause)
    source.save(update_fields=["problem", "problem_code", "failures", "next_visit_at"])
    return row


def _milliseconds(duration: timedelta) -> int:
    return max(0, int(duration.total_seconds() * 1000))
