"""Collecting: what a source has now, from its bytes to the items, with everything that came kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from haihe.base.errors import HaiheError
from haihe.base.outbound import Validators
from haihe.newsroom.domain import health, receiving
from haihe.newsroom.domain.health import Outcome
from haihe.newsroom.domain.readers import Feed, FeedUnreadable
from haihe.newsroom.domain.receiving import Arrival
from haihe.newsroom.domain.sealing import unseal
from haihe.newsroom.domain.transports import Delivery, Errand, Transport, transports
from haihe.newsroom.domain.transports.upload import handed_in
from haihe.newsroom.models import Fetch, Source

if TYPE_CHECKING:
    from haihe.city.models import Person

logger = logging.getLogger(__name__)

NOTHING_KNOWN = Validators()
_AT_ONCE = 500
_LOOKED_AT = 5  # deliveries of a visit that a preview looks at


@dataclass(frozen=True)
class Preview:
    """What an address would bring, looked at and not kept."""

    feed: Feed
    address: str
    downgraded: bool


def preview(address: str, *, transport: str = "address", reader: str = "auto", **options: object) -> Preview:
    """Fetch and read an address without keeping anything. Raises OutboundError, FeedUnreadable, WebPage."""
    way, errand = way_of(transport), Errand(address, reader=reader, options=options)
    shown: Preview | None = None
    for count, delivery in enumerate(way.bring(errand), 1):
        if delivery.document is not None:
            fetched = delivery.fetched
            shown = Preview(
                feed=delivery.feed or way.read(delivery.document, errand),
                address=fetched.final_url if fetched else address,
                downgraded=bool(fetched and fetched.downgraded),
            )
            if shown.feed.format != "sitemap index":  # what it leads to says more than the index itself
                return shown
        if count == _LOOKED_AT:
            break
    if shown is None:
        raise FeedUnreadable("The host sent nothing.", thing=address)
    return shown


def way_of(transport: str) -> Transport:
    """The transport of this name. Raises FeedUnreadable."""
    way = transports().get(transport)
    if way is None:
        raise FeedUnreadable(f"There is no transport {transport!r}.")
    return way


def errand_for(source: Source) -> Errand:
    """What a visit of this source is asked to do. Raises SecretUnreadable."""
    return Errand(
        address=source.address,
        validators=health.validators_of(source),
        options=source.options,
        memory=source.memory,
        secret=unseal(source.sealed),
        reader=source.reader,
    )


def visit(source: Source, *, told: Callable[[Fetch], object] | None = None) -> Fetch:
    """Bring, keep and take in what a source has now; every outcome is a row of the ledger.

    told      called with each row as it is written
    returns   the row that says how it went: the first that failed, else the last

    Errors of the source are recorded on it (`Source.problem`) with a longer pause, and not raised: other sources
    go on. What came is a Master before any of it becomes an item. Run twice it makes nothing twice.
    """
    outcome = Outcome(source, timezone.now())
    try:
        for delivery in way_of(source.transport).bring(errand_for(source)):
            for row in _received(outcome, delivery):
                if told:
                    told(row)
    except HaiheError as error:
        outcome.failed(error)
    except Exception as error:
        # A host that breaks a transport has found a defect of ours; the other sources go on.
        logger.exception("visiting source %s failed", source.pk)
        outcome.failed(FeedUnreadable(f"Collecting it failed: {type(error).__name__}.", thing=source.name))
    health.settle([outcome])
    return outcome.row


def take_upload(source: Source, data: bytes, *, filename: str, by: Person | None) -> Fetch:
    """Take in one file handed in by staff; the same path as a visit. Of a zip archive's rows, the telling one."""
    return take_files(source, data, filename=filename, by=by)[-1]


def take_files(source: Source, data: bytes, *, filename: str, by: Person | None) -> list[Fetch]:
    """Take in a file, or every file of a zip archive; returns their rows, the one that says how it went last."""
    outcome = Outcome(source, timezone.now())
    for delivery in handed_in(data, filename):
        _received(outcome, delivery, by)
    health.settle([outcome])
    return [*(row for row in outcome.rows if row != outcome.row), outcome.row]


def take_delivery(source: Source, delivery: Delivery) -> Fetch:
    """Take in what was handed over by a program or a hub; the same path as a visit."""
    outcome = Outcome(source, timezone.now())
    _received(outcome, delivery)
    health.settle([outcome])
    return outcome.row


def due(at: datetime, *, for_update: bool = False) -> list[Source]:
    """Sources to visit now, the longest waiting first; with `for_update`, held until the transaction ends.

    One that was asked "later than now" is due as well: the clock was set back, and its next visit may lie a day off.
    """
    visited = [name for name, way in transports().items() if way.visited]
    waiting = Source.objects.filter(active=True, transport__in=visited).select_related("organisation")
    now = Q(next_visit_at=None) | Q(next_visit_at__lte=at) | Q(visited_at__gt=at)
    found = waiting.filter(now).order_by("next_visit_at", "pk")
    return list(found.select_for_update(of=("self",)) if for_update else found)


def line_up(sources: Sequence[Source], at: datetime) -> None:
    """Note that these will be visited: not due again while they wait or run; the visit itself sets the true time."""
    for minutes in {source.every_minutes for source in sources}:
        numbers = [source.pk for source in sources if source.every_minutes == minutes]
        for start in range(0, len(numbers), _AT_ONCE):
            lined_up = Source.objects.filter(pk__in=numbers[start : start + _AT_ONCE])
            # What was visited "later than now" was so by a clock that was set back since.
            lined_up.filter(visited_at__gt=at).update(visited_at=None)
            lined_up.update(next_visit_at=at + timedelta(minutes=minutes))


def _received(outcome: Outcome, delivery: Delivery, by: Person | None = None) -> Sequence[Fetch]:
    arrival = Arrival(outcome.source, delivery, timezone.now(), by=by)
    if not outcome.rows:
        arrival.asked_at = outcome.asked_at
    rows = receiving.receive([arrival])
    outcome.came(arrival, rows)
    return rows
