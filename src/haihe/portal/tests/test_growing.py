"""A live story grows: entries newest first, no correction, no note needed; anything else is a correction."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import html

from haihe.portal.domain.stories import reading_minutes
from haihe.portal.tests import factory
from haihe.releases.content import only_grew, plain_text
from haihe.releases.models import Publication

Page = Callable[[str], str]
BEFORE = {"title": "龙舟赛", "body": [factory.text("<p>一</p>"), factory.entry(1, "", "<p>发令</p>")]}


def grown(*entries: dict[str, str], **changed: object) -> dict[str, object]:
    return {**BEFORE, "body": [*BEFORE["body"], *entries], **changed}  # type: ignore[misc]


def test_only_entries_more_is_growth() -> None:
    assert only_grew(BEFORE, grown(factory.entry(2, "", "<p>二</p>"), factory.entry(3, "三", "<p>三</p>")))
    first = {**BEFORE, "body": [factory.entry(0, "", "<p>零</p>"), *BEFORE["body"]]}
    assert only_grew(BEFORE, first)


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        grown(factory.entry(2, "", "<p>二</p>"), title="龙舟赛改期"),
        grown(factory.text("<p>二</p>")),
        {**BEFORE, "body": [factory.text("<p>一</p>"), factory.entry(1, "", "<p>发令了</p>")]},
        {**BEFORE, "body": [factory.text("<p>一</p>"), factory.entry(2, "", "<p>二</p>")]},
        {**BEFORE, "body": []},
    ],
)
def test_anything_else_is_no_growth(after: dict[str, object]) -> None:
    assert not only_grew(BEFORE, after)


def test_entries_stand_together_newest_first_and_can_be_linked(live_story: Publication, page: Page) -> None:
    entries = html.fromstring(page(live_story.path)).cssselect(".live__entries > li")
    assert [one.cssselect("p")[0].text for one in entries] == ["过三岔河口，东岸队领先半个船身。", "九条船同时离岸。"]
    assert [one.cssselect("a")[0].get("href") for one in entries] == [f"#{one.get('id')}" for one in entries]
    assert len({one.get("id") for one in entries}) == 2


def test_growth_is_no_correction_in_public(live_story: Publication, page: Page) -> None:
    live = live_story
    factory.correct(live, "", body=[*live.content["body"], factory.entry(9, "", "<p>撞线。</p>")])
    text = page(live.path)
    assert "撞线。" in text
    assert "notice--correction" not in text
    badges = {
        one.cssselect(".teaser__title")[0].text_content().strip(): bool(one.cssselect(".badge--corrected"))
        for one in html.fromstring(page("/section/culture/")).cssselect(".teaser")
    }
    assert (badges["龙舟赛今天开桨"], badges["桥上的风"]) == (False, True)


def test_parts_of_a_long_story_are_linked(live_story: Publication, page: Page) -> None:
    tree = html.fromstring(page(live_story.path))
    parts = [(one.get("href"), one.text) for one in tree.cssselect(".chapters a")]
    assert parts == [("#c1", "赛前"), ("#c2", "赛中"), ("#c3", "赛后")]
    assert [one.get("id") for one in tree.cssselect(".prose h2[id^=c]")] == ["c1", "c2", "c3"]


def test_words_of_entries_are_searched() -> None:
    assert plain_text({"body": [factory.entry(1, "发令", "<p>九条船</p>")]}) == "发令\n九条船"


@pytest.mark.parametrize(
    ("html_", "minutes"), [("<p>短</p>", 0), (f"<p>{'字' * 2000}</p>", 5), ("<p>" + "word " * 660 + "</p>", 3)]
)
def test_reading_time_counts_both_scripts(html_: str, minutes: int) -> None:
    assert reading_minutes({"body": [factory.text(html_)]}) == minutes
