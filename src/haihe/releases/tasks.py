"""What releases do in the background."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from haihe.base.tasks import periodic, task


@periodic(every=timedelta(seconds=20))
@task(lane="default")
def publish_due() -> None:
    """Publish what is scheduled and due, withdraw what has run out; each by itself, so that none stops another."""
    from haihe.releases.domain import scheduling

    scheduling.run()


@task(lane="default")
def publish_on_time(moment: str) -> None:
    """The same at one moment, to the second: waits the last moments for it."""
    from haihe.releases.domain import scheduling

    wait = (datetime.fromisoformat(moment) - timezone.now()).total_seconds()
    time.sleep(min(max(wait + 0.01, 0), 2 * scheduling.EARLY.total_seconds()))
    scheduling.run()


@task(lane="default", attempts=5)
def carry_out_kill(cause: str) -> None:
    """Take what one kill reached out of public; what fails is tried again, and stops no other."""
    from haihe.releases.domain import reaching

    _pulled, failed = reaching.carry_out(UUID(cause))
    if failed:
        raise reaching.KillIncomplete(thing=cause)


@periodic(every=timedelta(minutes=1))
@task(lane="default")
def carry_out_kills() -> None:
    """Take up again what a crash left behind."""
    from haihe.releases.domain import reaching

    reaching.carry_out()
