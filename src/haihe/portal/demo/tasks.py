"""What of the demonstration city takes too long for its first start: the worker draws it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import others_wait, report_progress, task


class _GivesWay(Exception):
    """Somebody waits for the worker."""


@task(
    title=_("Draw the demonstration's tours and its exhibition"),
    lane="heavy",
    priority=-30,
    attempts=3,
    time_limit=timedelta(hours=1),
)
def draw_tours() -> None:
    """Both tours, and the exhibition with the first one's objects. Idempotent: what is there is not drawn again.

    Between two pictures it gives way to what people wait for, a file of figures or a panorama of their own.
    """
    from haihe.portal.demo import exhibition, museum_walk, riverside_walk, tours

    try:
        tours.draw(museum_walk.WALK, _told)
        exhibition.draw(_told)
        tours.draw(riverside_walk.WALK, _told)
    except _GivesWay:
        draw_tours.enqueue()


def _told(done: int, total: int, what: str) -> None:
    report_progress(done, total, what)
    if others_wait():
        raise _GivesWay
