"""The health of sources: how a visit went, and when the next one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from haihe.base.errors import HaiheError
from haihe.base.outbound import HostBusy, Validators, public_url
from haihe.newsroom.domain.receiving import Arrival
from haihe.newsroom.models import Fetch, Source

LONGEST_PAUSE = timedelta(days=1)
_QUIET_FACTORS = (1, 1, 1, 2, 2, 4)  # after so many visits without anything new
_BESIDE_A_HUB = 8  # a source whose hub tells what is new is looked at less often
_WRITTEN = (
    "quiet", "failures", "problem", "problem_code", "last_good_at", "etag", "last_modified", "next_visit_at",
    "visited_at",
)  # fmt: skip


@dataclass
class Outcome:
    """One visit: what came, and what went wrong."""

    source: Source
    asked_at: datetime
    rows: list[Fetch] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    error: HaiheError | None = None
    _telling: Fetch | None = None

    def came(self, arrival: Arrival, rows: Sequence[Fetch]) -> None:
        self.rows += rows
        # What was read is done with; a visit may bring thousands of documents.
        arrival.items, arrival.pages = [], []
        self.arrivals = [*self.arrivals[:1], arrival]

    def failed(self, error: HaiheError) -> None:
        self.error = error

    @property
    def row(self) -> Fetch:
        """The row that says how it went, once settled."""
        assert self._telling is not None
        return self._telling

    @property
    def brought(self) -> bool:
        return any(row.new_items or row.changed_items or row.new_pages for row in self.rows)


def validators_of(source: Source) -> Validators:
    return Validators(source.etag, source.last_modified)


@transaction.atomic
def settle(outcomes: Sequence[Outcome]) -> None:
    """Write how visits went on their sources, with the time of the next one."""
    missing = []
    for outcome in outcomes:
        if outcome.error is not None or not outcome.rows:
            missing.append(_row_of(outcome))
            outcome.rows.append(missing[-1])
    Fetch.objects.bulk_create(missing)
    for outcome in outcomes:
        troubled = [row for row in outcome.rows if row.problem_code]
        outcome._telling = troubled[0] if troubled else outcome.rows[-1]
        if outcome.error is not None or len(troubled) == len(outcome.rows):
            _went_badly(outcome)
        else:
            _went_well(outcome, troubled)
        source = outcome.source
        # Of an address that staff changed meanwhile this visit says nothing.
        current = Source.objects.filter(pk=source.pk, address=source.address)
        current.update(**{name: getattr(source, name) for name in _WRITTEN})


def _row_of(outcome: Outcome) -> Fetch:
    source, error = outcome.source, outcome.error
    row = Fetch(source=source, asked_at=outcome.asked_at, address=source.shown_address[:2000])
    row.took_ms = max(0, int((timezone.now() - outcome.asked_at).total_seconds() * 1000))
    if error is not None:
        row.status = getattr(error, "status", 0)
        row.problem, row.problem_code = error.message, type(error).__name__
    return row


def _went_well(outcome: Outcome, troubled: Sequence[Fetch]) -> None:
    source, now = outcome.source, timezone.now()
    source.visited_at = source.last_good_at = now
    source.quiet = 0 if outcome.brought else source.quiet + 1
    source.failures, source.problem, source.problem_code = 0, "", ""
    if troubled:
        said = f"{len(troubled)} of {len(outcome.rows)} could not be taken in; {troubled[0].address}: "
        source.problem, source.problem_code = said + troubled[0].problem, troubled[0].problem_code
    for arrival in outcome.arrivals[:1]:
        fetched = arrival.delivery.fetched
        if fetched is not None and fetched.status != 304:
            source.etag, source.last_modified = (
                fetched.validators.etag[:500],
                fetched.validators.last_modified[:200],
            )
        _name_by_itself(source, arrival)
    factor = _QUIET_FACTORS[min(source.quiet, len(_QUIET_FACTORS) - 1)]
    factor *= _BESIDE_A_HUB if source.options.get("hub_tells") else 1
    source.next_visit_at = now + min(LONGEST_PAUSE, timedelta(minutes=source.every_minutes * factor))


def _went_badly(outcome: Outcome) -> None:
    source, now = outcome.source, timezone.now()
    error = outcome.error or next((one.error for one in outcome.arrivals if one.error), None)
    source.visited_at = now
    source.problem, source.problem_code = outcome.row.problem, outcome.row.problem_code
    pause = timedelta(minutes=source.every_minutes)
    if isinstance(error, HostBusy) and error.retry_after > 0:
        pause = max(pause, timedelta(seconds=error.retry_after))
    else:
        source.failures += 1
        pause *= 2 ** min(source.failures, 10)
    source.next_visit_at = now + min(LONGEST_PAUSE, pause)


def _name_by_itself(source: Source, arrival: Arrival) -> None:
    """A source that nobody named is called by its address until its feed says what it is called."""
    title = " ".join(arrival.feed.title.split())[:200] if arrival.feed else ""
    if title and source.address and source.name == public_url(source.address)[:200]:
        Source.objects.filter(pk=source.pk, name=source.name).update(name=title)
        source.name = title
