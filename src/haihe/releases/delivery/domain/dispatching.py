"""Sending what is due: many at a time, each outlet with its own share, so that one that hangs holds up no other."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter, defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from haihe.base.errors import HaiheError
from haihe.base.outbound import OutboundError
from haihe.base.tasks.domain.patience import patiently
from haihe.base.tasks.wake import Bell
from haihe.releases.delivery.domain.alone import alone
from haihe.releases.delivery.domain.claiming import Lines, claim, is_work, outlets_with_work, recover, unclaim
from haihe.releases.delivery.domain.owing import row as owed_row
from haihe.releases.delivery.domain.packing import Packer
from haihe.releases.delivery.domain.settling import Outcome, settle
from haihe.releases.delivery.errors import NotNow
from haihe.releases.delivery.models import Delivery, Outlet, sooner
from haihe.releases.delivery.protocols import GATHERED, Account, Channel, Once, Parcel, Receipt, Way, channels

logger = logging.getLogger("haihe.delivery")
WIDTH = 48  # tries at once
CLAIMED = 240  # tries at once and those that wait for their turn: whoever is free has the next one at hand
AHEAD = 3  # times as many of an outlet are taken as may go there at once
WORTH = 20  # rows for which a claim is worth its transaction while every thread has work
POLL = 0.05  # seconds between looks for new rows while some are under way
GATHER = 0.01  # seconds in which results come together, to be written in one transaction
LOOK = 0.2  # seconds for which it is known which outlets have work
BATCH = 200  # results written in one transaction
ROUND = 200.0  # seconds of sending, after which the lock is let go once: a person at the command line has a turn
LINGER = 600.0  # seconds without work after which the process gives its memory back

Work = tuple[Delivery, Channel, Account, Parcel]


@dataclass
class Tally:
    sent: int = 0
    failed: int = 0


@dataclass
class Dispatcher:
    """One round of sending; `run` ends when nothing is due, or time is up, or it is told to stop."""

    seconds: float
    stop: threading.Event = field(default_factory=threading.Event)
    tally: Tally = field(default_factory=Tally)

    def run(self, wait: float = 5.0) -> Tally:
        """wait   seconds to stand in line for another dispatcher"""
        with alone(wait) as held:
            if held:
                recover()
                self._rounds()
        return self.tally

    def _rounds(self) -> None:
        self._work: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._flying: Counter[int] = Counter()  # taken and not written, by outlet
        self._active: Counter[int] = Counter()  # of these with a thread, or next in line for one
        self._waiting: defaultdict[int, deque[Work]] = defaultdict(deque)
        self._turns = threading.Lock()  # of the two above
        self._packer, self._lines = Packer(), Lines()
        self._outlets: dict[int, Outlet] = {}
        self._looked = 0.0
        end = time.monotonic() + self.seconds
        with ThreadPoolExecutor(WIDTH, thread_name_prefix="haihe-deliver") as pool:
            for _ in range(WIDTH):
                pool.submit(self._serve)
            try:
                while True:
                    goes_on = time.monotonic() < end and not self.stop.is_set()
                    claimed = self._send_more() if goes_on else self._give_back(set())
                    outcomes = self._landed(wait=not claimed)
                    if outcomes:
                        self._write(outcomes)
                    elif not claimed and not self._flying.total():
                        return
            finally:
                for _ in range(WIDTH):
                    self._work.put(None)

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            self._fly(*work)
            self._go_on(work[0].outlet_id)

    def _offer(self, work: Work) -> None:
        """To a thread, where the outlet may have one more; else it waits until one of the outlet's has landed."""
        outlet = work[0].outlet_id
        with self._turns:
            if self._active[outlet] >= work[1].at_once:
                self._waiting[outlet].append(work)
                return
            self._active[outlet] += 1
        self._work.put(work)

    def _go_on(self, outlet: int) -> None:
        with self._turns:
            if not self._waiting[outlet]:
                self._active[outlet] -= 1
                return
            work = self._waiting[outlet].popleft()
        self._work.put(work)

    def _give_back(self, but: set[int]) -> int:
        """What waits for its turn and is not of these outlets is owed again, as if it had never been taken."""
        with self._turns:
            rows = [work[0] for outlet in self._waiting if outlet not in but for work in self._waiting[outlet]]
            for outlet in self._waiting.keys() - but:
                self._waiting[outlet].clear()
        if rows:
            patiently(partial(unclaim, [row.pk for row in rows]))
            self._flying.subtract(row.outlet_id for row in rows)
        return 0

    def _send_more(self) -> int:
        room = CLAIMED - self._flying.total()
        shares: dict[int, int] = {}
        for outlet in self._with_work():
            shares[outlet.pk] = max(0, self._share(outlet, room - sum(shares.values())))
        if sum(shares.values()) < WORTH and self._flying.total() > WIDTH:
            return 0
        keys = [key for outlet, share in shares.items() if share for key in self._lines.first(outlet, share)]
        rows = patiently(partial(claim, keys, self._outlets)) if keys else []
        self._packer.look_ahead(rows)
        for row in rows:
            self._begin(row)
        return len(keys)  # also those that may not go any more: behind them stand others

    def _with_work(self) -> list[Outlet]:
        now = time.monotonic()
        if not self._outlets or now - self._looked > LOOK:
            self._outlets = {outlet.pk: outlet for outlet in outlets_with_work(timezone.now())}
            self._looked = now
        return list(self._outlets.values())

    def _share(self, outlet: Outlet, room: int) -> int:
        """How many more of an outlet may be taken. What cannot go twice is taken only when a thread is free for it,
        so that a kill puts little in doubt."""
        channel = channels().get(outlet.channel)
        at_once = channel.at_once if channel else 1
        if channel is not None and channel.once_with(outlet.settings) is Once.NEVER:
            room = min(room, WIDTH - self._active.total())
        else:
            at_once *= AHEAD
        return min(room, at_once - self._flying[outlet.pk])

    def _begin(self, row: Delivery) -> None:
        self._flying[row.outlet_id] += 1
        try:
            channel, held, parcel = self._packer.pack(row)
            if not row.recipient and (names := channel.recipients(row.outlet_id, parcel)) is not None:
                self._done.put(_divided(row, parcel, names))
                return
        except Exception as error:
            self._done.put(Outcome(row, error=error))
            return
        self._offer((row, channel, held, parcel))

    def _fly(self, row: Delivery, channel: Channel, held: Account, parcel: Parcel) -> None:
        began = time.monotonic()

        def ended(**found: object) -> Outcome:
            return Outcome(row, parcel.way, milliseconds=int((time.monotonic() - began) * 1000), **found)  # type: ignore[arg-type]

        try:
            receipt = channel.deliver(parcel, held)
        except Exception as error:
            apart = bool(row.recipient) and channel.recipients_apart
            theirs = isinstance(error, OutboundError | NotNow | OSError) and not apart
            self._done.put(ended(error=error, receiver=theirs))
        else:
            self._done.put(ended(receipt=receipt))

    def _landed(self, *, wait: bool) -> list[Outcome]:
        found: list[Outcome] = []
        try:
            if wait and self._flying.total():
                found.append(self._done.get(timeout=POLL))
                if self._flying.total() > 1:
                    time.sleep(GATHER)
            while len(found) < BATCH:
                found.append(self._done.get_nowait())
        except queue.Empty:
            pass
        return found

    def _write(self, outcomes: list[Outcome]) -> None:
        if patiently(partial(settle, outcomes)):
            self._looked = 0.0
            self._give_back({outlet.pk for outlet in self._with_work()})
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
        sooner(row.version, row.again),
        outlet=row.outlet_id,
        publication=row.publication_id,
        state=Delivery.State.SENT,
    ).exclude(Q(recipient="") | Q(recipient__startswith=GATHERED))
    had = set(before.values_list("recipient", flat=True))
    told = had if row.again or parcel.way in (Way.DELETE, Way.NOTE) else {*had, *names}  # type: ignore[misc]
    now = timezone.now()
    rows = [owed_row(row.outlet_id, row.release, row.publication, now, name, row.again) for name in sorted(told)]
    with transaction.atomic():
        Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return Outcome(row, parcel.way, receipt=Receipt(answer=f"→ {len(rows)}"), expanded=len(rows))


def deliver_pending(seconds: float = 600.0) -> Tally:
    """Send what is due, in this process, until nothing is; for tests and `haihe channels --send`."""
    return Dispatcher(seconds).run()


def stand_ready(stop: threading.Event) -> None:
    """Send whatever falls due, at once when a commit says so, until told to stop or nothing was owed for LINGER.

    Where another dispatcher is at work, look again every second.
    """
    bell, worked = Bell(), time.monotonic()
    try:
        while not stop.is_set() and time.monotonic() - worked < LINGER:
            if is_work(timezone.now()):
                Dispatcher(ROUND, stop).run(wait=0)
                worked = time.monotonic()
            stop.wait(POLL)  # many commits in a moment are one look
            bell.wait(1.0)
    finally:
        bell.close()
