"""What venues do in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import periodic, report_progress, task


@periodic(every=timedelta(minutes=10), offset=timedelta(minutes=7))
@task(lane="default", attempts=1, title=_("Look for tiles that are gone"), once_per_call=True)
def look_for_tiles() -> None:
    """Have tiles made again that were deleted or did not come with a restored home. Idempotent."""
    from haihe.venues.domain import panoramas

    panoramas.cut_missing()


@task(
    title=_("Cut a panorama into tiles"),
    lane="heavy",
    attempts=3,
    time_limit=timedelta(hours=2),
    memory_mb=2500,
    gone_is_done=True,
)
def cut_panorama(panorama: str) -> None:
    """Make the tiles of a panorama. Idempotent: same bytes and recipe, same folder; a killed run is taken up."""
    from haihe.venues.domain import panoramas
    from haihe.venues.models import Panorama

    found = Panorama.objects.select_related("master__blob__segment").get(pk=panorama)
    panoramas.cut(found, lambda done, total: report_progress(done, total, found.title))


@task(
    title=_("Look for faces and number plates in a panorama"),
    lane="heavy",
    attempts=2,
    time_limit=timedelta(minutes=20),
    memory_mb=2500,
    gone_is_done=True,
)
def look_for_faces(panorama: str) -> None:
    """Propose what may have to be masked. Idempotent: what was decided stays decided."""
    from haihe.venues.domain import masking
    from haihe.venues.models import Panorama

    found = Panorama.objects.select_related("master__blob__segment").get(pk=panorama)
    masking.look(found, lambda done, total: report_progress(done, total, found.title))
