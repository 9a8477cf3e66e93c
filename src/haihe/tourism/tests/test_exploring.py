"""Exploring over HTTP: narrowed, broken down, kept by name; from rollups while these stand for the facts there are."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from haihe.archive.domain import segments
from haihe.city.domain.organisations import found
from haihe.city.models import Person
from haihe.tourism.domain import loads, rollups
from haihe.tourism.models import SavedView
from haihe.tourism.tests.test_loading_errors import HEADER, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    monkeypatch.setattr(rollups, "LEAST_ROWS", 0)
    monkeypatch.setattr(loads, "_figures_later", lambda stream, months: rollups.make(stream, months))
    made = Client(headers={"accept-language": "zh-hans"})
    made.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    return made


def loaded(*rows: str) -> Any:
    stream = loads.stream_of(found("文旅局", slug="bureau"), "lodging")
    loads.run(loads.receive("\n".join([HEADER, *rows, ""]).encode(), stream, filename="a.csv", by=None))
    return stream


def test_figures_are_narrowed_kept_and_asked_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four houses of one class are told; one alone in its class is not."""
    houses = [row(house=f"H{number:03}", rooms_sold=str(50 + number)) for number in range(4)]
    houses += [row(date="2026-01-06", house="H000", rooms_sold="99"), row(house="H009", **{"class": "star5"})]
    stream = loaded(*houses)
    here = reverse("tourism_explore")
    asked = "organisation=bureau&indicator=rooms_sold&since=2026-01-05&until=2026-01-06&grain=day"
    page = html.unescape(client.get(f"{here}?{asked}&class=star4").content.decode())
    assert "由汇总计算" in page
    assert '"data": [206.0, null]' in page  # on the second day one house alone would be told
    alone = html.unescape(client.get(f"{here}?{asked}&by=class").content.decode())
    assert '"data": [206.0, null]' in alone
    assert "60" not in alone.partition("<tbody>")[2].partition("</tbody>")[0]

    answer = client.post(f"{here}?organisation=bureau", {"indicator": "rooms_sold", "class": "star4", "name": "四星"})
    assert answer["Location"].endswith("indicator=rooms_sold&class=star4")
    assert "四星" in client.get(answer["Location"]).content.decode()
    view = SavedView.objects.get()
    client.post(f"{here}?organisation=bureau", {"deed": "remove", "view": view.pk})
    assert not SavedView.objects.exists()

    monkeypatch.setattr(loads, "_figures_later", lambda stream, months: None)  # not rolled up yet
    loads.run(
        loads.receive(f"{HEADER}\n{row(house='H000', rooms_sold='90')}\n".encode(), stream, filename="b", by=None)
    )
    page = html.unescape(client.get(f"{here}?{asked}&class=star4").content.decode())
    assert "由明细计算" in page
    assert '"data": [246.0, null]' in page

    told = "/api/v1/tourism/answers?organisation=bureau&indicator=rooms_sold&since=2026-01-05&until=2026-01-05"
    assert [one["value"] for one in client.get(told).json()] == [306]
    wrong = client.get(f"{told}&only=rooms_sold:1")
    assert (wrong.status_code, "class" in wrong.content.decode()) == (409, True)
    assert client.get(f"{here}?{asked}&since=1900-01-01").status_code == 200
    assert client.get(f"{here}?indicator=none").status_code == 404
