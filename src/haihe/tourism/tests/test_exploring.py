"""Exploring over HTTP: narrowed, broken down, kept by name; from rollups while these stand for the facts there are."""

from __future__ import annotations

import html
import resource
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.test import Client
from django.urls import reverse

from haihe.archive.domain import segments
from haihe.city.domain.organisations import found
from haihe.city.models import Person
from haihe.tourism.domain import loads, places, rollups
from haihe.tourism.domain.facts.answering import Question
from haihe.tourism.domain.indicators.indicator import indicator
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


@pytest.mark.parametrize("rolled", [True, False])
def test_sql_in_a_filter_is_a_value_nothing_has(client: Client, rolled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not rolled:
        monkeypatch.setattr(loads, "_figures_later", lambda stream, months: None)
    stream = loaded(*(row(house=f"H{number:03}") for number in range(4)))
    day, one = date(2026, 1, 5), indicator("rooms_sold")
    for text in ("star4' OR '1'='1", "star4'); DROP TABLE x; --", 'star4" OR 1=1 --', "%", "*"):
        told = rollups.ask(stream, [one], Question(day, day, {"class": [text]}, "day"))
        assert (told.source, told.answers["rooms_sold"]) == ("rollups" if rolled else "facts", [])
    assert [answer.value for answer in rollups.ask(stream, [one], Question(day, day)).answers["rooms_sold"]] == [240]
    asked = {"organisation": "bureau", "indicator": "rooms_sold", "since": "2026-01-05", "until": "2026-01-05"}
    assert client.get(reverse("tourism_explore"), {**asked, "class": text, "by": text}).status_code == 200
    assert client.get("/api/v1/tourism/answers", {**asked, "by": text}).status_code == 409


def test_a_disk_that_is_full_while_rolling_up_leaves_what_was_and_the_next_run_finishes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file may grow above 100 bytes, as on a full disk."""
    stream = loaded(*(row(house=f"H{number:03}") for number in range(4)))
    folder = places.rollup_folder(stream)
    before = (folder / rollups.MANIFEST).read_bytes()
    monkeypatch.setattr(loads, "_figures_later", lambda stream, months: None)
    loads.run(
        loads.receive(f"{HEADER}\n{row(house='H000', rooms_sold='90')}\n".encode(), stream, filename="b", by=None)
    )
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises((OSError, duckdb.Error)):
            rollups.make(stream, ["2026-01"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (folder / rollups.MANIFEST).read_bytes() == before
    question = Question(date(2026, 1, 5), date(2026, 1, 5))
    for source in ("facts", "rollups"):
        told = rollups.ask(stream, [indicator("rooms_sold")], question)
        assert (told.source, told.answers["rooms_sold"][0].value) == (source, 270)
        rollups.make(stream, ["2026-01"])
