"""What `haihe doctor` asks of background work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from haihe.base.doctor import Finding, check, good, note, warning, wrong
from haihe.base.tasks.domain.leases import LEASE_SECONDS
from haihe.base.tasks.domain.staff import board, workers
from haihe.base.tasks.lanes import lanes
from haihe.base.tasks.registry import periodic_tasks, services

LATE = timedelta(minutes=2)


@check("tasks.workers")
def somebody_works() -> Iterator[Finding]:
    """A worker that crashed leaves its row until another buries it: a row alone is no sign of life."""
    now = timezone.now()
    fresh = [each for each in workers() if abs(now - each.beat_at) < timedelta(seconds=LEASE_SECONDS)]
    stale = [each for each in workers() if each not in fresh]
    served = {each.crew for each in fresh}
    if not served - {"once"}:
        yield wrong("no worker runs: nothing is collected, baked or delivered", "Start `haihe up` or `haihe worker`.")
    else:
        yield good(f"{len(fresh)} worker processes: {', '.join(sorted(served))}")
    for each in stale:
        yield warning(
            f"worker {each.name} gave no sign of life since {each.beat_at:%Y-%m-%d %H:%M:%S}",
            "Its tasks run again once another worker has seen it; if it hangs, end its process.",
        )


@check("tasks.queue")
def nothing_is_stuck() -> Iterator[Finding]:
    now = timezone.now()
    for lane in board():
        name = lane.lane.name
        if lane.dead:
            yield warning(
                f"lane {name}: {lane.dead} jobs failed for good",
                "Open Reports, Background work in the admin: read the errors, then run them again or discard them.",
            )
        if lane.late_since and now - lane.late_since > LATE:
            yield warning(
                f"lane {name}: {lane.waiting} jobs wait, the oldest since {lane.late_since:%Y-%m-%d %H:%M}",
                "Is a worker for this lane running? If it is only busy, raise HAIHE_LANES or start one more worker.",
            )
        if not lane.dead and not lane.late_since:
            yield good(f"lane {name}: nothing waits, nothing failed for good")


@check("tasks.registered")
def what_is_registered() -> Iterator[Finding]:
    yield note("lanes: " + ", ".join(f"{lane.name} × {lane.slots}" for lane in lanes().values()))
    yield note("periodic: " + ", ".join(f"{work.task.name} every {work.every}" for work in periodic_tasks()))
    if services():
        yield note("services: " + ", ".join(each.name for each in services()))
