"""What the portal does in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import periodic, task
from haihe.city.models import Place
from haihe.portal.domain import noting
from haihe.portal.domain.sitemaps import NEWS_CLOCK
from haihe.releases.baking import mark_dirty


@periodic(every=timedelta(hours=1))
@task(lane="bake", title=_("Take old news out of the news sitemap"))
def let_news_age() -> None:
    """The news sitemap holds two days; nobody publishes at the moment when a story becomes older."""
    mark_dirty([NEWS_CLOCK])


@periodic(every=timedelta(hours=1))
@task(lane="bake", title=_("Take what is over off the page of what is on"))
def let_events_pass() -> None:
    mark_dirty(["events"])


@task(lane="default", title=_("Look for a place in what is public"))
def look_for_place(place_id: int) -> None:
    """For a place that is new, or that was renamed; one that is gone meanwhile is left alone."""
    place = Place.objects.filter(pk=place_id).first()
    if place is not None:
        noting.note_place(place)


@task(lane="default", title=_("Read authors and places out of what is public"))
def note_everything() -> None:
    noting.note_all()
