"""The board of one place, and the chain from sights over products to industries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from haihe.city.domain.organisations import found
from haihe.city.models import Person
from haihe.tourism.domain import boards, loads
from haihe.tourism.models import Figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    bureau = found("文旅局", slug="bureau")
    loads.stream_of(bureau, "visits")
    for code, many in (("V01", 1111), ("V02", 2222)):
        for back in range(3):
            day = date(2026, 11, 3) - timedelta(days=back)
            told = {"grain": "day", "by": "spot", "key": code, "period": day, "value": many + back}
            Figure.objects.create(organisation=bureau, indicator="visits", **told)
        month = {"grain": "month", "by": "spot", "key": code, "period": date(2026, 10, 1)}
        Figure.objects.create(organisation=bureau, indicator="visits", value=many * 30, **month)
        Figure.objects.create(organisation=bureau, indicator="outside_share", value=many / 100, **month)
    made = Client(headers={"accept-language": "zh-hans"})
    made.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    return made


def test_one_place_shows_its_own_figures_and_no_other(client: Client) -> None:
    address = reverse("tourism_board", args=["place"])
    first, second = (client.get(address + asked).content.decode() for asked in ("?key=X", "?key=V02"))
    assert "1,111" in first
    assert "2,222" not in first  # an unknown place is the first one
    assert "2,222" in second
    assert "22.2" in second
    assert "1,111" not in second
    assert '<option value="V02" selected>海河市博物馆</option>' in second


def test_every_link_of_the_chain_says_its_share(client: Client) -> None:
    organisation = Figure.objects.first()
    assert organisation is not None
    made = boards.chart(organisation.organisation_id, boards.BOARDS["chain"].charts[0])
    assert [row[1:] for row in made.rows] == [["66,660", "66.7%"], ["33,330", "33.3%"]]
    assert "66.7%" in client.get(reverse("tourism_board", args=["chain"])).content.decode()
