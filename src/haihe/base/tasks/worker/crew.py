"""One process that runs the jobs of some lanes in threads."""

from __future__ import annotations

import logging
import queue
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError, transaction

from haihe.base.memory import GivingBack
from haihe.base.tasks.domain.claiming import Outcome, claim, due, settle
from haihe.base.tasks.domain.leases import beat, leave, register
from haihe.base.tasks.domain.patience import briefly_waiting, is_busy, patiently
from haihe.base.tasks.domain.running import announce, execute, lease, write_progress
from haihe.base.tasks.errors import Overran, UnknownTask
from haihe.base.tasks.lanes import Lane
from haihe.base.tasks.models import Job
from haihe.base.tasks.progress import Run
from haihe.base.tasks.wake import Bell
from haihe.base.tasks.worker.process import drop_connection

logger = logging.getLogger("haihe.tasks")
TICK = 1.0
SOON = 0.003
BEAT_EVERY = 5.0
OVERRUN_GRACE = 10.0


@dataclass
class Held:
    """A job that a thread of this process is running, or whose outcome is not written yet."""

    job: Job
    run: Run
    deadline: float
    outcome: Outcome | None = field(default=None)


class Crew:
    """Threads for each lane, and one dispatcher (the main thread) that claims, beats, and writes progress.

    grace    seconds that running jobs get after SIGTERM before they are given back to the queue
    """

    def __init__(self, name: str, lanes: Sequence[Lane], *, grace: float) -> None:
        self._name, self._lanes, self._grace = name, {lane.name: lane for lane in lanes}, grace
        self._work: dict[str, queue.SimpleQueue[Held]] = {lane: queue.SimpleQueue() for lane in self._lanes}
        self._lock = threading.Lock()
        self._held: dict[int, Held] = {}
        self._stop_at: float | None = None
        self._code = 0
        self._giving_back = GivingBack()

    def run(self) -> int:
        """Work until SIGTERM, or until a job overruns; returns the exit code."""
        self._bell = Bell()
        signal.set_wakeup_fd(self._bell.wakeup_fd, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, lambda *_: self._stop(self._grace))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides
        self._worker = patiently(lambda: register(self._name)).pk
        for lane in self._lanes.values():
            for number in range(lane.slots):
                threading.Thread(
                    target=self._serve, args=(lane.name,), name=f"{lane.name}-{number}", daemon=True
                ).start()
        try:
            self._dispatch()
        finally:
            patiently(lambda: leave(self._worker))
            self._bell.close()
        return self._code

    def _stop(self, grace: float) -> None:
        if self._stop_at is None:
            self._stop_at = time.monotonic() + grace

    def _dispatch(self) -> None:
        next_tick = next_beat = 0.0
        while not self._finished():
            pause = TICK
            try:
                now = time.monotonic()
                if now >= next_tick:
                    next_tick = now + TICK
                    self._tick(now)
                if now >= next_beat:
                    next_beat = now + BEAT_EVERY
                    if not patiently(lambda: beat(self._worker)):
                        logger.error("%s was given up by the others; it starts anew", self._name)
                        self._code = 75
                        return
                    if not self._held:
                        self._giving_back.rest()
                self._settle_and_claim()
            except DatabaseError as error:
                if isinstance(error, OperationalError) and is_busy(error):
                    pause = SOON
                else:
                    logger.warning("%s: the database does not answer: %s", self._name, error)
                    drop_connection()
            except InterfaceError:
                drop_connection()
            self._bell.wait(pause)

    def _finished(self) -> bool:
        if self._stop_at is None:
            return False
        with self._lock:
            return not self._held or time.monotonic() > self._stop_at

    def _settle_and_claim(self) -> None:
        """One short transaction for all that ended and all that can start: the fewer, the sooner each gets its turn."""
        with self._lock:
            ended = [held for held in self._held.values() if held.outcome is not None]
            busy = [held.job.lane for held in self._held.values() if held.outcome is None]
        free = {name: lane.slots - busy.count(name) for name, lane in self._lanes.items()}
        wanted = {name: number for name, number in free.items() if number > 0 and self._stop_at is None}
        if not ended and not due(wanted):
            return
        try:
            with briefly_waiting(), transaction.atomic():
                settled = [(held, settle(held.job, held.outcome)) for held in ended if held.outcome]
                claimed = claim(self._worker, wanted) if wanted else []
        except (DataError, IntegrityError):
            self._settle_one_by_one(ended)
            return
        for job in claimed:
            held = Held(job, lease(job), time.monotonic() + self._limit(job))
            with self._lock:
                self._held[job.pk] = held
            self._giving_back.worked()
            self._work[job.lane].put(held)
        for held, job_then in settled:
            self._forget(held, job_then)

    def _settle_one_by_one(self, ended: Sequence[Held]) -> None:
        """One outcome cannot be stored (a character the database refuses ...): find it, and let its job fail for it."""
        for held in ended:
            assert held.outcome is not None
            try:
                job = settle(held.job, held.outcome)
            except (DataError, IntegrityError) as error:
                job = settle(held.job, Outcome(error=error))
            self._forget(held, job)

    def _forget(self, held: Held, job: Job | None) -> None:
        with self._lock:
            self._held.pop(held.job.pk, None)
        if job is None:
            logger.error("job %s ran, but its lease was lost meanwhile: it runs again elsewhere", held.job.pk)
        else:
            announce(job)

    def _limit(self, job: Job) -> float:
        try:
            limit = job.time_limit
        except UnknownTask:
            limit = None
        return (limit or self._lanes[job.lane].time_limit).total_seconds()

    def _serve(self, lane: str) -> None:
        while True:
            held = self._work[lane].get()
            held.outcome = execute(held.job, held.run)
            self._bell.ring()

    def _tick(self, now: float) -> None:
        with self._lock:
            running = list(self._held.values())
        write_progress([held.run for held in running])
        late = [held for held in running if now > held.deadline and held.outcome is None]
        for held in late:
            # A thread cannot be stopped from outside. The job fails here, and the process ends soon, with the thread.
            limit = held.deadline - now + self._limit(held.job)
            error = Overran(f"stopped after {limit:.0f} s", thing=held.job.task_path)
            self._forget(held, patiently(lambda: settle(held.job, Outcome(error=error))))  # noqa: B023
            logger.error("%s", error)
            self._code = 75
            self._stop(OVERRUN_GRACE)
