"""The demonstration's exhibition: whole in two languages, drawn, public, and gone with the demonstration."""

from __future__ import annotations

import dataclasses

import pytest
from django.test import Client

from haihe.archive.models import Master
from haihe.portal.demo import building, exhibition, museum_walk, small_show
from haihe.portal.demo.pictures import SCENES
from haihe.venues.blocks import Walls
from haihe.venues.domain.exhibitions.checking import findings
from haihe.venues.models import Exhibition


def test_every_room_and_work_is_told_in_two_languages_and_can_be_drawn() -> None:
    silent = [
        (one.title, field.name)
        for one in small_show.WORKS
        for field in dataclasses.fields(one)
        if getattr(one, field.name) == ""
    ]
    assert silent == []
    works = [one for one in small_show.WORKS if isinstance(one, small_show.Work)]
    rooms = [one for one in small_show.WORKS if isinstance(one, small_show.Room)]
    assert {room.walls for room in rooms} <= set(Walls.values)
    known = {f"scene {name}" for name in SCENES} | {f"object {shot.id}" for shot in museum_walk.PICTURES}
    known |= {"poem", *(f"scroll {number}" for number in range(4))}
    assert [work.key for work in works if work.drawn not in known] == []
    assert len({work.key for work in works}) == len(works) == 16


@pytest.mark.full
@pytest.mark.django_db
@pytest.mark.usefixtures("demo_home")
def test_drawn_exhibition_is_public_in_both_languages_and_goes_with_the_demonstration(client: Client) -> None:
    masters = Master.objects.count()
    building.build()
    drawn = exhibition.draw(lambda *_: None, width=400)
    assert drawn is not None
    assert findings(drawn) == []
    path = Exhibition.objects.get().publication.path
    for address, title in ((path, small_show.TITLE), (f"/en{path}", small_show.TITLE_EN)):
        assert title in client.get(address).content.decode()
    assert exhibition.draw(lambda *_: None, width=400) is None
    assert building.remove() == []
    assert (Exhibition.objects.count(), Master.objects.count()) == (0, masters)
