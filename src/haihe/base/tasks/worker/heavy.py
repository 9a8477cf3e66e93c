"""Heavy jobs: each in a child process with its own memory, so that its death is only its own."""

from __future__ import annotations

import logging
import os
import resource
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError

from haihe.base.tasks.domain.claiming import Outcome, claim, due, settle
from haihe.base.tasks.domain.patience import patiently
from haihe.base.tasks.domain.running import announce, execute, lease, write_progress
from haihe.base.tasks.errors import ChildDied, Overran, UnknownTask
from haihe.base.tasks.lanes import Lane
from haihe.base.tasks.models import Job
from haihe.base.tasks.progress import Cancelled, Run
from haihe.base.tasks.registry import LaneTask
from haihe.base.tasks.worker.process import die_first, drop_connection, fork, how_it_ended

logger = logging.getLogger("haihe.tasks")
CANCEL_GRACE = 5.0


@dataclass
class Child:
    """One running heavy job, as the supervisor sees it."""

    job: Job
    deadline: float
    end: BaseException | None = None  # why we stop it
    kill_at: float = 0.0


class Heavy:
    """The heavy lane inside the supervisor, which has one thread only and may therefore fork at any time."""

    def __init__(self, lane: Lane, worker: int) -> None:
        self._lane, self._worker = lane, worker
        self.children: dict[int, Child] = {}
        self._unsettled: list[tuple[Job, Outcome]] = []

    def start(self) -> None:
        """Claim and fork what is due and fits."""
        free = self._lane.slots - len(self.children)
        if free <= 0 or not due([self._lane.name]):
            return
        for job in claim(self._worker, {self._lane.name: free}):
            rules = _rules(job)
            limit = rules.time_limit if rules else None
            pid = fork(lambda job=job: _body(job), on_parent_death=signal.SIGKILL, niceness=self._lane.niceness)  # type: ignore[misc]
            self.children[pid] = Child(job, time.monotonic() + (limit or self._lane.time_limit).total_seconds())

    def look_after(self) -> None:
        """Stop what overran or was cancelled; write what could not be written before. Once a second."""
        waiting, self._unsettled = self._unsettled, []
        for job, outcome in waiting:
            self._settle(job, outcome)
        if not self.children:
            return
        now = time.monotonic()
        ids = [child.job.pk for child in self.children.values()]
        cancelled = set(Job.objects.filter(pk__in=ids, cancel_requested=True).values_list("pk", flat=True))
        for pid, child in self.children.items():
            if child.end is None and child.job.pk in cancelled:
                child.end, child.kill_at = Cancelled(thing=child.job), now + CANCEL_GRACE
            if child.end is None and now > child.deadline:
                child.end = Overran(thing=child.job)
            if child.end is not None and now >= child.kill_at:
                os.kill(pid, signal.SIGKILL)

    def ended(self, pid: int, status: int) -> None:
        """A child is gone: where it did not settle its job itself, settle it here."""
        child = self.children.pop(pid)
        how = how_it_ended(status)
        if not how and child.end is None:
            return
        error = child.end or ChildDied(f"its process ended by {how}", thing=child.job)
        self._settle(child.job, Outcome(error=error, cancelled=isinstance(error, Cancelled)))

    def stop(self) -> None:
        """End all children now; their jobs are given back by the supervisor."""
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self.children.clear()

    def _settle(self, job: Job, outcome: Outcome) -> None:
        try:
            if settle(job, outcome):
                logger.error("heavy job %s: %s", job.pk, outcome.error)
        except DatabaseError as error:
            logger.warning("the outcome of job %s waits to be written: %s", job.pk, error)
            drop_connection()
            self._unsettled.append((job, outcome))


def _rules(job: Job) -> LaneTask[..., object] | None:
    try:
        task = job.task
    except UnknownTask:
        return None
    return task if isinstance(task, LaneTask) else None


def _body(job: Job) -> int:
    die_first()
    rules = _rules(job)
    if rules and rules.memory_mb:
        _limit_memory(rules.memory_mb)
    run = lease(job)
    done = threading.Event()
    teller = threading.Thread(target=_tell, args=(run, os.getppid(), done), daemon=True)
    teller.start()
    outcome = execute(job, run)
    done.set()
    teller.join(5)
    patiently(lambda: write_progress([run]))
    settled = patiently(lambda: settle(job, outcome), seconds=120)
    if settled:
        announce(settled)
    return 0


def _tell(run: Run, parent: int, done: threading.Event) -> None:
    """Beside the task: write its progress every second, and end with the supervisor where the system does not."""
    while not done.wait(1.0):
        if os.getppid() != parent:
            os._exit(75)
        try:
            write_progress([run])
        except DatabaseError:
            drop_connection()
    drop_connection()


def _limit_memory(megabytes: int) -> None:
    try:
        now = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (now + megabytes * 2**20,) * 2)
