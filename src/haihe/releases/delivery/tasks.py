"""Delivering in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import periodic, task
from haihe.releases.delivery.domain import claiming
from haihe.releases.delivery.domain.dispatching import Dispatcher

ROUND = 200.0  # seconds one task sends before it makes room; its lane stops it after 300


@task(lane="deliver", title=_("Deliver to channels"))
def deliver_due() -> int:
    """Send what is due; what is to be tried later lines up the next look. Returns how many arrived."""
    tally = Dispatcher(ROUND).run()
    again = claiming.next_due(timezone.now())
    if again is not None:
        deliver_due.using(run_after=again).enqueue_once(key="deliver")
    return tally.sent


@periodic(every=timedelta(seconds=10))
@task(lane="deliver", title=_("Look for deliveries"))
def look_for_deliveries() -> None:
    """What no commit announced: a worker that was killed too often for its job to run again, a clock that was set."""
    if claiming.due(timezone.now()).exists():
        Dispatcher(ROUND).run(wait=0)
