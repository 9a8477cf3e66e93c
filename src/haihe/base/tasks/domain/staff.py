"""What staff do with jobs: look, replay, discard, cancel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from haihe.base.tasks import wake
from haihe.base.tasks.errors import NotPossible, UnknownTask
from haihe.base.tasks.lanes import Lane, lanes
from haihe.base.tasks.models import Job, Worker
from haihe.base.tasks.registry import LaneTask


@dataclass(frozen=True)
class LaneBoard:
    """One lane as staff see it. `late_since`: enqueue time of the oldest job that is due and not yet started."""

    lane: Lane
    waiting: int
    planned: int
    running: int
    dead: int
    late_since: datetime | None
    jobs: list[Job]


def board() -> list[LaneBoard]:
    """All lanes with their counts and running jobs."""
    now = timezone.now()
    live = Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING, Job.State.DEAD])
    counts = {(row["lane"], row["state"]): row["n"] for row in live.values("lane", "state").annotate(n=Count("pk"))}
    waiting = Job.objects.filter(state=Job.State.WAITING)
    due = waiting.filter(run_after__lte=now).values("lane").annotate(n=Count("pk"), since=Min("run_after"))
    late: dict[str, tuple[int, datetime]] = {row["lane"]: (row["n"], row["since"]) for row in due}
    running = list(Job.objects.filter(state=Job.State.RUNNING).select_related("worker").order_by("started_at")[:200])
    return [
        LaneBoard(
            lane=lane,
            waiting=late[name][0] if name in late else 0,
            planned=counts.get((name, "waiting"), 0) - (late[name][0] if name in late else 0),
            running=counts.get((name, "running"), 0),
            dead=counts.get((name, "dead"), 0),
            late_since=late[name][1] if name in late else None,
            jobs=[job for job in running if job.lane == name],
        )
        for name, lane in lanes().items()
    ]


def workers() -> QuerySet[Worker]:
    """Processes that work now, here and on other machines."""
    return Worker.objects.order_by("machine", "crew", "pid")


def replay(job: Job) -> None:
    """Run a dead, cancelled or discarded job again, with all its attempts. Raises NotPossible."""
    with transaction.atomic():
        current = _locked(job, {Job.State.DEAD, Job.State.CANCELLED, Job.State.DISCARDED})
        same_key = Job.objects.filter(task_path=current.task_path, key=current.key, state=Job.State.WAITING)
        if current.key and same_key.exists():
            raise NotPossible("another one with the same key waits already", thing=current)
        current.state, current.finished_at, current.cancel_requested = Job.State.WAITING, None, False
        current.run_after = timezone.now()
        current.max_attempts = current.attempts + _attempts_of(current)
        current.history = [{**entry, "crash": False} for entry in current.history]
        current.save()
        transaction.on_commit(partial(wake.send, current.lane))


def discard(job: Job) -> None:
    """Take a dead job off the board; it stays readable until it is pruned. Raises NotPossible."""
    with transaction.atomic():
        current = _locked(job, {Job.State.DEAD})
        current.state, current.finished_at = Job.State.DISCARDED, timezone.now()
        current.save()


def cancel(job: Job) -> None:
    """End a waiting job now, a running one at its next progress report (heavy: within seconds). Raises NotPossible."""
    with transaction.atomic():
        current = _locked(job, {Job.State.WAITING, Job.State.RUNNING})
        current.cancel_requested = True
        if current.state == Job.State.WAITING:
            current.state, current.finished_at = Job.State.CANCELLED, timezone.now()
        current.save(update_fields=["cancel_requested", "state", "finished_at"])


def each(jobs: Iterable[Job], verb: str) -> tuple[int, list[str]]:
    """Replay or discard many; what cannot be done does not stop the rest. Returns how many were done, and problems."""
    act = {"replay": replay, "discard": discard, "cancel": cancel}[verb]
    done, problems = 0, []
    for job in jobs:
        try:
            act(job)
            done += 1
        except NotPossible as error:
            problems.append(str(error))
    return done, problems


def _locked(job: Job, states: set[Job.State]) -> Job:
    current = Job.objects.select_for_update().get(pk=job.pk)
    if current.state not in states:
        raise NotPossible(f"it is {current.get_state_display()}", thing=current)
    return current


def _attempts_of(job: Job) -> int:
    try:
        task = job.task
    except UnknownTask:
        return 1
    own = task.attempts if isinstance(task, LaneTask) else 0
    return own or lanes()[job.lane].attempts
