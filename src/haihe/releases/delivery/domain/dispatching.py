"""Sending what is due: many at a time, each outlet with its own share, so that one that hangs holds up no other."""

from __future__ import annotations

import logging
import queue
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from django.utils import timezone

from haihe.base.errors import HaiheError
from haihe.base.outbound import OutboundError
from haihe.base.tasks.domain.patience import patiently
from haihe.releases.delivery.domain.alone import alone
from haihe.releases.delivery.domain.claiming import claim, outlets_with_work, recover
from haihe.releases.delivery.domain.owing import row as owed_row
from haihe.releases.delivery.domain.packing import Packer
from haihe.releases.delivery.domain.settling import Outcome, settle
from haihe.releases.delivery.errors import NotNow
from haihe.releases.delivery.models import Delivery
from haihe.releases.delivery.protocols import Account, Channel, Parcel, Receipt, Way, channels

logger = logging.getLogger("haihe.delivery")
WIDTH = 48  # tries at once
POLL = 0.05  # seconds between looks for new rows while some are under way
BATCH = 200  # results written in one transaction


@dataclass
class Tally:
    sent: int = 0
    failed: int = 0


@dataclass
class Dispatcher:
    """One round of sending; `run` ends when nothing is due, or time is up."""

    seconds: float
    tally: Tally = field(default_factory=Tally)

    def run(self, wait: float = 5.0) -> Tally:
        """wait   seconds to stand in line for another dispatcher"""
        with alone(wait) as held:
            if held:
                recover()
                self._rounds()
        return self.tally

    def _rounds(self) -> None:
        self._done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._flying: Counter[int] = Counter()
        self._packer = Packer()
        end = time.monotonic() + self.seconds
        with ThreadPoolExecutor(WIDTH, thread_name_prefix="haihe-deliver") as pool:
            while True:
                claimed = self._send_more(pool) if time.monotonic() < end else 0
                outcomes = self._landed(wait=not claimed)
                if outcomes:
                    self._write(outcomes)
                elif not claimed and not self._flying.total():
                    return

    def _send_more(self, pool: ThreadPoolExecutor) -> int:
        room = WIDTH - self._flying.total()  # whatever is claimed has a thread, so that a kill puts little in doubt
        if room < WIDTH // 4:
            return 0
        free: dict[int, int] = {}
        for outlet in outlets_with_work(timezone.now()):
            channel = channels().get(outlet.channel)
            share = min(room, (channel.at_once if channel else 1) - self._flying[outlet.pk])
            if share > 0:
                free[outlet.pk] = share
                room -= share
        rows = patiently(partial(claim, free)) if free else []
        for row in rows:
            self._begin(row, pool)
        return len(rows)

    def _begin(self, row: Delivery, pool: ThreadPoolExecutor) -> None:
        self._flying[row.outlet_id] += 1
        try:
            channel, held, parcel = self._packer.pack(row)
            if not row.recipient and (names := channel.recipients(row.outlet_id, parcel)) is not None:
                self._done.put(_divided(row, parcel, names))
                return
        except Exception as error:
            self._done.put(Outcome(row, error=error))
            return
        pool.submit(self._fly, row, channel, held, parcel)

    def _fly(self, row: Delivery, channel: Channel, held: Account, parcel: Parcel) -> None:
        began = time.monotonic()

        def ended(**found: object) -> Outcome:
            return Outcome(row, parcel.way, milliseconds=int((time.monotonic() - began) * 1000), **found)  # type: ignore[arg-type]

        try:
            receipt = channel.deliver(parcel, held)
        except Exception as error:
            self._done.put(ended(error=error, receiver=isinstance(error, OutboundError | NotNow | OSError)))
        else:
            self._done.put(ended(receipt=receipt))

    def _landed(self, *, wait: bool) -> list[Outcome]:
        found: list[Outcome] = []
        try:
            if wait and self._flying.total():
                found.append(self._done.get(timeout=POLL))
            while len(found) < BATCH:
                found.append(self._done.get_nowait())
        except queue.Empty:
            pass
        return found

    def _write(self, outcomes: list[Outcome]) -> None:
        patiently(partial(settle, outcomes))
        for outcome in outcomes:
            self._flying[outcome.row.outlet_id] -= 1
            if outcome.error is None:
                self.tally.sent += 1
                continue
            self.tally.failed += 1
            if not isinstance(outcome.error, HaiheError):
                logger.error("delivery %s broke", outcome.row.pk, exc_info=outcome.error)


def _divided(row: Delivery, parcel: Parcel, names: object) -> Outcome:
    """Rows for each recipient; the row itself then says to how many."""
    before = Delivery.objects.filter(
        outlet=row.outlet_id, publication=row.publication_id, version__lt=row.version, state=Delivery.State.SENT
    ).exclude(recipient="")
    had = set(before.values_list("recipient", flat=True))
    told = had if parcel.way in (Way.DELETE, Way.NOTE) else {*had, *names}  # type: ignore[misc]
    now = timezone.now()
    rows = [owed_row(row.outlet_id, row.release, row.publication, now, name) for name in sorted(told)]
    with transaction.atomic():
        Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return Outcome(row, parcel.way, receipt=Receipt(answer=f"→ {len(rows)}"), expanded=len(rows))


def deliver_pending(seconds: float = 600.0, progress: Callable[[Tally], None] | None = None) -> Tally:
    """Send what is due, in this process, until nothing is; for tests and `haihe channels --once`."""
    return Dispatcher(seconds).run()
