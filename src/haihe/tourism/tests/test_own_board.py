"""The board of one place, and the chain from sights over products to industries."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person
from haihe.tourism.domain import boards, loads
from haihe.tourism.models import Figure
from haihe.tourism.tests.test_chain import GOOD

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


def test_the_chain_reaches_industries_through_the_citys_own_table(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    settings.HOME = tmp_path
    address = reverse("tourism_board", args=["chain"])
    assert "tourism/chain.toml" in client.get(address).content.decode()
    told = {"indicator": "spending", "grain": "month", "by": "trade", "period": date(2026, 10, 1)}
    for trade, value in (("catering", 100.0), ("fun", 7.0)):
        Figure.objects.create(organisation=Organisation.objects.get(), key=trade, value=value, **told)
    (tmp_path / "tourism").mkdir()
    (tmp_path / "tourism" / "chain.toml").write_text(GOOD, encoding="utf-8")
    page = client.get(address).content.decode()
    assert "投入产出表 2020 年" in page
    assert "57.7%" in page  # 82 of 142
    (tmp_path / "tourism" / "chain.toml").write_text(GOOD.replace("0.8", "0.9"), encoding="utf-8")
    assert "chain.toml" in client.get(address).content.decode()
