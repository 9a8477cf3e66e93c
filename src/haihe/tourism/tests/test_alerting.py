"""Alerts in the room: after counts the hours ahead, who was told and saw it, and whether it came so."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from haihe.archive.domain import segments
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person, RoleGrant
from haihe.tourism.domain import alerting, figures, loads, places
from haihe.tourism.domain.stages import StagesBad, stages
from haihe.tourism.models import Alert, AlertContact, AlertScore, Figure, Load, Outlook, Stream, Telling

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 5)
FRIDAY = date(2026, 4, 17)  # days up to here are counted first


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


@pytest.fixture
def bureau() -> Organisation:
    return found("文旅局", slug="bureau")


def counts(since: date, until: date) -> bytes:
    """A place that fills at weekends, open from 9 to 16, by the hour."""
    lines = ["日期,景区,小时,入园人数,在园人数,瞬时最大承载量"]
    for step in range((until - since).days + 1):
        day = since + timedelta(days=step)
        size = (930 if day.weekday() >= 5 else 350) * (1 + 0.03 * math.sin(day.toordinal()))
        lines += [f"{day},V01,{h},{round(size / 8)},{round(size * (1 - abs(h - 12) / 6))},1000" for h in range(9, 17)]
    return "\n".join(lines).encode()


def load_counts(bureau: Organisation, since: date, until: date) -> None:
    load = loads.receive(counts(since, until), loads.stream_of(bureau, "gates"), filename="g.csv", by=None)
    assert loads.run(load).state == Load.State.LOADED


def test_those_named_are_told_ahead_see_it_and_read_whether_it_was_right(bureau: Organisation, client: Client) -> None:
    keeper, stranger = (Person.objects.create(username=name) for name in ("keeper", "stranger"))
    RoleGrant.objects.create(person=keeper, organisation=bureau, role="editor")
    AlertContact.objects.create(organisation=bureau, group="bureau", person=keeper)
    AlertContact.objects.create(organisation=bureau, group="place", place="V02", person=stranger)
    with time_machine.travel("2026-04-17 18:00", tick=False):
        load_counts(bureau, FIRST, FRIDAY)
        assert alerting.look_ahead(bureau.pk) == 2
        assert alerting.look_ahead(bureau.pk) == 0  # a count gives one outlook
    raised = list(Alert.objects.order_by("day"))
    assert [(one.stage, one.day) for one in raised] == [("crowded", date(2026, 4, 18)), ("crowded", date(2026, 4, 19))]
    assert list(Telling.objects.values_list("person__username", flat=True)) == ["keeper", "keeper"]
    assert {one.right for one in raised} == {None}

    client.force_login(keeper)
    words = {"accept-language": "zh-hans"}
    home = client.get(reverse("wagtailadmin_home"), headers=words).content.decode()
    assert "即将拥挤的景区" in home
    page = client.get(reverse("tourism_alerts"), headers=words).content.decode()
    assert "老码头历史街区" in page
    assert "尚未查看" in page
    for one in Telling.objects.all():
        client.post(reverse("tourism_alerts"), {"deed": "seen", "telling": one.pk})
    assert not Telling.objects.filter(seen_at=None).exists()
    assert "即将拥挤的景区" not in client.get(reverse("wagtailadmin_home"), headers=words).content.decode()

    with time_machine.travel("2026-04-20 10:30", tick=False):
        load_counts(bureau, FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3))
        alerting.look_ahead(bureau.pk)
    judged = Alert.objects.filter(stage="crowded", day__lte=date(2026, 4, 19)).order_by("day")
    assert [(one.right, one.ahead is not None and one.ahead > 12) for one in judged] == [(True, True), (True, True)]
    assert judged[0].peak == pytest.approx(0.93, abs=0.05)
    told = AlertScore.objects.get(stage="crowded").told
    assert (told["right"], told["false"], told["missed"]) == (2, 0, 0)
    assert told["count"] > 10
    assert told["brier"] < 0.1
    page = client.get(reverse("tourism_alerts"), headers=words).content.decode()
    assert "报对，提前" in page
    (answer, *_rest) = client.get("/api/v1/tourism/alerts?since=2026-04-19").json()
    assert (answer["place"], answer["people"], answer["told"]) == ("V01", ["keeper"], ["place", "bureau"])


@time_machine.travel("2026-04-24 12:00", tick=False)
def test_places_without_gates_are_watched_by_the_day(bureau: Organisation) -> None:
    owner = Person.objects.create(username="owner")
    RoleGrant.objects.create(person=owner, organisation=bureau, role="viewer")
    loads.stream_of(bureau, "visits", owner=owner)
    days = [FIRST + timedelta(days=step) for step in range((date(2026, 4, 23) - FIRST).days + 1)]
    Figure.objects.bulk_create(
        Figure(
            organisation=bureau, indicator="capacity_load", grain="day", by="spot", key="V03", period=day,
            value=(95 if day.weekday() >= 5 else 30) + 3 * math.sin(day.toordinal()),
        )
        for day in days
    )  # fmt: skip
    alerting.look_ahead(bureau.pk)
    row = Outlook.objects.get()
    assert (row.place, [hour % 24 for hour in row.told["hours"]]) == ("V03", [23, 23, 23])
    told = Alert.objects.filter(stage="crowded")
    assert set(told.values_list("day", flat=True)) >= {date(2026, 4, 25), date(2026, 4, 26)}
    assert set(Telling.objects.values_list("person__username", flat=True)) == {"owner"}  # where nobody is named


def test_a_city_sets_its_own_stages_and_a_wrong_file_says_so(bureau: Organisation) -> None:
    file = places.root() / "alerts.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('[[stage]]\nname = "early"\nshare = 0.6\nchance = 0.4\ntold = ["bureau"]\n', encoding="utf-8")
    assert [(one.name, one.share, one.told) for one in stages()] == [("early", 0.6, ("bureau",))]
    for wrong in ("told = 3", 'told = ["nobody"]', 'told = ["bureau"]\nshare = 2'):
        file.write_text(f'[[stage]]\nname = "early"\nshare = 0.6\nchance = 0.4\n{wrong}\n', encoding="utf-8")
        with pytest.raises(StagesBad):
            stages()


def test_contacts_are_added_and_removed_by_those_who_manage_streams_only(bureau: Organisation, client: Client) -> None:
    load_counts(bureau, FIRST, FIRST + timedelta(days=1))
    figures.make(Stream.objects.get(), ["2026-01"])
    people = {role: Person.objects.create(username=role) for role in ("viewer", "editor")}
    for role, person in people.items():
        RoleGrant.objects.create(person=person, organisation=bureau, role=role)
    sent = {"deed": "add", "group": "bureau", "place": "V01", "person": people["viewer"].pk}
    client.force_login(people["viewer"])
    assert client.post(reverse("tourism_alerts"), sent).status_code in (302, 403)
    assert not AlertContact.objects.exists()
    client.force_login(people["editor"])
    outsider = Person.objects.create(username="outsider")
    client.post(reverse("tourism_alerts"), {**sent, "person": outsider.pk})
    assert not AlertContact.objects.exists()
    client.post(reverse("tourism_alerts"), sent)
    contact = AlertContact.objects.get()
    assert (contact.person, contact.place) == (people["viewer"], "V01")
    client.force_login(people["viewer"])
    client.post(reverse("tourism_alerts"), {"deed": "remove", "contact": contact.pk})
    assert AlertContact.objects.exists()
    client.force_login(people["editor"])
    client.post(reverse("tourism_alerts"), {"deed": "remove", "contact": contact.pk})
    assert not AlertContact.objects.exists()
