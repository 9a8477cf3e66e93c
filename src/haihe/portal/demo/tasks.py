"""What of the demonstration city takes too long for its first start: the worker draws it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import report_progress, task


@task(title=_("Draw the demonstration's tours"), lane="heavy", attempts=3, time_limit=timedelta(hours=1))
def draw_tours() -> None:
    """Both tours, one after the other. Idempotent: what is there already is not drawn again."""
    from haihe.portal.demo import museum_walk, riverside_walk, tours

    for walk in (museum_walk.WALK, riverside_walk.WALK):
        tours.draw(walk, report_progress)
