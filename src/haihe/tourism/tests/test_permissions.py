"""Role × action × relation over HTTP: figures are seen, and files loaded, only where that is allowed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from haihe.archive.domain import segments
from haihe.base.tasks.models import Job
from haihe.city.models import Organisation, Person
from haihe.city.testing import (
    OUTSIDER,
    RELATIONS,
    ROLE_NAMES,
    Planted,
    RelatedCity,
    allowed,
    build_city,
    refused,
    relations_allowed,
)
from haihe.tourism.domain import loads
from haihe.tourism.models import Alert, Figure, Flag, Forecast, Load, SavedView
from haihe.tourism.tests.test_loading_errors import HEADER, row

pytestmark = pytest.mark.django_db
EVERYBODY = (*ROLE_NAMES, OUTSIDER)


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


def plant(organisation: Organisation, secret: str) -> Load:
    """A load with a rejected line, a figure and a flag; the secret stands in each of them."""
    stream = loads.stream_of(organisation, "lodging")
    load = loads.receive(f"{HEADER}\n{row(house=secret)}\n".encode(), stream, filename=f"{secret}.csv", by=None)
    reject = {"line": 2, "column": "house", "raw": row(house=secret), "code": "text_pattern", "told": {"cell": secret}}
    load.state, load.number, load.rejected, load.outcome = Load.State.LOADED, 1, 1, {"rejects": [reject]}
    load.save()
    Figure.objects.create(
        organisation=organisation,
        indicator="occupancy",
        grain="month",
        by="class",
        key=secret,
        value=1,
        period="2026-01-01",
    )
    Flag.objects.create(stream=stream, kind="gap", day=date(2026, 1, 1), told={"zh": secret, "en": secret})
    made = {"made_at": timezone.now(), "last_day": date(2026, 1, 1), "told": {"refused": [secret, secret]}}
    Forecast.objects.create(organisation=organisation, indicator="visits", **made)
    Alert.objects.create(
        organisation=organisation, place=secret, stage="crowded", day=date(2026, 1, 1), issued=490_000, chance=0.6
    )
    keeper = Person.objects.create(username=f"keeper-{organisation.pk}")
    told = {"asked": "indicator=occupancy", "shared": True}
    SavedView.objects.create(organisation=organisation, person=keeper, name=secret, **told)
    return load


@pytest.fixture
def planted(city: RelatedCity) -> Planted[Load]:
    return city.plant(plant)


LISTS = ["tourism_explore", "tourism_streams", "tourism_flags", "tourism", "tourism_holidays", "tourism_wall"]
LISTS += ["tourism_forecasts", "tourism_alerts", "tourism_nowcasts"]


@pytest.mark.parametrize("role", EVERYBODY)
def test_figures_loads_and_lists_show_only_what_may_be_seen(
    role: str, city: RelatedCity, planted: Planted[Load]
) -> None:
    client = city.client(role)
    for name in LISTS:
        response = client.get(reverse(name))
        assert (name, refused(response)) == (name, role == OUTSIDER)
        assert planted.shown_in(response) <= relations_allowed(role, "view")
    assert planted.shown_in(client.get(reverse("tourism_flags"))) == relations_allowed(role, "view")
    for relation in RELATIONS:
        load, seen = planted[relation], allowed(role, "view", relation)
        page = client.get(reverse("tourism_load", args=[load.pk]))
        rejects = client.get(reverse("tourism_load", args=[load.pk]) + "?rejects=csv")
        state = client.get(reverse("tourism_load_state", args=[load.pk]))
        asked = f"?organisation={load.stream.organisation.slug}"
        export = client.get(reverse("tourism_export", args=["occupancy", "csv"]) + asked)
        board = client.get(reverse("tourism_board", args=["lodging"]) + asked)
        programs = client.get("/api/v1/tourism/figures?indicator=occupancy&by=class" + asked.replace("?", "&"))
        narrowly = "/api/v1/tourism/answers?indicator=occupancy&since=2026-01-01&until=2026-01-31"
        answers = client.get(narrowly + asked.replace("?", "&"))
        explored = client.get(reverse("tourism_explore") + asked + "&indicator=occupancy")
        forecast = client.get(reverse("tourism_forecast", args=["visits"]) + asked)
        alerts = client.get(reverse("tourism_alerts") + asked)
        told = client.get("/api/v1/tourism/alerts" + asked)
        for response in (page, rejects, export, programs, explored, forecast, alerts, told):
            assert planted.shown_in(response) == ({relation} if seen else set())
        for response in (page, rejects, state, export, board, explored, answers, forecast, alerts):
            assert refused(response) != seen


@pytest.mark.parametrize("role", EVERYBODY)
def test_deeds_happen_where_they_are_allowed(role: str, city: RelatedCity, planted: Planted[Load]) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        load, may = planted[relation], allowed(role, "manage_sources", relation)
        flag = Flag.objects.get(stream=load.stream)
        client.post(reverse("tourism_flags"), {"flag": flag.pk, "note": "known"})
        assert (relation, Flag.objects.get(pk=flag.pk).settled_at is not None) == (relation, may)
        address, loads_before = reverse("tourism_load", args=[load.pk]), Load.objects.count()
        client.post(address, {"deed": "check"})
        assert (relation, Load.objects.count() - loads_before) == (relation, int(may))
        before = Job.objects.filter(task_path__endswith=".take_back").count()
        client.post(address, {"deed": "roll_back"})
        assert Job.objects.filter(task_path__endswith=".take_back").count() - before == int(may)
        sent = {
            "organisation": load.stream.organisation_id,
            "stream": "lodging",
            "file": SimpleUploadedFile("b.csv", f"{HEADER}\n{row()}\n".encode()),
        }
        loads_before = Load.objects.count()
        client.post(reverse("tourism_upload"), sent)
        assert (relation, Load.objects.count() - loads_before) == (relation, int(may))
