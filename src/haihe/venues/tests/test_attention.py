"""Where visitors look is counted as sums, of this tour only, by anybody, and read by staff."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.releases.models import FactSheet, Publication
from haihe.venues.domain import attention
from haihe.venues.models import Attention, Tour

FRONT = str(6 * attention.COLUMNS + 12)  # the cell right of the middle, just below the horizon


@pytest.fixture
def publication(tour: Tour, city: RelatedCity) -> Publication:
    release = publish(tour, city.people["publisher"])
    assert release is not None
    return release.publication


def _send(client: Client, publication: Publication, told: Any) -> int:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    answer = client.post(f"{publication.path}attention/", body, content_type="text/plain")
    assert answer.cookies == {}
    return answer.status_code


@pytest.mark.django_db
def test_sums_of_visitors_are_added_without_cookies(publication: Publication) -> None:
    sent = {"a": {"cells": {FRONT: 40, "0": 5}, "hotspots": {"stone": 30}}, "b": {"cells": {FRONT: 5}}}
    assert [_send(Client(enforce_csrf_checks=True), publication, sent) for _visitor in range(2)] == [204, 204]
    rows = {row.scene: row for row in Attention.objects.all()}
    assert (rows["a"].seconds, rows["a"].cells, rows["a"].hotspots) == (90, {FRONT: 80, "0": 10}, {"stone": 60})
    assert rows["b"].seconds == 10
    a, _b, c = attention.seen(publication, date.today())
    assert [(one.x, one.y, one.share) for one in a.cells] == [(0, 0, 12), (500, 500, 100)]
    assert (a.hotspots, c.seconds) == ([("石碑", 60), ("往前", 0)], 0)
    assert attention.seen(publication, date.today() + timedelta(days=1))[0].seconds == 0


BAD: tuple[tuple[Any, int], ...] = (
    (b"{", 400),
    (b"[" * 20_000, 400),
    (b" " * 40_000, 413),
    ([1], 204),
    ({"nowhere": {"cells": {FRONT: 5}}}, 204),
    ({"a": {"cells": {"288": 5, "-1": 5, "x": 5, FRONT: -5, "1": 1.5, "2": True, "3": 10**9}}}, 204),
    ({"a": {"cells": {str(n): 900 for n in range(9)}}}, 204),
    ({"a": {"cells": [], "hotspots": {"stone": 5}}}, 204),
)


@pytest.mark.django_db
def test_what_is_no_count_of_this_tour_leaves_no_trace(publication: Publication) -> None:
    assert [_send(Client(), publication, sent) for sent, _status in BAD] == [status for _sent, status in BAD]
    assert Attention.objects.count() == 0
    assert Client().get(f"{publication.path}attention/").status_code == 405


@pytest.mark.django_db
def test_staff_see_the_heat_and_who_may_publish_vouches_for_it(publication: Publication, city: RelatedCity) -> None:
    attention.count(publication, {"a": {"cells": {FRONT: 95}, "hotspots": {"stone": 7}}}, on=date.today())
    address = f"/admin/snippets/venues/tour/attention/{publication.subject_id}/?days=7"
    answers = {role: city.client(role).get(address) for role in ("publisher", "viewer", "outsider")}
    assert [answers[role].status_code == 200 for role in answers] == [True, True, False]
    page = answers["publisher"].content.decode()
    assert page.count('class="attention__cell"') == 1
    assert ("Vouch" in page, "Vouch" in answers["viewer"].content.decode()) == (True, False)
    assert city.client("viewer").post(address).status_code in (302, 403)
    assert FactSheet.objects.count() == 0
    city.client("publisher").post(address)
    facts = FactSheet.objects.get().facts
    assert [(fact["name"], fact["value"], fact["unit"]) for fact in facts[:2]] == [
        ("场景a", "95", "s"), ("场景a · 石碑", "7", "s"),
    ]  # fmt: skip
