"""What of the demonstration city takes too long for its first start: the worker draws it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import report_progress, task


@task(
    title=_("Draw the demonstration's tours and its exhibition"),
    lane="heavy",
    attempts=3,
    time_limit=timedelta(hours=1),
)
def draw_tours() -> None:
    """Both tours, and the exhibition with the first one's objects. Idempotent: what is there is not drawn again."""
    from haihe.portal.demo import exhibition, museum_walk, riverside_walk, tours

    tours.draw(museum_walk.WALK, report_progress)
    exhibition.draw(report_progress)
    tours.draw(riverside_walk.WALK, report_progress)
