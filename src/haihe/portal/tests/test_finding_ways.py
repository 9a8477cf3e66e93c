"""Places, people and days: what is read out of Releases, and nothing that is not public."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.test import Client
from lxml import etree, html

from haihe.city.models import Place
from haihe.portal.domain.days import counts_by_day, month
from haihe.portal.domain.mapping import HEIGHT, WIDTH, draw
from haihe.portal.domain.noting import note_place, sound, title_words
from haihe.portal.mentions import Author, Mention, TitleWord
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import SmallCity
from haihe.releases.models import Publication

Page = Callable[[str], str]


def titles(text: str) -> list[str]:
    found = html.fromstring(text).cssselect("main .teaser__title, main .clock__row > div > a")
    return [one.text_content().strip() for one in found]


def test_place_shows_the_stories_that_name_it(live_story: Publication, page: Page) -> None:
    assert titles(page("/place/sancha/")) == ["龙舟赛今天开桨", "三岔河口的清晨"]


def test_place_that_no_public_story_names_is_not_public(small_city: SmallCity, client: Client, page: Page) -> None:
    assert client.get("/place/unnamed/").status_code == 404
    assert "没人写过的地方" not in page("/map/")
    assert [one["properties"]["name"] for one in json.loads(page("/map/places.geojson"))["features"]] == ["三岔河口"]


def test_withdrawn_story_leaves_no_name_place_or_word(small_city: SmallCity, client: Client, page: Page) -> None:
    factory.place("秘密码头", "secret", longitude=117.2, latitude=39.1)
    secret = factory.story("秘密码头的夜", byline=["何人"], summary="")
    assert client.get("/place/secret/").status_code == 200
    assert "何人" in page("/people/")
    factory.withdraw(secret)
    assert client.get("/place/secret/").status_code == 404
    assert "何人" not in page("/people/")
    assert not Author.objects.filter(name="何人").exists()
    assert not Mention.objects.filter(publication=secret).exists()
    assert not TitleWord.objects.filter(publication=secret).exists()
    assert "秘密码头" not in page("/map/") + page("/search/?q=mimimatou")


def test_place_that_comes_later_is_looked_for_in_what_is_public(live_story: Publication, page: Page) -> None:
    bank = Place.objects.create(name="东岸", slug="dongan")
    note_place(bank)
    assert titles(page("/place/dongan/")) == ["龙舟赛今天开桨", "三岔河口的清晨"]
    bank.name = "西岸"
    bank.save()
    note_place(bank)
    assert titles(page("/place/dongan/")) == ["三岔河口的清晨"]


def test_latin_name_of_a_place_is_a_word_of_its_own(db: None) -> None:
    bay = factory.place("湾", "bay", name_en="Bay")
    factory.story("From Bayonne with love", language="en", summary="", body=[])
    named = factory.story("The Bay at dawn", language="en", summary="", body=[])
    assert [one.publication for one in Mention.objects.filter(place=bay)] == [named]


def test_person_shows_what_carries_their_name_and_the_byline_leads_there(small_city: SmallCity, page: Page) -> None:
    author = Author.objects.get(name="李宁")
    byline = html.fromstring(page(small_city.full.path)).cssselect(".byline__names a")[0]
    assert (byline.text, byline.get("href")) == ("李宁", f"/people/{author.slug}/")
    assert "三岔河口的清晨" in titles(page(f"/people/{author.slug}/"))
    assert titles(page(f"/en/people/{Author.objects.get(name='Li Ning').slug}/")) == ["The ferry crosses again"]


def test_organisation_that_signs_has_its_name_in_the_language_of_the_page(db: None, page: Page) -> None:
    factory.story(byline=["海河市融媒体中心", "李宁"])
    for prefix, shown in (
        ("", [("海河市融媒体中心", None), ("李宁", None)]),
        ("/en", [("Haihe Media Centre", None), ("李宁", "zh-Hans")]),
    ):
        names = html.fromstring(page(f"{prefix}/people/")).cssselect(".entry strong")
        assert sorted((one.text, one.get("lang")) for one in names) == sorted(shown)


def test_day_lists_what_first_appeared_on_it_in_the_city_s_time(db: None, page: Page) -> None:
    late = dt.datetime(2026, 11, 21, 15, 59, tzinfo=dt.UTC)  # 23:59 in the city
    factory.story("午夜之前", at=late)
    factory.story("午夜之后", at=late + dt.timedelta(minutes=2))
    assert titles(page("/archive/2026/11/21/")) == ["午夜之前"]
    assert titles(page("/archive/2026/11/22/")) == ["午夜之后"]
    ways = html.fromstring(page("/archive/2026/11/21/")).cssselect(".pagination a")
    assert [one.get("href") for one in ways] == ["/archive/2026/11/22/"]
    back = html.fromstring(page("/archive/2026/11/22/")).cssselect(".pagination a")
    assert [one.get("href") for one in back] == ["/archive/2026/11/21/"]
    assert counts_by_day() == {dt.date(2026, 11, 21): 1, dt.date(2026, 11, 22): 1}


def test_month_has_every_day_once_and_counts_what_appeared(db: None) -> None:
    sheet = month(2026, 2, {dt.date(2026, 2, 28): 3, dt.date(2026, 3, 1): 9})
    days = [day for week in sheet.weeks for day in week]
    assert ([day.number for day in days if day.number], sheet.count) == (list(range(1, 29)), 3)
    assert [day.path for day in days if day.path] == ["/archive/2026/2/28/"]


@pytest.mark.parametrize(
    "path",
    [
        *("/archive/2026/13/", "/archive/2026/2/30/", "/archive/99999/1/", "/archive/2025/1/1/"),
        *("/archive/9999/12/", "/archive/9999/12/31/", "/archive/1/1/", "/archive/1/1/1/"),
    ],
)
def test_day_that_is_none_or_empty_is_not_found(small_city: SmallCity, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_drawing_keeps_north_above_and_everything_inside() -> None:
    north = Place(pk=1, name="北", slug="n", longitude=117.0, latitude=40.0)
    south = Place(pk=2, name="南", slug="s", longitude=117.5, latitude=39.0)
    drawing = draw([north, south])
    assert drawing is not None
    above, below = drawing.dots
    assert above.y < below.y
    assert above.x < below.x
    assert all(0 < dot.x < WIDTH and 0 < dot.y < HEIGHT for dot in drawing.dots)
    # a degree of latitude is 111.32 km: the bar's length says the same
    assert abs(drawing.scale_metres / drawing.scale - 111_320 / (below.y - above.y)) < 1


def test_drawing_of_one_place_and_of_none() -> None:
    alone = draw([Place(pk=1, name="独", slug="a", longitude=117.0, latitude=39.0)])
    assert alone is not None
    assert (alone.dots[0].x, alone.dots[0].y) == (WIDTH / 2, HEIGHT / 2)
    assert draw([Place(pk=2, name="无", slug="b")]) is None


def test_names_in_a_drawing_never_run_into_one_another() -> None:
    crowd = [Place(pk=n, name=f"地方{n}", slug=f"p{n}", longitude=117 + n / 1e4, latitude=39.0) for n in range(500)]
    drawing = draw(crowd)
    assert drawing is not None
    named = [dot for dot in drawing.dots if dot.name]
    assert (len(drawing.dots), len(named) >= 3) == (500, True)
    long = {dot.name: 48 + 12.5 * (len(dot.name) - 2) for dot in named}  # two Han signs, then digits
    boxes = sorted(
        (dot.x - 8 - long[dot.name], dot.x - 8) if dot.end else (dot.x + 8, dot.x + 8 + long[dot.name]) for dot in named
    )
    assert all(one[1] <= other[0] for one, other in pairwise(boxes))


def test_sound_and_words_of_titles() -> None:
    assert (sound("海河灯光"), sound("三岔河口")) == ("haihedengguang", "sanchahekou")
    assert "海河" in title_words("海河灯光季今夜启幕 2026")


@pytest.mark.parametrize("typed", ["qingchen", "qing chen", "清陈"])
def test_search_in_pinyin_or_with_a_wrong_character_says_what_was_meant(
    small_city: SmallCity, page: Page, typed: str
) -> None:
    meant = html.fromstring(page(f"/search/?q={typed}")).cssselect(".meant a")
    assert [one.text for one in meant] == ["清晨"]
    assert meant[0].get("href") == "/search/?q=%E6%B8%85%E6%99%A8"


@pytest.mark.django_db(transaction=True)
def test_search_that_found_suggests_nothing_else(small_city: SmallCity, page: Page) -> None:
    tree = html.fromstring(page("/search/?q=清晨"))
    assert (len(tree.cssselect(".teaser--line")), tree.cssselect(".meant")) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_search_is_followed_as_a_feed(small_city: SmallCity, client: Client, page: Page) -> None:
    follow = html.fromstring(page("/search/?q=清晨")).cssselect(".follow a")[0].get("href")
    answer = client.get(follow)
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert [one.findtext("title") for one in etree.fromstring(answer.content).iter("item")] == ["三岔河口的清晨"]
    assert client.get("/search/feed.rss").status_code == 404
    assert client.get("/search/feed.exe?q=清晨").status_code == 404
