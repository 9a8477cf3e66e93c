"""The demonstration's tours: whole in two languages, drawn, public, and gone with the demonstration."""

from __future__ import annotations

import pytest
from django.test import Client

from haihe.archive.models import Master
from haihe.portal.demo import building, museum_walk, riverside_walk, tours
from haihe.releases.models import Publication
from haihe.venues.domain import publishing
from haihe.venues.domain.tours.checking import Known, check
from haihe.venues.domain.tours.document import keyed_words
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import Panorama, Tour, Venue

WALKS = {"museum": museum_walk.WALK, "riverside": riverside_walk.WALK}
SMALL = 128  # columns of a panorama


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_walk_is_a_tour_without_a_fault_told_in_two_languages(walk) -> None:
    keys = {stand.id: f"{number:036}" for number, stand in enumerate(walk.stands)}
    pictures = {shot.id: str(number) for number, shot in enumerate(walk.pictures, 1)} | {"plan": "99"}
    tour = from_json(tours.document(walk, keys, pictures))
    known = Known(panoramas=set(keys.values()), pictures=set(pictures.values()), releases=())
    assert check(tour, known, languages=("en",)) == []
    assert [key for key, words in keyed_words(tour) if words and not tour.words["en"].get(key)] == []


@pytest.mark.full
@pytest.mark.django_db
@pytest.mark.usefixtures("demo_home")
@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_drawn_tour_is_public_in_both_languages_and_goes_with_the_demonstration(walk, client: Client) -> None:
    masters = Master.objects.count()
    building.build()
    tour = tours.draw(walk, lambda *_: None, width=SMALL)
    assert tour is not None
    assert publishing.findings(tour) == []
    path = Publication.objects.get(kind="tour").path
    for address, title in ((path, walk.title), (f"/en{path}", walk.title_en)):
        page = client.get(address).content.decode()
        assert title in page
    assert tours.draw(walk, lambda *_: None, width=SMALL) is None
    assert building.remove() == []
    assert [model.objects.count() for model in (Tour, Panorama, Venue)] == [0, 0, 0]
    assert Master.objects.count() == masters


@pytest.mark.django_db
def test_tours_are_not_drawn_for_a_city_without_the_demonstration() -> None:
    assert tours.draw(museum_walk.WALK, lambda *_: None, width=SMALL) is None
    assert Tour.objects.count() == 0
