"""Taking jobs out of the queue under a lease, and settling how they ended."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from haihe.base.tasks.domain.backoff import delay
from haihe.base.tasks.models import Job
from haihe.base.tasks.progress import current_run

HISTORY_KEPT = 20
CRASHES_ALLOWED = 3


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended: a value, or an error."""

    value: Any = None
    error: BaseException | None = None
    cancelled: bool = False


def due(lanes: Iterable[str]) -> bool:
    """Whether any job could start now; takes no lock."""
    now = timezone.now()
    return any(Job.objects.filter(state=Job.State.WAITING, lane=lane, run_after__lte=now).exists() for lane in lanes)


def others_wait() -> bool:
    """See haihe.base.tasks.others_wait."""
    run = current_run.get()
    mine = Job.objects.filter(pk=run.job).first() if run else None
    if mine is None:
        return False
    ahead = Job.objects.filter(state=Job.State.WAITING, lane=mine.lane, priority__gt=mine.priority)
    return ahead.filter(run_after__lte=timezone.now()).exists()


def claim(worker: int, wanted: Mapping[str, int]) -> list[Job]:
    """Take up to `wanted[lane]` due jobs of each lane, highest priority and oldest first, under the worker's lease."""
    now = timezone.now()
    taken: list[Job] = []
    with transaction.atomic():
        for lane, number in wanted.items():
            waiting = Job.objects.filter(state=Job.State.WAITING, lane=lane, run_after__lte=now)
            ordered = waiting.order_by(F("priority").desc(), "run_after", "id")
            taken += ordered.select_for_update(skip_locked=True)[:number]
        if taken:
            Job.objects.filter(pk__in=[job.pk for job in taken]).update(
                state=Job.State.RUNNING,
                worker_id=worker,
                started_at=now,
                attempts=F("attempts") + 1,
                progress_done=0,
                progress_total=0,
                progress_text="",
            )
    for job in taken:
        job.state, job.worker_id, job.started_at, job.attempts = Job.State.RUNNING, worker, now, job.attempts + 1
    return taken


def settle(job: Job, outcome: Outcome) -> Job | None:
    """Write how this attempt ended; returns the job as it is then. None: the lease was lost, nothing was written."""
    held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker_id, attempts=job.attempts)
    if outcome.error is None:
        ended: dict[str, Any] = {
            "state": Job.State.DONE,
            "worker": None,
            "finished_at": timezone.now(),
            "return_value": outcome.value,
            "error": "",
            "error_class": "",
            "traceback": "",
        }
        if not held.update(**ended):
            return None
        for name, value in ended.items():
            setattr(job, name, value)
        return job
    with transaction.atomic():
        current = held.select_for_update(of=("self",)).select_related("worker").first()
        if current is None:
            return None
        _fail(current, outcome)
        return current


def _fail(job: Job, outcome: Outcome) -> None:
    error = outcome.error
    assert error is not None
    kind = type(error)
    job.error = str(error)[:4000] or kind.__name__
    job.error_class = f"{kind.__module__}.{kind.__qualname__}"
    job.traceback = "".join(traceback.format_exception(error))[-20000:]
    note_attempt(job, f"{kind.__name__}: {job.error}"[:500])
    if outcome.cancelled:
        end(job, Job.State.CANCELLED)
    elif getattr(error, "permanent", False) or job.attempts >= job.max_attempts:
        end(job, Job.State.DEAD)
    else:
        asked = getattr(error, "retry_after", None)
        wait_again(job, delay(len(job.history), asked=asked if isinstance(asked, int | float) else None))
    job.save()


def note_attempt(job: Job, what: str, *, crash: bool = False) -> None:
    """Add one line to the job's own history, in memory."""
    entry: dict[str, Any] = {"attempt": job.attempts, "at": timezone.now().isoformat(), "error": what}
    entry["worker"] = job.worker.name if job.worker else ""
    if crash:
        entry["crash"] = True
    job.history = [*job.history, entry][-HISTORY_KEPT:]


def end(job: Job, state: Job.State) -> None:
    """Finish a job without success, in memory."""
    job.state, job.worker, job.finished_at = state, None, timezone.now()


def wait_again(job: Job, seconds: float) -> None:
    """Put a job back, in memory; where a newer one with the same key waits, that one will do the work."""
    job.worker = None
    newer = job.key and Job.objects.filter(task_path=job.task_path, key=job.key, state=Job.State.WAITING).exists()
    if job.cancel_requested or newer:
        end(job, Job.State.CANCELLED)
        return
    job.state, job.run_after = Job.State.WAITING, timezone.now() + timedelta(seconds=seconds)


def take_back(worker: int | None, why: str, *, crash: bool) -> int:
    """Free all jobs that a worker holds, so that they run again; returns how many.

    crash    True: the worker was lost. The attempt is not the task's fault, unless it happens CRASHES_ALLOWED times.
             False: the worker stopped in good order.
    """
    with transaction.atomic():
        held = Job.objects.filter(state=Job.State.RUNNING, worker=worker)
        jobs = list(held.select_for_update(of=("self",)).select_related("worker"))
        for job in jobs:
            note_attempt(job, why, crash=crash)
            crashes = sum(1 for entry in job.history if entry.get("crash"))
            if crash:
                job.error, job.error_class = why, "haihe.base.tasks.errors.WorkerDied"
            if crash and crashes >= CRASHES_ALLOWED:
                end(job, Job.State.DEAD)
            else:
                job.max_attempts += 1
                wait_again(job, delay(crashes - 1) if crashes > 1 else 0.0)
            job.save()
    return len(jobs)
