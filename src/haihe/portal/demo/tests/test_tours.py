"""The demonstration's tours: whole in two languages, drawn, public, and gone with the demonstration."""

from __future__ import annotations

import json

import numpy as np
import pytest
from django.test import Client

from haihe.archive.models import Master
from haihe.portal.demo import building, museum_walk, riverside_walk, tours
from haihe.portal.demo.scenery import turned
from haihe.portal.demo.scenery.artefacts import ARTEFACTS
from haihe.releases.models import Publication
from haihe.venues.domain import publishing
from haihe.venues.domain.objects.checking import check as check_object
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
    objects = {name: f"{number:036}" for number, name in enumerate(walk.objects, 500)}
    tour = from_json(tours.document(walk, keys, pictures, objects))
    files = dict.fromkeys(objects.values(), "object")
    known = Known(panoramas=set(keys.values()), pictures=set(pictures.values()), releases=(), media=files)
    assert check(tour, known, languages=("en",)) == []
    assert [key for key, words in keyed_words(tour) if words and not tour.words["en"].get(key)] == []


def test_things_turned_on_a_wheel_are_whole_objects_as_tall_as_in_the_hall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turned, "TEXTURE", (64, 64))
    for name in museum_walk.WALK.objects:
        data = turned.glb(name)
        assert check_object(data).triangles > 10_000
        told = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
        tall = next(one.tall for one in ARTEFACTS if one.name == name)
        assert told["accessors"][0]["max"][1] == pytest.approx(tall, abs=0.01)
        points, normals = _corners(told, data)
        middle = points * (1, 0, 1)
        outer = np.linalg.norm(middle, axis=1) > 0.2
        assert ((normals * middle).sum(axis=1)[outer] > 0).mean() > 0.6  # outside looks outwards, the inside does not


def _corners(told: dict, data: bytes) -> tuple[np.ndarray, np.ndarray]:
    begin = 28 + int.from_bytes(data[12:16], "little")
    views = told["bufferViews"][:2]
    parts = [data[begin + one["byteOffset"] :][: one["byteLength"]] for one in views]
    return tuple(np.frombuffer(part, "<f4").reshape(-1, 3) for part in parts)


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
