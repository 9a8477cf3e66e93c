"""What the archive does in the background."""

from __future__ import annotations

from datetime import timedelta

from haihe.archive.domain import segments
from haihe.base.tasks import periodic, task


@periodic(every=timedelta(minutes=10))
@task(lane="default", attempts=3)
def seal_segments() -> None:
    """Seal the segments of processes that are gone. Idempotent."""
    segments.seal_abandoned()
