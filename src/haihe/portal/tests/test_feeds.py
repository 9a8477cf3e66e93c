"""Feeds as readers see them: every format is read back by libraries that share no code with its writer."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import fastfeedparser
import feedparser
import pytest
from django.test import Client
from lxml import etree

from haihe.portal.domain.body import feed_html
from haihe.portal.domain.formats import FORMATS
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import SmallCity
from haihe.releases.models import Publication

FRONTS = ("/", "/section/culture/", "/topic/river/", "/organisation/centre/")
ATOM = {"a": "http://www.w3.org/2005/Atom", "h": "urn:haihe:ai:1", "dc": "http://purl.org/dc/elements/1.1/"}
LANGUAGE = {"zh-hans": "zh-Hans", "en": "en"}
Reading = Callable[[str], Any]


@dataclass(frozen=True)
class Read:
    """What a reader's library says of one entry."""

    guid: str
    title: str
    body: str
    published: dt.datetime
    credit: str
    link: str


@pytest.fixture
def answer(client: Client) -> Callable[[str], Any]:
    def answering(path: str) -> Any:
        response = client.get(path)
        assert response.status_code == 200
        return response

    return answering


def with_feedparser(response: Any) -> list[Read]:
    feed = feedparser.parse(
        response.content,
        response_headers={"content-type": response.headers["Content-Type"]},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    assert feed.bozo == 0
    return [
        Read(
            one.id,
            one.title,
            one.content[0].value,
            dt.datetime(*one.published_parsed[:6], tzinfo=dt.UTC),
            one.author,
            one.link,
        )
        for one in feed.entries
    ]


def with_fastfeedparser(response: Any) -> list[Read]:
    feed = fastfeedparser.parse(response.content)
    return [
        Read(
            one.id,
            one.title,
            one.content[0]["value"],
            dt.datetime.fromisoformat(one.published).astimezone(dt.UTC),
            one.author,
            one.link,
        )
        for one in feed.entries
    ]


def by_the_specification(response: Any) -> list[Read]:
    """JSON Feed needs no library: its keys are the specification's."""
    return [
        Read(
            one["id"],
            one["title"],
            one["content_html"],
            dt.datetime.fromisoformat(one["date_published"]),
            one["authors"][0]["name"],
            one["url"],
        )
        for one in json.loads(response.content)["items"]
    ]


READERS = {
    "feed.rss": (with_feedparser, with_fastfeedparser),
    "feed.atom": (with_feedparser, with_fastfeedparser),
    "feed.json": (by_the_specification, with_fastfeedparser),
}


def listed(small_city: SmallCity, path: str) -> list[Publication]:
    """What a feed of the small city holds, newest first."""
    everything = [small_city.full, small_city.long, small_city.english, small_city.corrected, small_city.hostile]
    found = [one for one in everything if one is not small_city.hostile] if "topic" in path else everything
    for one in found:
        one.refresh_from_db()
    return found


def as_published(one: Publication) -> Read:
    return Read(
        guid=f"urn:uuid:{one.pk}",
        title=one.title,
        body=_body(one),
        published=one.first_published_at.replace(microsecond=0),
        credit=one.content["byline"][0],
        link=f"http://localhost:8000{one.path}",
    )


@pytest.mark.parametrize("path", FRONTS)
@pytest.mark.parametrize("form", READERS)
def test_feed_reads_back_with_equal_title_body_date_and_credit(
    small_city: SmallCity, answer: Reading, path: str, form: str
) -> None:
    response, published = answer(path + form), [as_published(one) for one in listed(small_city, path)]

    assert [read(response) for read in READERS[form]] == [published, published]


@pytest.mark.parametrize("path", FRONTS)
def test_feed_names_itself_its_page_and_its_language(small_city: SmallCity, answer: Reading, path: str) -> None:
    rss, atom = (etree.fromstring(answer(path + form).content) for form in ("feed.rss", "feed.atom"))
    own = f"http://localhost:8000{path}"

    assert rss.xpath("string(channel/link)") == own
    assert rss.xpath("string(channel/a:link[@rel='self']/@href)", namespaces=ATOM) == f"{own}feed.rss"
    assert rss.xpath("string(channel/language)") == "zh-Hans"
    assert atom.xpath("string(a:link[@rel='self']/@href)", namespaces=ATOM) == f"{own}feed.atom"
    assert atom.xpath("string(a:link[@rel='alternate']/@href)", namespaces=ATOM) == own
    assert atom.xpath("a:entry/@xml:lang", namespaces=ATOM) == [
        LANGUAGE[one.language] for one in listed(small_city, path)
    ]


@pytest.mark.parametrize("path", FRONTS)
def test_json_feed_has_what_its_version_asks_for(small_city: SmallCity, answer: Reading, path: str) -> None:
    feed = json.loads(answer(f"{path}feed.json").content)

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"http://localhost:8000{path}feed.json"
    assert [
        (item["id"], item["language"], dt.datetime.fromisoformat(item["date_modified"])) for item in feed["items"]
    ] == [
        (f"urn:uuid:{one.pk}", LANGUAGE[one.language], one.changed_at.replace(microsecond=0))
        for one in listed(small_city, path)
    ]


def test_atom_has_what_rfc_4287_asks_for(small_city: SmallCity, answer: Reading) -> None:
    root = etree.fromstring(answer("/feed.atom").content)
    for element in (root, *root.findall("a:entry", ATOM)):
        for needed in ("id", "title", "updated"):
            assert len(element.findall(f"a:{needed}", ATOM)) == 1, needed
        for moment in element.findall("a:updated", ATOM):
            assert dt.datetime.fromisoformat(moment.text or "").tzinfo is not None
    assert {len(entry.findall("a:author/a:name", ATOM)) for entry in root.findall("a:entry", ATOM)} == {1}


def test_every_format_carries_the_ai_label_for_people_and_machines(small_city: SmallCity, answer: Reading) -> None:
    label, kind = "摘要由人工智能（AI）生成，经编辑核对。", "compositeWithTrainedAlgorithmicMedia"
    source = f"http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"
    rss = etree.fromstring(answer("/feed.rss").content).find("channel/item")
    atom = etree.fromstring(answer("/feed.atom").content).find("a:entry", ATOM)
    json_item = json.loads(answer("/feed.json").content)["items"][0]
    ninjs = json.loads(answer("/ninjs.json").content)["associations"][0]

    for item, words in ((rss, "dc:rights"), (atom, "a:rights")):
        assert item.findtext(words, namespaces=ATOM) == label
        assert item.find("h:AIGC", ATOM).get("digitalSourceType") == source
        assert json.loads(item.findtext("h:AIGC", namespaces=ATOM))["Label"] == "1"
    assert json_item["_haihe"]["ai"] == label
    assert (json_item["_haihe"]["digitalSourceType"], json_item["_haihe"]["AIGC"]["Label"]) == (source, "1")
    assert (ninjs["edNote"], ninjs["digitalSourceType"]) == (label, {"name": kind, "uri": source})
    bodies = [with_feedparser(answer(f"/{form}"))[0].body for form in ("feed.rss", "feed.atom")]
    assert [body.startswith(f"<p>【{label}】</p>") for body in bodies] == [True, True]


def test_what_no_machine_made_has_no_label_in_any_format(db: None, answer: Reading) -> None:
    factory.story("人写的")
    texts = {form: answer(f"/{form}").content.decode() for form in FORMATS}

    assert {form for form, text in texts.items() if "人写的" not in text} == set()
    assert {form for form, text in texts.items() if re.search("AIGC|digitalSource|人工智能", text)} == set()


def test_addresses_in_bodies_are_whole(small_city: SmallCity, answer: Reading) -> None:
    addresses = etree.HTML(with_feedparser(answer("/feed.rss"))[0].body).xpath("//@href | //@src")
    assert addresses != []
    assert [one for one in addresses if not one.startswith("http://localhost:8000/")] == []


@pytest.mark.parametrize("form", ["feed.rss", "feed.atom"])
def test_correction_changes_the_entry_and_keeps_its_identity(small_city: SmallCity, answer: Reading, form: str) -> None:
    before = {one.guid: one for one in with_feedparser(answer(f"/{form}"))}
    factory.correct(small_city.full, "渡口在东岸。", title="三岔河口的早晨")
    after = {one.guid: one for one in with_feedparser(answer(f"/{form}"))}

    own = f"urn:uuid:{small_city.full.pk}"
    assert set(after) == set(before)
    assert (after[own].title, after[own].published) == ("三岔河口的早晨", before[own].published)


def test_withdrawal_empties_every_feed_of_it(small_city: SmallCity, client: Client) -> None:
    own = str(small_city.full.pk)

    def standing() -> list[bool]:
        return [own in client.get(path + form).content.decode() for path in FRONTS for form in FORMATS]

    before = standing()
    factory.withdraw(small_city.full)

    assert (before, standing()) == ([True] * 16, [False] * 16)


def test_english_feed_holds_english_alone(small_city: SmallCity, answer: Reading) -> None:
    for form in READERS:
        read = with_fastfeedparser(answer(f"/en/{form}"))
        assert [one.link for one in read] == [f"http://localhost:8000/en{small_city.english.path}"]


@pytest.mark.parametrize("form", FORMATS)
def test_feed_of_nothing_is_a_feed(db: None, answer: Reading, form: str) -> None:
    factory.section("empty", "空栏目")
    response = answer(f"/section/empty/{form}")

    if form.endswith(".json"):
        found = json.loads(response.content)
        assert found.get("items", found.get("associations")) == []
    else:
        assert with_feedparser(response) == []


HOSTILE = {
    "control": ("坏\x0b字\x1f符\x7f", "坏字符\x7f"),
    "long": ("字" * 500, "字" * 500),
    "emoji": ("灯会🏮👩‍👩‍👧‍👦开幕", "灯会🏮👩‍👩‍👧‍👦开幕"),
    "right to left": ("‏مرحبا‏ 海河 \u202eabc", "‏مرحبا‏ 海河 \u202eabc"),
    "cdata": ("完 ]]> <b>不</b> &amp; 断", "完 ]]> <b>不</b> &amp; 断"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_feeds_survive_hostile_words(db: None, answer: Reading, name: str) -> None:
    written, read = HOSTILE[name]
    html = written.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    factory.story(written, summary=written, byline=[written], body=[factory.text(f"<p>{html}</p>")])

    for form in ("feed.rss", "feed.atom"):
        response = answer(f"/{form}")
        etree.fromstring(response.content)
        title = etree.fromstring(response.content).xpath(
            "string(//*[local-name()='item' or local-name()='entry']/*[local-name()='title'])"
        )
        assert title == read
        assert [one.guid for read in READERS[form] for one in read(response)] != []
    assert json.loads(answer("/feed.json").content)["items"][0]["title"] == written
    assert json.loads(answer("/ninjs.json").content)["associations"][0]["headlines"][0]["value"] == written


def test_three_hundred_pictures_stand_in_every_format(db: None, answer: Reading) -> None:
    pictures = [factory.picture(src=f"/media/images/{number}.jpg") for number in range(300)]
    factory.story("三百张", body=[{"type": "gallery", "pictures": pictures}])

    counts = {form: answer(f"/{form}").content.count(b"/media/images/") for form in READERS}
    assert counts == dict.fromkeys(counts, 300)
    item = json.loads(answer("/ninjs.json").content)["associations"][0]
    assert len(item["associations"]) == 300


def _body(publication: Publication) -> str:
    label = publication.content["ai"].get("label")
    return (f"<p>【{label}】</p>\n" if label else "") + feed_html(publication.content)
