from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import feedparser
import pytest
from django.test import Client
from lxml import etree

from haihe.portal.domain.body import feed_html
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import SmallCity
from haihe.releases.models import Publication

FEEDS = ("/feed", "/section/culture/feed", "/topic/river/feed", "/organisation/centre/feed")


@pytest.fixture
def read(client: Client) -> Callable[[str], Any]:
    """A feed as a reader's library sees it: feedparser, fed with the bytes and the content type."""

    def reading(path: str) -> Any:
        response = client.get(path)
        assert response.status_code == 200
        return feedparser.parse(
            response.content,
            response_headers={"content-type": response.headers["Content-Type"]},
            sanitize_html=False,
            resolve_relative_uris=False,
        )

    return reading


def listed(small_city: SmallCity, path: str) -> list[Publication]:
    """What a feed of the small city holds, newest first."""
    everything = [small_city.full, small_city.long, small_city.english, small_city.corrected, small_city.hostile]
    found = [one for one in everything if one is not small_city.hostile] if "topic" in path else everything
    for one in found:
        one.refresh_from_db()
    return found


@pytest.mark.parametrize("path", FEEDS)
def test_rss_reads_back_with_equal_title_body_date_and_credit(
    small_city: SmallCity, read: Callable[[str], Any], path: str
) -> None:
    feed = read(f"{path}.rss")

    assert feed.bozo == 0
    assert feed.version == "rss20"
    assert feed.feed.language == "zh-Hans"
    assert [link.href for link in feed.feed.links if link.rel == "self"] == [f"http://localhost:8000{path}.rss"]
    assert [
        (entry.id, entry.title, entry.content[0].value, _moment(entry.published_parsed), entry.author, entry.link)
        for entry in feed.entries
    ] == [
        (
            f"urn:uuid:{one.pk}",
            one.title,
            _body(one),
            one.first_published_at.replace(microsecond=0),
            one.content["byline"][0],
            f"http://localhost:8000{one.path}",
        )
        for one in listed(small_city, path)
    ]


@pytest.mark.parametrize("path", FEEDS)
def test_json_feed_says_the_same_as_rss(small_city: SmallCity, client: Client, path: str) -> None:
    feed = json.loads(client.get(f"{path}.json").content)

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"http://localhost:8000{path}.json"
    assert [
        (
            item["id"],
            item["title"],
            item["content_html"],
            dt.datetime.fromisoformat(item["date_published"]),
            dt.datetime.fromisoformat(item["date_modified"]),
            [author["name"] for author in item["authors"]],
            item["language"],
        )
        for item in feed["items"]
    ] == [
        (
            f"urn:uuid:{one.pk}",
            one.title,
            _body(one),
            one.first_published_at.replace(microsecond=0),
            one.changed_at.replace(microsecond=0),
            one.content["byline"],
            {"zh-hans": "zh-Hans", "en": "en"}[one.language],
        )
        for one in listed(small_city, path)
    ]


def test_feed_carries_the_ai_label_and_whole_addresses(small_city: SmallCity, read: Callable[[str], Any]) -> None:
    entry = read("/feed.rss").entries[0]

    assert entry.content[0].value.startswith("<p>【摘要由人工智能（AI）生成，经编辑核对。】</p>")
    addresses = etree.HTML(entry.content[0].value).xpath("//@href | //@src")
    assert addresses != []
    assert [one for one in addresses if not one.startswith("http://localhost:8000/")] == []


def test_correction_changes_the_entry_and_keeps_its_identity(small_city: SmallCity, read: Callable[[str], Any]) -> None:
    before = {entry.id: entry for entry in read("/feed.rss").entries}
    factory.correct(small_city.full, "渡口在东岸。", title="三岔河口的早晨")
    after = {entry.id: entry for entry in read("/feed.rss").entries}

    own = f"urn:uuid:{small_city.full.pk}"
    assert set(after) == set(before)
    assert (after[own].title, after[own].published) == ("三岔河口的早晨", before[own].published)
    assert after[own].updated != before[own].updated


def test_withdrawal_empties_every_feed_of_it(small_city: SmallCity, client: Client) -> None:
    own = str(small_city.full.pk)
    before = [own in client.get(f"{path}.{form}").content.decode() for path in FEEDS for form in ("rss", "json")]
    factory.withdraw(small_city.full)
    after = [own in client.get(f"{path}.{form}").content.decode() for path in FEEDS for form in ("rss", "json")]

    assert before == [True] * 8
    assert after == [False] * 8


def test_english_feed_holds_english_alone(small_city: SmallCity, read: Callable[[str], Any]) -> None:
    feed = read("/en/feed.rss")

    assert feed.feed.language == "en"
    assert [entry.link for entry in feed.entries] == [f"http://localhost:8000/en{small_city.english.path}"]


def test_feed_of_nothing_is_a_feed(db: None, read: Callable[[str], Any], client: Client) -> None:
    factory.section("empty", "空栏目")

    assert (read("/section/empty/feed.rss").bozo, read("/section/empty/feed.rss").entries) == (0, [])
    assert json.loads(client.get("/section/empty/feed.json").content)["items"] == []


def test_feed_survives_characters_that_xml_forbids(db: None, read: Callable[[str], Any]) -> None:
    factory.story("坏\x0b字符", body=[factory.text("<p>一\x08二]]></p>")])

    feed = read("/feed.rss")
    assert (feed.bozo, feed.entries[0].title, feed.entries[0].content[0].value) == (0, "坏字符", "<p>一二]]&gt;</p>")


def _moment(parsed: Any) -> dt.datetime:
    return dt.datetime(*parsed[:6], tzinfo=dt.UTC)


def _body(publication: Publication) -> str:
    label = publication.content["ai"].get("label")
    return (f"<p>【{label}】</p>\n" if label else "") + feed_html(publication.content)
