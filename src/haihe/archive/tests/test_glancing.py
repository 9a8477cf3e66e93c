"""Rights in one word, and the board that lists them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from haihe.archive import deposit
from haihe.archive.domain import erasing, glancing, granting
from haihe.archive.domain.glancing import Standing, glance
from haihe.archive.domain.items import Deposit, File, deposit_items
from haihe.archive.domain.rights.policies import (
    AS_PUBLISHED,
    STAFF_ONLY,
    Action,
    Audience,
    Policy,
    Rule,
    embargoed,
    limited,
    openly,
)
from haihe.archive.tests.test_rights_deciding import DAY, NOW
from haihe.city.testing import OUTSIDER, ROLE_NAMES, build_city, refused, relations_allowed

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
BOARD = "/admin/archive/rights/"


@pytest.fixture
def city(db):
    return build_city()


@pytest.mark.parametrize(
    ("policy", "standing"),
    [
        (AS_PUBLISHED, Standing.PUBLISHED),
        (Policy((Rule(Action.DISPLAY),)), Standing.SHOWN),
        (openly(CC0), Standing.OPEN),
        (limited(openly(CC0), 800), Standing.SMALL),
        (STAFF_ONLY, Standing.STAFF),
        (Policy((Rule(Action.DISPLAY, Audience.SIGNED_IN),)), Standing.SOME),
        (embargoed(openly(CC0), NOW + DAY), Standing.EMBARGOED),
        (Policy((Rule(Action.DISPLAY, ends=NOW - DAY),)), Standing.ENDED),
        (Policy(openly(CC0).permissions, (Rule(Action.INDEX),)), Standing.STAFF),
        (Policy(openly(CC0).permissions, withdrawn=True), Standing.WITHDRAWN),
    ],
)
def test_a_policy_in_one_word(policy, standing):
    assert glance(policy, at=NOW).standing is standing
    assert glance(policy, at=NOW, erased=True).standing is Standing.ERASED


def test_a_glance_says_until_when_and_how_large():
    found = glance(embargoed(limited(AS_PUBLISHED, 800), NOW + DAY), at=NOW)
    assert (found.standing, found.until, found.edge) == (Standing.EMBARGOED, NOW + DAY, None)
    assert glance(embargoed(limited(AS_PUBLISHED, 800), NOW + DAY), at=NOW + DAY).edge == 800


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_the_board_shows_what_one_may_view(city, role):
    def make(organisation, secret):
        master = deposit(secret.encode(), organisation=organisation, source_kind="upload", filename=secret)
        granting.withdraw(master, by=city.superuser, reason="asked")
        return master

    planted = city.plant(make)
    erasing.ask_erasure(planted["own"], by=city.superuser, reason="by law")
    client = city.client(role)
    for address in (BOARD, f"{BOARD}?standing=withdrawn", f"{BOARD}?p=9&standing=nonsense"):
        answer = client.get(address)
        assert planted.shown_in(answer) == (set() if refused(answer) else relations_allowed(role, "view")), address


def test_the_board_counts_and_filters(city):
    own, by = city.organisations["own"], city.people["publisher"]
    day = timezone.now() + timedelta(days=9)
    names = ("free", "later", "soon", "gone", "plain")
    masters = {
        name: deposit(name.encode(), organisation=own, source_kind="upload", filename=f"{name}.tif") for name in names
    }
    granting.set_policy(masters["free"], openly(CC0), by=by)
    granting.set_policy(masters["soon"], embargoed(AS_PUBLISHED, day), by=by)
    granting.set_policy(masters["later"], embargoed(AS_PUBLISHED, day + DAY), by=by)
    erasing.confirm_erasure(
        erasing.ask_erasure(masters["gone"], by=by, reason="by law"), by=city.people["administrator"]
    )
    client = city.client("viewer")
    context = client.get(BOARD).context
    assert {str(standing): count for standing, _name, count in context["standings"]} == {
        "erased": 1, "embargoed": 2, "open": 1,
    }  # fmt: skip
    assert context["undecided"] == 1
    shown = client.get(f"{BOARD}?standing=embargoed").context["rows"]
    assert [row["master"].filename for row in shown] == ["soon.tif", "later.tif"]
    assert client.get(f"{BOARD}?standing=open").context["rows"][0]["statement"].code == "CC0"
    assert client.get(f"{BOARD}?standing=open&organisation=nobody").context["rows"] == []
    granting.withdraw(masters["free"], by=by, reason="the heirs asked")
    assert client.get(f"{BOARD}?standing=open").context["rows"] == []
    assert "the heirs asked" in client.get(f"{BOARD}?standing=withdrawn").content.decode()


def test_shelves_and_items_say_it_too(city):
    own, by = city.organisations["own"], city.people["publisher"]
    plain, mixed = deposit_items([Deposit(own, [File("a", b"a")]), Deposit(own, [File(n, n.encode()) for n in "bcd"])])
    for path in "bc":
        granting.withdraw(mixed.masters.get(path=path), by=by, reason="asked")
    client = city.client("viewer")
    items = {item.pk: item for item in client.get("/admin/archive/").context["page"]}
    assert items[plain.pk].standings == []
    assert [(one.standing, count) for one, count in items[mixed.pk].standings] == [(Standing.WITHDRAWN, 2)]
    lines = client.get(f"/admin/archive/items/{mixed.pk}/").context["lines"]
    assert {line.path: str(line.glance.standing) for line in lines} == {
        "b": "withdrawn", "c": "withdrawn", "d": "published",
    }  # fmt: skip


def test_more_decisions_than_are_looked_at_are_said(city, monkeypatch):
    monkeypatch.setattr(glancing, "MOST_DECIDED", 1)
    for number in range(2):
        master = deposit(b"%d" % number, organisation=city.organisations["own"], source_kind="upload")
        granting.set_policy(master, openly(CC0), by=city.superuser)
    context = city.client("viewer").get(BOARD).context
    assert (len(context["rows"]), context["more"]) == (1, 1)
