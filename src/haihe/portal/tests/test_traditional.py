from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest
from django.test import Client
from lxml import html

from haihe.base.web.languages import absolute
from haihe.city.models import Organisation, Place
from haihe.portal.domain.traditional import converter, in_traditional, page_in_traditional
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import HOSTILE, SmallCity
from haihe.releases.baking.domain import baking, marking
from haihe.releases.baking.models import BakedPage

HANT = "/zh-hant"


def tree_at(client: Client, path: str) -> Any:
    return html.fromstring(client.get(path).content)


def test_every_page_stands_in_traditional_characters_and_is_valid(small_city: SmallCity, client: Client) -> None:
    for name, path in small_city.paths.items():
        simplified, response = client.get(path), client.get(HANT + path)
        assert response.status_code == simplified.status_code, name
        if response.status_code == 404:
            continue
        html5lib.HTMLParser(strict=True).parse(response.content.decode())
        tree = html.fromstring(response.content)
        assert (tree.get("lang"), response.headers["Content-Language"]) == ("zh-Hant", "zh-Hant"), name
        note = tree.cssselect("[role=note].notice--converted")[0]
        assert "本頁由程序從簡體轉換爲繁體" in note.text_content()
        assert note.cssselect("a")[0].get("href") == path.partition("?")[0]
        assert tree.xpath("//meta[@name='haihe:converted']/@content") == ["zh-Hant-t-zh-hans"]


def test_words_are_converted_wherever_people_meet_them(db: None, client: Client) -> None:
    one = factory.story(
        "后来的发展",
        summary="头发与发展",
        lead_picture=factory.picture(alt="桥边的灯", caption="龙灯"),
        body=[factory.text('<p>干燥的<a href="/about/" title="关于">桥</a></p>')],
    )
    tree = tree_at(client, HANT + one.path)

    assert tree.cssselect("h1")[0].text_content() == "後來的發展"
    assert tree.xpath("//meta[@name='description']/@content") == ["頭髮與發展"]
    assert tree.cssselect(".story__lead-picture img")[0].get("alt") == "橋邊的燈"
    assert tree.cssselect(".prose a")[0].get("href") == f"{HANT}/about/"
    assert "後來的發展" in tree.cssselect("title")[0].text
    assert "後來的發展" in tree.xpath("//script[@type='application/ld+json']")[0].text


def test_links_stay_within_and_files_outside(small_city: SmallCity, client: Client) -> None:
    tree = tree_at(client, f"{HANT}/")
    own = [one for one in tree.xpath("//a/@href") if one.startswith("/")]

    assert {one for one in own if one.startswith(f"{HANT}/story/")} != set()
    stay = {one for one in own if not one.startswith(HANT)}
    assert {one for one in stay if not re.search(r"^/(en|static|media)/|^/$|\.\w+$", one)} == set()
    assert tree.xpath("//a[@hreflang='zh-Hans']/@href") != []
    assert tree.xpath("//a[@hreflang='zh-Hant']") == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", "/zh-hant/"), ("/story/1/?a=1#b", "/zh-hant/story/1/?a=1#b"), ("/search/?q=发", "/zh-hant/search/?q=发"),
        ("//evil.example/", "//evil.example/"), ("https://x.example/", "https://x.example/"), ("#top", "#top"),
        ("/feed.rss", "/feed.rss"), ("/en/", "/en/"), ("/static/a.css", "/static/a.css"), ("/zh-hant/", "/zh-hant/"),
        ("/english/", "/zh-hant/english/"), ("/admin/", "/admin/"),
    ],
)  # fmt: skip
def test_links_of_ours_are_known(address: str, expected: str) -> None:
    assert in_traditional(address) == expected


def test_names_are_written_as_the_directory_says(db: None, client: Client) -> None:
    own = factory.organisation("后里文化馆", "houli")
    Organisation.objects.filter(pk=own.pk).update(name_hant="后里文化館")
    Place.objects.create(name="范庄", slug="fan", name_hant="范莊")
    one = factory.story("后里文化馆在范庄之后", organisation=own)

    assert tree_at(client, HANT + one.path).cssselect("h1")[0].text_content() == "后里文化館在范莊之後"
    assert converter({})("范庄之后") != converter({"范庄": "范莊"})("范庄之后")


def test_a_name_given_later_marks_what_was_converted(db: None, settings: Any, tmp_path: Any) -> None:
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    own = factory.organisation("后里文化馆", "houli")
    one = factory.story("后里文化馆", organisation=own)
    marking.ensure(HANT + one.path)
    baking.bake()
    assert BakedPage.objects.get(path=HANT + one.path).dirty_since is None
    own.name_hant = "后里文化館"
    own.save()

    assert BakedPage.objects.get(path=HANT + one.path).dirty_since is not None


def test_withdrawn_is_gone_here_too_and_at_once(
    small_city: SmallCity, settings: Any, tmp_path: Any, client: Client
) -> None:
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    path, title = HANT + small_city.full.path, "三岔河口的清晨"
    assert title in client.get(path).content.decode()
    marking.ensure(path, again=True)
    factory.withdraw(small_city.full)
    page = BakedPage.objects.get(path=path)

    assert page.priority == BakedPage.Priority.OWN
    baking.bake_page(page)
    page.refresh_from_db()
    response = client.get(path)
    assert (page.status, response.status_code, title in response.content.decode()) == (410, 410, False)


def test_only_pages_of_the_portal_have_this_form(small_city: SmallCity, client: Client) -> None:
    refused = ("/admin/", "/account/", "/api/v1/publications", "/en/", "/zh-hant/", "/feed.rss", "/sitemap.xml",
               f"{small_city.full.path}ninjs.json", f"{small_city.full.path}card.jpg", "/nowhere-at-all/")  # fmt: skip
    assert {path: client.get(HANT + path).status_code for path in refused} == dict.fromkeys(refused, 404)


def test_search_in_traditional_pages_finds(small_city: SmallCity, client: Client) -> None:
    tree = html.fromstring(client.get(f"{HANT}/search/", {"q": "河口"}).content)
    assert tree.xpath(f"//a[starts-with(@href, '{HANT}{small_city.full.path}')]") != []
    assert tree.xpath("//form[@role='search' or ancestor::search]/@action")[0] == f"{HANT}/search/"


def test_hostile_words_stay_words(small_city: SmallCity, client: Client) -> None:
    tree = tree_at(client, HANT + small_city.hostile.path)
    assert tree.cssselect("h1")[0].text_content() == HOSTILE
    assert tree.cssselect(".prose script, .prose img, .prose [onclick]") == []


def test_markup_that_looks_odd_is_left_whole() -> None:
    page = '<p title="a>b 发">头发</p><a title=\'发\' href="/x/">x</a><!-- 发 --><br>5 < 6 发'
    found = page_in_traditional(page, "/", "", "", converter({}))
    assert found == '<p title="a&gt;b 發">頭髮</p><a title="發" href="/zh-hant/x/">x</a><!-- 发 --><br>5 < 6 發'


def test_story_and_fronts_name_their_traditional_form_both_ways(small_city: SmallCity, client: Client) -> None:
    for path in ("/", "/section/culture/", small_city.full.path):
        for at in (path, HANT + path):
            said = {one.get("hreflang"): one.get("href") for one in tree_at(client, at).cssselect("link[hreflang]")}
            assert said["zh-Hant"] == absolute(HANT + path)
            assert said["zh-Hans"] == absolute(path)
    assert tree_at(client, HANT + small_city.full.path).xpath("//link[@rel='canonical']/@href") == [
        absolute(HANT + small_city.full.path)
    ]
    text = client.get("/sitemap/2026-11.xml").content.decode()
    assert f"<loc>{absolute(HANT + small_city.full.path)}</loc>" in text
