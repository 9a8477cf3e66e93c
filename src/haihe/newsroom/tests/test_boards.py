"""Today's board: each thing in its lane, a fixed number of queries, and what changed a moment ago by organisation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from haihe.city.testing import OUTSIDER, ROLE_NAMES, build_city, relations_allowed
from haihe.newsroom.domain import boards, writing
from haihe.newsroom.domain.founding import found_review
from haihe.newsroom.models import Assignment, Lead, Manuscript, Source
from haihe.newsroom.tests.newsdesk import Newsdesk
from haihe.releases.domain import publish
from haihe.releases.edges import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def on_the_board(person: Any) -> dict[str, list[str]]:
    return {lane.name: [card.title for card in lane.cards] for lane in boards.lanes(person)}


def test_each_thing_stands_in_its_lane_and_moves_on(desk: Newsdesk) -> None:
    found_review()
    now = timezone.now()
    desk.item(title="来稿甲")
    Source.objects.update(problem_code="HostDown", name="坏来源")
    draft = desk.manuscript(title="草稿乙")
    handed = desk.manuscript(title="送审丙")
    handed.get_workflow().start(handed, desk.person("reporter"))
    out = desk.manuscript(title="已发丁")
    publish(out, desk.person("publisher"))
    Assignment.objects.create(
        organisation=desk.organisation, title="采访戊", starts=now, ends=now + timedelta(hours=1), deadline=now
    )
    assert on_the_board(desk.person("editor")) == {
        "arriving": ["来稿甲"],
        "in_work": ["草稿乙"],
        "in_review": ["送审丙"],
        "due": ["采访戊"],
        "out": ["已发丁"],
        "failed": ["坏来源"],
    }
    publish(Manuscript.objects.get(pk=draft.pk), desk.person("publisher"))
    after = on_the_board(desk.person("editor"))
    assert (after["in_work"], after["out"]) == ([], ["草稿乙", "已发丁"])


def test_board_takes_as_many_queries_for_much_as_for_little(desk: Newsdesk) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            boards.lanes(desk.person("editor"))
        return len(queries)

    desk.manuscript()
    desk.item()
    asked()
    few = asked()
    for number in range(25):
        desk.manuscript(title=str(number))
        desk.item(entry_id=str(number))
    assert asked() == few


def test_hours_of_intake_are_whole_and_in_order(desk: Newsdesk) -> None:
    now = timezone.now()
    for number, hours in enumerate((0, 0, 3, 30)):
        desk.item(entry_id=str(number), arrived_at=now - timedelta(hours=hours))
    hours = boards.intake_by_hour(desk.person("viewer"))
    counts = [count for _hour, count in hours]
    assert (len(counts), sum(counts), counts[-1], counts[-4]) == (24, 3, 2, 1)
    assert [hour for hour, _count in hours] == sorted(hour for hour, _count in hours)


def test_pulse_names_each_change_once_and_by_its_organisation(desk: Newsdesk) -> None:
    other = Newsdesk.__new__(Newsdesk)
    other.people = {}
    from haihe.city.domain.organisations import found

    other.organisation = found("别处", slug="elsewhere")
    later = timezone.now() + timedelta(minutes=5)
    writing.begin(desk.organisation, desk.person("reporter"), title="一")
    Lead.objects.create(organisation=other.organisation, title="线索", at=timezone.now())
    said = boards.pulse()
    assert set(said) == {desk.organisation.pk, other.organisation.pk}
    assert [name[0] for name in said[other.organisation.pk]].count("l") == 1
    assert boards.pulse()[desk.organisation.pk] == said[desk.organisation.pk]
    assert boards.pulse(later) == {}


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_boards_show_what_the_role_may_see(role: str) -> None:
    city = build_city()
    now = timezone.now()

    def plant(organisation: Any, secret: str) -> None:
        writing.begin(organisation, city.superuser, title=f"{secret} draft")
        published = writing.begin(organisation, city.superuser, title=f"{secret} out")
        publish(published, city.superuser)
        Lead.objects.create(organisation=organisation, title=f"{secret} lead", at=now)
        Assignment.objects.create(
            organisation=organisation, title=f"{secret} sent", starts=now, ends=now + timedelta(hours=1), deadline=now,
            longitude=117.0, latitude=39.0,
        )  # fmt: skip
        Source.objects.create(organisation=organisation, name=f"{secret} source", problem_code="x")
        Notice.objects.create(
            kind="killed", source_label="x", source_id="x", source_organisation=organisation,
            label="newsroom.manuscript", thing=str(published.pk), organisation=organisation, told_at=now,
        )  # fmt: skip

    planted, seen = city.plant(plant), relations_allowed(role, "view")
    for name, part in (("newsroom_board", "lanes"), ("newsroom_wall", "wall")):
        for query in ({}, {"part": part}):
            page = city.client(role).get(reverse(name), query)
            assert planted.shown_in(page) == seen, (name, query)
