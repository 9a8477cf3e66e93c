"""What releases do in the background."""

from __future__ import annotations

from datetime import timedelta

from haihe.base.tasks import periodic, task


@periodic(every=timedelta(seconds=20))
@task(lane="default")
def publish_due() -> None:
    """Publish what is scheduled and due, withdraw what has run out; each by itself, so that none stops another."""
    from haihe.releases.domain import scheduling

    scheduling.run()
