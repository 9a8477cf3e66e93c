"""Running one job, and running all that is due in this process."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import nullcontext

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django_tasks.base import TaskContext
from django_tasks.signals import task_finished, task_started
from django_tasks.utils import normalize_json

from haihe.base.tasks.domain.claiming import Outcome, claim, settle
from haihe.base.tasks.domain.leases import leave, register
from haihe.base.tasks.domain.patience import patiently
from haihe.base.tasks.lanes import NAMES
from haihe.base.tasks.models import Job
from haihe.base.tasks.progress import Cancelled, Run, current_run

logger = logging.getLogger("haihe.tasks")


def lease(job: Job) -> Run:
    """The lease of a job that was just claimed."""
    return Run(job=job.pk, worker=job.worker_id, attempt=job.attempts)


def execute(job: Job, run: Run) -> Outcome:
    """Call the job's task. Nothing that the task raises leaves this function."""
    token = current_run.set(run)
    task = None
    try:
        task = job.task
        result = job.task_result
        task_started.send(sender=type(task.get_backend()), task_result=result)
        before = [TaskContext(task_result=result)] if task.takes_context else []
        # In a caller's transaction (a test) a database error of the task must not spoil what comes after it.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            value = task.call(*before, *job.arguments["args"], **job.arguments["kwargs"])
        return Outcome(value=normalize_json(value))
    except Cancelled as error:
        return Outcome(error=error, cancelled=run.cancelled)
    except ObjectDoesNotExist as error:
        return Outcome() if getattr(task, "gone_is_done", False) else Outcome(error=error)
    except BaseException as error:
        logger.warning("job %s (%s), attempt %s failed: %s", job.pk, job.task_path, job.attempts, error, exc_info=error)
        return Outcome(error=error)
    finally:
        current_run.reset(token)
        _leave_no_transaction()


def announce(job: Job) -> None:
    """Tell listeners of django-tasks how a settled job ended."""
    try:
        task_finished.send(sender=type(job.task.get_backend()), task_result=job.task_result)
    except Exception:
        logger.exception("a listener of task_finished failed on job %s", job.pk)


def write_progress(runs: Sequence[Run]) -> None:
    """Write what the runs reported since the last time, and bring back wishes to cancel."""
    for run in runs:
        if run.progress is None or run.progress == run.notes_written:
            continue
        done, total, text = run.notes_written = run.progress
        Job.objects.filter(pk=run.job, worker=run.worker, attempts=run.attempt, state=Job.State.RUNNING).update(
            progress_done=done, progress_total=total, progress_text=text
        )
    if runs:
        asked = set(
            Job.objects.filter(pk__in=[run.job for run in runs], cancel_requested=True).values_list("pk", flat=True)
        )
        for run in runs:
            run.cancelled = run.cancelled or run.job in asked


def run_pending(lanes: Iterable[str] | None = None) -> int:
    """See haihe.base.tasks.run_pending."""
    wanted = dict.fromkeys(lanes or NAMES, 1)
    runs = 0
    worker = register("once")
    try:
        while jobs := patiently(lambda: claim(worker.pk, wanted)):
            for job in jobs:
                run = lease(job)
                write_progress([run])
                outcome = execute(job, run)
                write_progress([run])
                patiently(lambda job=job, outcome=outcome: settle(job, outcome))  # type: ignore[misc]
                runs += 1
    finally:
        leave(worker.pk)
    return runs


def _leave_no_transaction() -> None:
    if not connection.in_atomic_block and not connection.get_autocommit():
        connection.close()


def heal_clock() -> int:
    """Start jobs that were meant for at once but stand in the future, because the clock was set back since."""
    now = timezone.now()
    return Job.objects.filter(state=Job.State.WAITING, run_after__gt=now, run_after=F("enqueued_at")).update(
        run_after=now, enqueued_at=now
    )
