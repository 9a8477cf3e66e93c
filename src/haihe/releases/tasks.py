"""What releases do in the background."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from haihe.base.tasks import periodic, task


@periodic(every=timedelta(seconds=20))
@task(lane="default")
def publish_due() -> None:
    """Publish what is scheduled and due, withdraw what has run out; each by itself, so that none stops another."""
    from haihe.releases.domain import scheduling

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
