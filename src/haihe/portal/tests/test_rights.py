"""A picture whose rights are withdrawn leaves page, list, feed, API and search at once, and comes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from haihe.archive import deposit
from haihe.archive.domain import granting
from haihe.base.edge import tree
from haihe.base.search import index_pending
from haihe.city.models import Person
from haihe.portal.tests import factory
from haihe.releases.baking.domain import baking, marking

SECRET = "夜泊的灯火"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(tmp_path: Any, settings: Any) -> None:
    settings.HOME, settings.HAIHE_BAKED_ROOT = tmp_path, tmp_path / "baked"


@pytest.fixture
def boss() -> Person:
    return Person.objects.create_superuser("boss", password="x")


def ways(path: str, release: Any) -> dict[str, str]:
    client = Client()
    addresses = {
        "page": path,
        "section": "/section/culture/",
        "feed": "/feed.rss",
        "json feed": "/feed.json",
        "API": f"/api/v1/releases/{release}",
        "search": f"/search/?q={SECRET}",
    }
    return {name: client.get(address).content.decode() for name, address in addresses.items()}


def test_withdrawn_picture_leaves_every_way_and_comes_back(boss):
    master = deposit(b"picture", organisation=factory.organisation(), source_kind="upload")
    shown = factory.picture(src="/media/pictures/unguessable/a.webp", master=str(master.pk), alt="alt", caption=SECRET)
    story = factory.story(section=factory.section(), lead_picture=shown, body=[{"type": "picture", **shown}])
    index_pending()
    before = ways(story.path, story.current_id)
    assert [name for name, body in before.items() if "unguessable" not in body] == []
    assert SECRET in before["search"]

    granting.withdraw(master, by=boss, reason="the photographer asked")
    index_pending()
    during = ways(story.path, story.current_id)
    assert [name for name, body in during.items() if "unguessable" in body] == []
    assert SECRET not in during["page"] + during["API"]
    assert '"withheld": 2' in during["API"]

    granting.give_back(master, by=boss, reason="they agreed")
    index_pending()
    after = ways(story.path, story.current_id)
    assert [name for name, body in after.items() if "unguessable" not in body] == []


def test_baked_page_is_taken_away_with_the_commit_and_never_put_back_as_it_was(
    boss, settings, django_capture_on_commit_callbacks
):
    master = deposit(b"picture", organisation=factory.organisation(), source_kind="upload")
    shown = factory.picture(src="/media/pictures/unguessable/a.webp", master=str(master.pk))
    story = factory.story(section=factory.section(), lead_picture=shown)
    marking.ensure(story.path, publication=story)
    baking.bake()
    root = settings.HAIHE_BAKED_ROOT
    assert b"unguessable" in tree.read(root, story.path)[1]["identity"]

    with django_capture_on_commit_callbacks() as waiting:
        granting.withdraw(master, by=boss, reason="asked")
    take_away = [callback for callback in waiting if "_take_away" in repr(callback)]
    assert len(take_away) == 1
    take_away[0]()
    assert tree.read(root, story.path) is None
    baking.bake()
    assert b"unguessable" not in tree.read(root, story.path)[1]["identity"]
