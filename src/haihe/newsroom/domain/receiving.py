"""Receiving: deliveries become Masters, then items and rows of the ledger; many at once, so that disk and database
are synced once for all of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.utils import timezone

from haihe.archive import Collected, deposit, deposit_all_collected
from haihe.base.errors import HaiheError
from haihe.base.outbound import public_url
from haihe.newsroom.domain import frontier
from haihe.newsroom.domain.intake import Taken, prepared, take
from haihe.newsroom.domain.readers import Feed, FeedUnreadable, ListOfAddresses
from haihe.newsroom.domain.transports import Delivery, Errand, transports
from haihe.newsroom.models import Fetch, Item, LinkedPage, Source

if TYPE_CHECKING:
    from haihe.city.models import Person

logger = logging.getLogger(__name__)

_KINDS = {"file": "upload", "mail": "mail", "push": "push", "hub": "push"}  # of a fetch → of its Master


@dataclass
class Arrival:
    """One delivery on its way in.

    page     the linked page that was asked for, where it was one
    only     of a document that is read again: take in nothing but the entry that names this page
    feed, items, pages   what was read: its entries as unsaved items, and the pages it names
    error    why nothing of it was taken in
    """

    source: Source
    delivery: Delivery
    asked_at: datetime
    by: Person | None = None
    page: LinkedPage | None = None
    only: LinkedPage | None = None
    row: Fetch | None = None
    feed: Feed | None = None
    items: list[Item] = field(default_factory=list)
    pages: list[LinkedPage] = field(default_factory=list)
    taken: Taken | None = None
    error: HaiheError | None = None
    notes: list[str] = field(default_factory=list)


def receive(arrivals: Sequence[Arrival], *, then: Callable[[], None] | None = None) -> list[Fetch]:
    """Keep, read and take in; returns the rows of the ledger that this made, saved.

    then   called in the transaction that takes them in, after it

    Everything is kept before anything is read, and all of one delivery is taken in or nothing. What only says what a
    transport is to remember makes no row.
    """
    for arrival in arrivals:
        arrival.row = _row(arrival)
        arrival.error = arrival.delivery.refused
    _keep([one for one in arrivals if one.delivery.document is not None and one.error is None])
    for arrival in arrivals:
        if arrival.row is not None and arrival.row.master is not None and arrival.error is None:
            _understand(arrival)
    try:
        with transaction.atomic():
            _write(arrivals)
            if then:
                then()
    except DatabaseError:
        if len(arrivals) == 1:
            raise
        for arrival in arrivals:  # one of them; which, is found one by one
            arrival.taken = None
            with transaction.atomic():
                _write([arrival])
        if then:
            then()
    return [arrival.row for arrival in arrivals if arrival.row is not None]


def read_again(
    source: Source,
    fetch: Fetch,
    delivery: Delivery,
    *,
    newer: Callable[[list[str]], set[str]],
    page: LinkedPage | None = None,
    only: LinkedPage | None = None,
) -> Fetch:
    """Take in once more what an earlier fetch brought, from its Master; returns the new row of the ledger.

    newer   says which of some entries' ids have something newer than this fetch: those are left as they are
    page    the linked page that the fetch was for
    only    take in nothing but the entry that names this page, as it is
    """
    row = Fetch(source=source, kind=Fetch.Kind.REPLAY, address=fetch.address, replay_of=fetch, asked_at=timezone.now())
    row.status, row.master = fetch.status, fetch.master
    arrival = Arrival(source, delivery, row.asked_at, page=page, only=only, row=row)
    _understand(arrival)
    known = newer([item.entry_id for item in arrival.items])
    arrival.items = [item for item in arrival.items if item.entry_id not in known]
    if known:
        arrival.notes.append(f"{len(known)} entries have something newer and stay as they are")
    with transaction.atomic():
        _write([arrival])
    return row


def _row(arrival: Arrival) -> Fetch | None:
    delivery, fetched = arrival.delivery, arrival.delivery.fetched
    if delivery.document is None and fetched is None and delivery.refused is None and not delivery.notes:
        return None
    asked = delivery.filename or (public_url(delivery.address) if delivery.address else arrival.source.shown_address)
    row = Fetch(source=arrival.source, kind=delivery.kind, asked_at=arrival.asked_at, address=asked[:2000])
    row.status = fetched.status if fetched else getattr(delivery.refused, "status", 0)
    return row


def _keep(arrivals: Sequence[Arrival]) -> None:
    collected = [one for one in arrivals if one.delivery.fetched is not None]
    try:
        masters = deposit_all_collected(
            [
                Collected(
                    one.delivery.fetched,  # type: ignore[arg-type]  # chosen above
                    one.source.organisation_id,
                    "page" if one.page else "feed",
                    one.source.rights,
                )
                for one in collected
            ]
        ) if collected else []  # fmt: skip
    except HaiheError as error:
        for one in collected:
            one.error = error
        masters = []
    for one, master in zip(collected, masters, strict=False):
        one.row.master = master  # type: ignore[union-attr]  # it has a document, so it has a row
    for one in arrivals:
        if one.delivery.fetched is None and one.row is not None:
            _keep_file(one, one.row)


def _keep_file(arrival: Arrival, row: Fetch) -> None:
    delivery = arrival.delivery
    assert delivery.document is not None
    try:
        row.master = deposit(
            delivery.document.data,
            organisation=arrival.source.organisation,
            source_kind=_KINDS.get(delivery.kind, "upload"),
            source_uri=public_url(delivery.document.address) if delivery.document.address else "",
            media_type=delivery.document.media_type,
            filename=delivery.filename,
            rights=arrival.source.rights,
            by=arrival.by,
        )
    except HaiheError as error:
        arrival.error = error


def _understand(arrival: Arrival) -> None:
    """Read, and prepare what is to be written: the slow part, before any transaction is open."""
    source, delivery, row = arrival.source, arrival.delivery, arrival.row
    assert row is not None
    assert row.master is not None
    assert delivery.document is not None
    try:
        errand = Errand(source.address, options=source.options, reader=source.reader)
        if arrival.page is not None:
            feed = frontier.article(arrival.page, delivery.document)
        else:
            feed = delivery.feed or transports()[source.transport].read(delivery.document, errand)
        if arrival.only is not None:
            feed = frontier.entry_of(arrival.only, feed)
        elif arrival.page is None:
            feed, arrival.pages, notes = frontier.split(source, feed, arrival.asked_at)
            arrival.notes += notes
        if feed.holds == "addresses" and source.transport not in ("sitemap", "page"):
            raise ListOfAddresses(thing=row.master.pk)
        arrival.feed = feed
        entries = feed.holds == "entries"
        arrival.items = prepared(source, row.master, feed, arrived_at=arrival.asked_at) if entries else []
    except HaiheError as error:
        arrival.error = error
    except Exception as error:
        # A document that breaks a reader is a defect of ours; its bytes are kept and the other sources go on.
        logger.exception("reading source %s failed", source.pk)
        arrival.error = FeedUnreadable(f"Reading it failed: {type(error).__name__}.", thing=row.master.pk)
        arrival.error.__cause__ = error


def _write(arrivals: Sequence[Arrival]) -> None:
    for arrival in arrivals:
        row = arrival.row
        if row is not None and arrival.error is None and arrival.feed is not None:
            arrival.taken = take(arrival.source, arrival.items) if arrival.items else Taken()
            row.entries = len(arrival.items) + len(arrival.pages)
            row.new_items, row.changed_items = len(arrival.taken.new), len(arrival.taken.changed)
        if row is not None:
            _fill(row, arrival)
    Fetch.objects.bulk_create([arrival.row for arrival in arrivals if arrival.row is not None])
    for arrival in arrivals:
        if arrival.pages and arrival.row is not None and arrival.error is None:
            arrival.row.new_pages = frontier.note(
                arrival.source, arrival.pages, arrival.row, only_new=arrival.row.kind == Fetch.Kind.REPLAY
            )
            Fetch.objects.filter(pk=arrival.row.pk).update(new_pages=arrival.row.new_pages)
        if arrival.delivery.memory is not None:
            arrival.source.memory = dict(arrival.delivery.memory)
            Source.objects.filter(pk=arrival.source.pk).update(memory=arrival.source.memory)


def _fill(row: Fetch, arrival: Arrival) -> None:
    now = timezone.now()
    row.took_ms = max(0, int((now - (row.asked_at or now)).total_seconds() * 1000))
    row.notes = [*(arrival.feed.problems if arrival.feed else ()), *arrival.notes, *arrival.delivery.notes]
    row.notes += _journey(arrival.delivery)
    if arrival.error is not None:
        row.problem, row.problem_code = arrival.error.message, type(arrival.error).__name__


def _journey(delivery: Delivery) -> list[str]:
    fetched = delivery.fetched
    if fetched is None:
        return []
    notes = ["redirected from https to http"] if fetched.downgraded else []
    if fetched.hops and all(hop.status in (301, 308) for hop in fetched.hops):
        notes.append(f"moved for good to {fetched.final_url}")
    return notes
