"""What the archive does in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.archive.domain import segments
from haihe.base.errors import HaiheError
from haihe.base.tasks import periodic, task


@periodic(every=timedelta(minutes=10))
@task(lane="default", attempts=3)
def seal_segments() -> None:
    """Seal the segments of processes that are gone. Idempotent."""
    segments.seal_abandoned()


@task(title=_("Show what rights allow from now on"), lane="default", attempts=5)
def rights_moment_came(master: str) -> None:
    """An embargo ended, or a permission: pages that show the Master are baked again. Idempotent."""
    from haihe.archive.domain import granting

    granting.tell_changed([master])


@task(
    title=_("Prepare a picture for zooming"), lane="heavy", attempts=2, time_limit=timedelta(hours=2), gone_is_done=True
)
def make_pyramid(master: str) -> None:
    """Lay out a large picture for deep zoom. Idempotent: same bytes and recipe, same file."""
    from haihe.archive.domain import granting, showing
    from haihe.archive.domain.derive import pyramids
    from haihe.archive.models import Master

    found = Master.objects.select_related("blob__segment").get(pk=master)
    target = showing.derivative_file(found.blob_id, pyramids.RECIPE, ".tif")
    if not target.exists():
        try:
            pyramids.make_pyramid(showing.plain_file(found.blob), target)
        except HaiheError as error:
            if error.permanent:
                showing.no_pyramid(found.blob_id)
            raise
        granting.advance()  # edges look for the better file with their next request
