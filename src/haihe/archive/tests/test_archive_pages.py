"""The archive's pages for staff: who sees what, and what they say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from haihe.archive.domain import storage
from haihe.archive.domain.items import Deposit, File, add_version, deposit_items
from haihe.archive.models import Copy, Item
from haihe.city.testing import ROLE_NAMES, allowed, build_city, refused, relations_allowed


@pytest.fixture
def city(db):
    return build_city()


def plant(city):
    def make(organisation, secret):
        (item,) = deposit_items([Deposit(organisation, [File(f"{secret}.txt", secret.encode())], title=secret)])
        return item

    return city.plant(make)


@pytest.mark.parametrize("role", [*ROLE_NAMES, "outsider"])
def test_everybody_sees_the_shelves_of_their_own(city, role):
    planted = plant(city)
    Copy.objects.update(fault="E092 damaged")
    seen = relations_allowed(role, "view")
    client = city.client(role)
    for address in ("/admin/archive/", "/admin/archive/?q=Kx", "/admin/archive/care/"):
        answer = client.get(address)
        assert planted.shown_in(answer) == (set() if refused(answer) else seen), address
    for relation in city.organisations:
        answer = client.get(f"/admin/archive/items/{planted[relation].pk}/")
        assert planted.shown_in(answer) == ({relation} if relation in seen else set())
        assert refused(answer) is (relation not in seen)
        told = client.get(f"/api/v1/items/{planted[relation].pk}")
        assert (told.status_code == 200) is (relation in seen)
    assert refused(client.get("/admin/archive/deposit/")) is (not allowed(role, "create", "own"))


def test_versions_stand_side_by_side(city):
    (item,) = deposit_items(
        [Deposit(city.organisations["own"], [File("stays", b"1"), File("goes", b"2"), File("x", b"3")])]
    )
    add_version(item, put=[File("x", b"4"), File("new", b"5")], delete=["goes"], why="Second look")
    client = city.client("viewer")
    page = client.get(f"/admin/archive/items/{item.pk}/").content.decode()
    assert "+1 ~1 −1" in page
    assert "Second look" in page
    first = client.get(f"/admin/archive/items/{item.pk}/?version=1").content.decode()
    assert "archive__line--removed" not in first
    assert client.get(f"/admin/archive/items/{item.pk}/?version=3").status_code == 404
    assert client.get(f"/admin/archive/items/{item.pk}/?beside=3").status_code == 404
    add_version(item, put=[File("x", b"3"), File("goes", b"2")], why="As it was")
    beside = client.get(f"/admin/archive/items/{item.pk}/?version=3&beside=1").context
    assert {line.path: line.state for line in beside["lines"]} == {
        "goes": "same", "new": "added", "stays": "same", "x": "same",
    }  # fmt: skip
    back = client.get(f"/admin/archive/items/{item.pk}/?version=1&beside=2").context
    assert {line.path: line.state for line in back["lines"]} == {
        "goes": "added", "new": "removed", "stays": "same", "x": "changed",
    }  # fmt: skip


def test_empty_pages_say_what_would_stand_there(city):
    client = city.client("editor")
    assert "shelves are empty" in client.get("/admin/archive/").content.decode()
    assert "No item fits" in client.get("/admin/archive/?q=nothing").content.decode()
    assert "Nothing is on its way" in client.get("/admin/archive/deposit/").content.decode()
    assert "no second store" in client.get("/admin/archive/care/").content.decode()


def test_storage_says_what_came_each_month_and_when_it_is_full(city):
    (item,) = deposit_items([Deposit(city.organisations["own"], [File("a", bytes(5000))])])
    (earlier,) = deposit_items([Deposit(city.organisations["own"], [File("b", bytes(2500))])])
    (old,) = deposit_items([Deposit(city.organisations["own"], [File("c", bytes(1))])])
    now = timezone.localtime()
    this, that = now.replace(day=15), (now.replace(day=15) - timedelta(days=60)).replace(day=3)
    for one, at in ((item, this), (earlier, that), (old, this - timedelta(days=400))):
        Item.objects.filter(pk=one.pk).update(created_at=at)
    found = storage.months(Item.objects.filter(kind="deposit"))
    assert len(found) == 12
    assert [(one.begins.month, one.items, one.bytes, one.share) for one in found if one.items] == [
        (that.month, 1, 2500, 50), (this.month, 1, 5000, 100),
    ]  # fmt: skip
    assert storage.months(Item.objects.none()) == []
    assert storage.Forecast(10, 20, 1.0, 10).full == timezone.localdate() + timedelta(days=10)
    assert storage.Forecast(10, 20, 1e-9, 10**9).full is None
    assert "What came each month" in city.client("viewer").get("/admin/archive/care/").content.decode()
