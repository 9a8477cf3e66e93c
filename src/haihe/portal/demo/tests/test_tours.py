"""The demonstration's tours: drawn small, public in two languages, and gone with the demonstration."""

from __future__ import annotations

import pytest
from django.test import Client

from haihe.archive.models import Master
from haihe.portal.demo import building, museum_walk, riverside_walk, tours
from haihe.portal.demo.tests.test_demo import own_home  # noqa: F401  (its fixture)
from haihe.releases.models import Publication
from haihe.venues.domain import publishing
from haihe.venues.domain.tours.document import keyed_words
from haihe.venues.models import Panorama, Tour, Venue

pytestmark = pytest.mark.django_db
SMALL = 128  # columns of a panorama


@pytest.mark.parametrize(
    "walk", [museum_walk.WALK, pytest.param(riverside_walk.WALK, marks=pytest.mark.full)], ids=["museum", "riverside"]
)
def test_drawn_tour_is_public_in_both_languages_and_goes_with_the_demonstration(walk, client: Client) -> None:
    masters = Master.objects.count()
    building.build()
    tour = tours.draw(walk, lambda *_: None, width=SMALL)
    assert tour is not None
    assert publishing.findings(tour) == []
    assert [key for key, words in keyed_words(tour.walked) if words and not tour.walked.words["en"].get(key)] == []
    path = Publication.objects.get(kind="tour").path
    for address, title in ((path, walk.title), (f"/en{path}", walk.title_en)):
        page = client.get(address).content.decode()
        assert title in page
    assert tours.draw(walk, lambda *_: None, width=SMALL) is None
    assert building.remove() == []
    assert [model.objects.count() for model in (Tour, Panorama, Venue)] == [0, 0, 0]
    assert Master.objects.count() == masters


def test_tours_are_not_drawn_for_a_city_without_the_demonstration() -> None:
    assert tours.draw(museum_walk.WALK, lambda *_: None, width=SMALL) is None
    assert Tour.objects.count() == 0
