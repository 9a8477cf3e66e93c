"""What the archive does in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.archive.domain import chain, copying, drafting, dropping, fixity, keeping, purging, segments
from haihe.archive.models import Draft
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


@task(
    title=_("Make sound, film or pages for showing"),
    lane="heavy",
    attempts=2,
    time_limit=timedelta(hours=3),
    gone_is_done=True,
)
def make_derivative(master: str, recipe: str) -> None:
    """Make one derivative of a Master. Idempotent: same bytes and recipe, same file."""
    from haihe.archive.domain import making
    from haihe.archive.models import Master

    making.make(Master.objects.select_related("blob__segment").get(pk=master), recipe)


@periodic(every=timedelta(minutes=1))
@task(lane="default", attempts=3, title=_("Keep deposits as objects"), once_per_call=True)
def keep_deposits() -> None:
    """Make objects of what was deposited or sealed since. Idempotent."""
    with chain.held():
        pass  # what a writer that was killed left is taken in, also where nobody writes again
    purging.finish()
    keeping.keep_loose()
    keeping.keep_segments()
    keeping.keep_rights()


@periodic(every=timedelta(minutes=1))
@task(lane="heavy", attempts=2, title=_("Take in watched folders"), once_per_call=True)
def take_watched_folders() -> None:
    """Deposit what was put into the watched folders. Idempotent."""
    dropping.take_watched()


@task(lane="default", attempts=5, title=_("Keep a deposit"), gone_is_done=True)
def keep_draft(draft: str) -> None:
    """Make the item of a finished draft. Idempotent: the item has the draft's id."""
    drafting.keep(Draft.objects.select_related("organisation", "by").get(pk=draft))


@periodic(every=timedelta(minutes=10), offset=timedelta(minutes=3))
@task(
    lane="heavy", attempts=1, title=_("Look after what is kept"), once_per_call=True, time_limit=timedelta(minutes=20)
)
def look_after_copies() -> None:
    """Bring new objects to the other stores, and read again what was not read for a month. Idempotent."""
    try:
        copying.replicate(seconds=240)
        copying.go_on(seconds=240)
    finally:
        fixity.check_some(seconds=240)


@periodic(every=timedelta(minutes=1), offset=timedelta(seconds=30))
@task(lane="default", attempts=3, title=_("Tidy up uploads"), once_per_call=True)
def tidy_uploads() -> None:
    """Remove uploads nobody goes on with. Idempotent."""
    drafting.tidy()
