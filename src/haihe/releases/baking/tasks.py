"""Baking in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import periodic, report_progress, task
from haihe.releases.baking.domain import baking, marking, paths

ROUND = 30.0  # seconds one task bakes before it makes room for another


@task(lane="bake", title=_("Bake pages"))
def bake_waiting() -> None:
    """Bake what is behind, the most urgent first; with much to do, in rounds."""
    tally = baking.bake(seconds=ROUND, progress=lambda done, total: report_progress(done, total))
    if tally.left:
        bake_waiting.enqueue_once(key="bake")


@periodic(every=timedelta(seconds=30))
@task(lane="bake", title=_("Look for pages to bake"))
def look_for_work() -> None:
    """What no commit announces: new templates, named addresses not yet baked, failed pages whose time has come."""
    baking.notice_new_templates()
    for path in paths.named_paths():
        marking.ensure(path, priority=marking.Priority.FRONT)
    if baking.waiting():
        bake_waiting.enqueue_once(key="bake")


@periodic(every=timedelta(hours=6))
@task(lane="bake", title=_("Check baked files"))
def check_files() -> None:
    """Damaged and forgotten files."""
    baking.check_files()
    baking.take_away_orphans()
