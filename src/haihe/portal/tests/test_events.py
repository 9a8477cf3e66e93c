"""Events: on the page of the story that announces them, by day, in calendars, and for search engines."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from haihe.base.edge import tree
from haihe.portal.domain.happenings import happening, icalendar
from haihe.portal.domain.noting import note
from haihe.portal.models import Occasion
from haihe.portal.tasks import let_events_pass
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import event_block
from haihe.portal.tests.structured_rules import faults
from haihe.releases.baking.domain import baking, marking
from haihe.releases.models import Publication


def announced(**fields: Any) -> Publication:
    story = factory.story("戏台又开", body=[event_block(**fields)])
    note(story)
    return story


def said(client: Client, story: Publication) -> dict[str, Any]:
    page = client.get(story.path).content.decode()
    (found,) = re.findall(r'<script type="application/ld\+json">(\{[^<]*"NewsArticle".*?)</script>', page)
    (event,) = [one for one in json.loads(found)["@graph"] if one["@type"] == "Event"]
    return dict(event)


@pytest.mark.parametrize(
    ("status", "word"),
    [("scheduled", "EventScheduled"), ("postponed", "EventPostponed"), ("cancelled", "EventCancelled")],
)
def test_story_tells_search_engines_of_its_event(db: None, client: Client, status: str, word: str) -> None:
    event = said(client, announced(status=status))
    assert faults(event) == []
    assert (event["name"], event["eventStatus"]) == ("水袖工作坊", f"https://schema.org/{word}")


def test_event_stands_by_its_day_until_it_is_over_or_withdrawn(db: None, client: Client) -> None:
    story = announced()
    factory_past = event_block(starts="2020-01-01T10:00:00+00:00", ends="", name="旧活动")
    note(factory.story("旧闻", body=[factory_past]))
    page = client.get("/events/").content.decode()
    assert ("水袖工作坊" in page, "旧活动" in page, story.path in page) == (True, False, True)

    factory.withdraw(story)
    story.refresh_from_db()
    note(story)
    assert Occasion.objects.filter(publication=story).count() == 0
    assert "目前没有活动预告" in client.get("/events/").content.decode()
    assert client.get(f"{story.path}event.ics").status_code == 410


def test_a_changed_and_a_killed_event_bake_the_pages_of_what_is_on_again(
    transactional_db: None, settings: Any, tmp_path: Path
) -> None:
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    paths = ("/events/", "/events/events.ics", "/")
    story = announced()

    def shown(words: str) -> list[bool]:
        found = [tree.read(settings.HAIHE_BAKED_ROOT, path) for path in paths[:2]]
        return [words in one[1]["identity"].decode().replace("\r\n ", "") for one in found if one]

    for path in paths:
        marking.ensure(path)
    baking.bake()
    assert shown("水袖工作坊") == [True, True]

    for words, status in (("水袖专场", "scheduled"), ("水袖专场", "cancelled")):
        factory.correct(story, "改期。", body=[event_block(name=words, status=status)])
        baking.bake()
        assert (shown("水袖工作坊"), shown(words)) == ([False, False], [True, True])
    assert (shown("已取消"), shown("STATUS:CANCELLED")) == ([True, True], [False, True])

    factory.withdraw(story)
    baking.bake()
    assert shown("水袖专场") == [False, False]


def test_what_is_over_leaves_the_baked_page_by_the_clock(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    announced()
    marking.ensure("/events/")
    baking.bake()
    Occasion.objects.update(ends=timezone.now())  # as three days later
    baking.bake()
    stale = tree.read(settings.HAIHE_BAKED_ROOT, "/events/")
    let_events_pass.call()
    baking.bake()
    fresh = tree.read(settings.HAIHE_BAKED_ROOT, "/events/")
    assert stale
    assert fresh
    assert ["水袖工作坊" in one[1]["identity"].decode() for one in (stale, fresh)] == [True, False]


def test_calendar_of_a_story_is_what_calendars_read(db: None, client: Client) -> None:
    story = announced(name="灯会; 第一场, 很长的名字" * 5, status="cancelled")
    answer = client.get(f"{story.path}event.ics")
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "").split("\r\n")
    assert (whole[0], whole[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert f"UID:{story.pk}-0@localhost" in whole
    assert "STATUS:CANCELLED" in whole
    assert "灯会\\; 第一场\\, 很长的名字灯会" in text.replace("\r\n ", "")
    assert client.get(factory.story().path + "event.ics").status_code == 404


def test_words_cannot_add_lines_to_a_calendar_and_a_script_is_no_ticket_address() -> None:
    one = happening(event_block(name="甲\r\nATTACH:x", tickets="javascript:alert(1)"))
    assert b"\r\nATTACH" not in icalendar([one], "活动")
    assert one.tickets == ""
