"""What `haihe doctor` asks of background work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

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
        text = _("no worker runs: nothing is collected, baked or delivered")
        yield wrong(text, _("Start `haihe up` or `haihe worker`."))
    else:
        told = {"count": len(fresh), "crews": ", ".join(sorted(served))}
        yield good(_("%(count)s worker processes: %(crews)s") % told)
    for each in stale:
        told = {"name": each.name, "since": f"{each.beat_at:%Y-%m-%d %H:%M:%S}"}
        yield warning(
            _("worker %(name)s gave no sign of life since %(since)s") % told,
            _("Its tasks run again once another worker has seen it; if it hangs, end its process."),
        )


@check("tasks.queue")
def nothing_is_stuck() -> Iterator[Finding]:
    now = timezone.now()
    for lane in board():
        name = lane.lane.name
        if lane.dead:
            yield warning(
                _("lane %(name)s: %(count)s jobs failed for good") % {"name": name, "count": lane.dead},
                _("Open Reports, Background work in the admin: read the errors, then run them again or discard them."),
            )
        if lane.late_since and now - lane.late_since > LATE:
            told = {"name": name, "count": lane.waiting, "since": f"{lane.late_since:%Y-%m-%d %H:%M}"}
            yield warning(
                _("lane %(name)s: %(count)s jobs wait, the oldest since %(since)s") % told,
                _("Is a worker for this lane running? If it is only busy, raise HAIHE_LANES or start one more worker."),
            )
        if not lane.dead and not lane.late_since:
            yield good(_("lane %(name)s: nothing waits, nothing failed for good") % {"name": name})


@check("tasks.registered")
def what_is_registered() -> Iterator[Finding]:
    slots = ", ".join(f"{lane.name} × {lane.slots}" for lane in lanes().values())
    yield note(_("lanes: %(names)s") % {"names": slots})
    rhythm = ", ".join(f"{work.task.name} / {work.every}" for work in periodic_tasks())
    yield note(_("periodic work: %(names)s") % {"names": rhythm})
    if services():
        yield note(_("services: %(names)s") % {"names": ", ".join(each.name for each in services())})
