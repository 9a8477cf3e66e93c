from __future__ import annotations

import json
import re
from collections.abc import Callable

import html5lib
import pytest
from django.test import Client
from lxml import html

from haihe.base.web.languages import split_path
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import HOSTILE, SmallCity
from haihe.releases.baking.domain import baking, marking
from haihe.releases.baking.domain.paths import named_paths
from haihe.releases.baking.models import BakedPage

Page = Callable[[str], str]
STATUS = {"withdrawn story": 410, "not found": 404}


def both(path: str) -> list[str]:
    return [path, "/en" + path]


def test_every_page_answers_in_both_languages(small_city: SmallCity, client: Client) -> None:
    found = {(name, at): client.get(at).status_code for name, path in small_city.paths.items() for at in both(path)}

    assert found == {(name, at): STATUS.get(name, 200) for name, path in small_city.paths.items() for at in both(path)}


def test_every_page_is_valid_html(small_city: SmallCity, page: Page) -> None:
    for path in small_city.paths.values():
        for at in both(path):
            html5lib.HTMLParser(strict=True).parse(page(at))


def test_every_page_names_its_language_and_the_other(small_city: SmallCity, page: Page) -> None:
    for name, path in small_city.paths.items():
        if "?" in path:
            continue
        for at, lang in zip(both(path), ["zh-Hans", "en"], strict=True):
            tree = html.fromstring(page(at))
            alternates = {one.get("hreflang"): one.get("href") for one in tree.cssselect("link[hreflang]")}

            assert tree.get("lang") == lang
            if "story" in name and name != "withdrawn story":
                continue  # a story stands in its own language, and in what translates it: test_versions
            assert {
                key: split_path(re.sub("^https?://[^/]+", "", url))
                for key, url in alternates.items()
                if key != "zh-Hant"
            } == {
                "zh-Hans": ("zh-hans", path),
                "en": ("en", path),
            }


def test_every_page_asks_only_its_own_host(small_city: SmallCity, page: Page) -> None:
    for path in small_city.paths.values():
        tree = html.fromstring(page(path))
        loaded = [
            *tree.xpath("//script/@src"),
            *tree.xpath("//img/@src"),
            *tree.xpath("//link[@rel='stylesheet']/@href"),
        ]

        assert [address for address in loaded if not address.startswith("/") or address.startswith("//")] == []
        assert tree.xpath("//script[not(@src) and not(@type='application/ld+json')]") == []
        assert tree.xpath("//*[@style] | //style | //iframe | //object | //embed | //base") == []
        assert tree.xpath("//@*[starts-with(name(), 'on')]") == []


def test_what_hostile_people_write_stays_text(small_city: SmallCity, page: Page) -> None:
    tree = html.fromstring(page(small_city.hostile.path))

    assert tree.cssselect("h1")[0].text_content() == HOSTILE
    assert [a.get("href") for a in tree.cssselect(".story a") if "javascript" in (a.get("href") or "")] == []
    assert tree.cssselect(".prose img, .prose script, .prose iframe, .prose style, .prose [onclick]") == []
    data = json.loads(tree.xpath("//script[@type='application/ld+json']")[0].text_content())
    article, event = data["@graph"]
    assert (article["headline"], event["name"]) == (HOSTILE, HOSTILE)


def test_interface_has_no_english_words_on_chinese_pages(small_city: SmallCity, page: Page) -> None:
    known = {"RSS", "Atom", "JSON", "Feed", "ninjs", "English", "AI", "WCAG", "Web", "AA", "GB", "T", "Tab"}
    pages = (
        "home, section, empty section, withdrawn story, search unasked, about, accessibility, not found, organisation"
    )
    for name in pages.split(", "):
        tree = html.fromstring(page(small_city.paths[name]))
        for foreign in tree.cssselect("[lang=en], script, .brand, .teaser__title, .teaser__summary, .teaser__meta"):
            foreign.drop_tree()

        words = " ".join(tree.cssselect("body")[0].itertext())
        assert set(re.findall("[A-Za-z]+", words)) - known == set(), name


def test_story_shows_every_block_and_where_it_comes_from(small_city: SmallCity, page: Page) -> None:
    tree = html.fromstring(page(small_city.full.path))
    article = tree.cssselect("article.story")[0]

    assert [one.get("alt") for one in article.cssselect(".gallery img")] == ["一", "二", "三"]
    assert article.cssselect(".pull-quote blockquote")[0].text_content() == "河是路，也是钟。"
    assert [cell.text_content() for cell in article.cssselect("table td")] == ["06:00", "东岸", "06:20", "西岸"]
    assert article.cssselect(".embed__title")[0].get("href") == small_city.corrected.path
    know = article.cssselect(".know")[0]
    assert know.cssselect("strong")[0].text_content() == "市航道处"
    assert know.cssselect("a")[0].get("href") == "https://channel.example/notice/1"
    assert "关于渡口恢复通航的公告" in know.cssselect("a")[0].text_content()
    assert know.cssselect("time")[0].get("datetime") == "2026-11-22T11:00:00+08:00"
    assert article.cssselect(".story__lead-picture figcaption")[0].text_content() == "入夜的海河。 图：海河演示城"


def test_ai_made_parts_are_labelled_for_people_and_machines(small_city: SmallCity, page: Page) -> None:
    labelled, plain = html.fromstring(page(small_city.full.path)), html.fromstring(page(small_city.corrected.path))

    assert labelled.cssselect(".notice--ai")[0].text_content().strip() == "摘要由人工智能（AI）生成，经编辑核对。"
    assert json.loads(labelled.xpath("//meta[@name='AIGC']/@content")[0])["Label"] == "1"
    assert plain.cssselect(".notice--ai, meta[name=AIGC], .story__head .badge--ai") == []


def test_corrections_are_dated_on_the_story_and_marked_in_lists(small_city: SmallCity, page: Page) -> None:
    story, front = html.fromstring(page(small_city.corrected.path)), html.fromstring(page("/section/culture/"))

    notes = story.cssselect(".notice--correction li")
    assert [note.text_content().split(" ", 1)[1].split(" ", 1)[1] for note in notes] == ["桥有九孔，不是八孔。"]
    marked = [one for one in front.cssselect("article.teaser") if one.cssselect(".badge--corrected")]
    assert [one.cssselect("a[href^='/story/']")[0].get("href") for one in marked] == [small_city.corrected.path]


def test_withdrawn_story_says_so_and_shows_nothing_of_itself(small_city: SmallCity, page: Page) -> None:
    gone = page(small_city.withdrawn.path)

    assert "内容已撤回" in gone
    assert small_city.withdrawn.title not in gone
    for path in (
        "/",
        "/section/culture/",
        "/topic/river/",
        "/organisation/centre/",
        "/search/?q=不该发的稿",
        "/feed.rss",
    ):
        assert small_city.withdrawn.path not in page(path), path


def test_structured_data_has_what_schema_org_asks_of_news(small_city: SmallCity, page: Page) -> None:
    tree = html.fromstring(page(small_city.full.path))
    data = json.loads(tree.xpath("//script[@type='application/ld+json']")[0].text_content())

    assert data["@type"] == "NewsArticle"
    assert (data["headline"], data["inLanguage"]) == ("三岔河口的清晨", "zh-Hans")
    assert data["datePublished"] == small_city.full.first_published_at.isoformat(timespec="seconds")
    assert [author["name"] for author in data["author"]] == ["李宁"]
    assert data["publisher"]["name"] == "海河市融媒体中心"
    assert data["image"][0].startswith("http")
    assert data["isBasedOn"] == ["https://channel.example/notice/1"]


def test_long_section_is_read_page_by_page(db: None, page: Page) -> None:
    culture = factory.section()
    made = [factory.story(f"第{n}篇", section=culture).path for n in range(90)]

    found: list[str] = []
    for number in range(1, 6):
        at = "/section/culture/" if number == 1 else f"/section/culture/page/{number}/"
        tree = html.fromstring(page(at))
        found += [a.get("href") for a in tree.cssselect("main .teaser__title a")]
        shown = [a.text_content() for a in tree.cssselect(".pagination [aria-current]")]
        assert shown == [f"页码 {number}"]

    assert sorted(found) == sorted(made)
    assert found == list(reversed(made))


def test_page_behind_the_last_is_not_there(small_city: SmallCity, client: Client) -> None:
    answers = [client.get(f"/section/culture/page/{number}/").status_code for number in (0, 2, 99999)]

    assert answers == [404, 404, 404]


def test_english_front_lists_english_first_and_the_chinese_apart(small_city: SmallCity, page: Page) -> None:
    tree = html.fromstring(page("/en/section/culture/"))

    own = [a.get("href") for a in tree.cssselect(".listing .teaser__title a, .listing__lead .teaser__title a")]
    others = tree.cssselect("[aria-labelledby=others] article")
    assert own == ["/en" + small_city.english.path]
    assert {one.get("lang") for one in others} == {"zh-Hans"}
    assert "/en" + small_city.full.path in [one.cssselect(".teaser__title a")[0].get("href") for one in others]


def test_policy_stands_in_the_page_and_in_the_answer(small_city: SmallCity, client: Client) -> None:
    response = client.get("/")

    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert html.fromstring(response.content).xpath("//meta[@http-equiv='Content-Security-Policy']/@content") != []
    assert response.cookies == {}


@pytest.mark.parametrize("language", ["", "en"])
def test_language_comes_from_the_address_alone(small_city: SmallCity, client: Client, language: str) -> None:
    at = f"/{language}/" if language else "/"
    answers = {client.get(at, headers={"accept-language": wanted}).content for wanted in ("en", "zh-hans", "fr", "")}

    assert len(answers) == 1


def test_empty_portal_says_what_would_stand_there(db: None, page: Page) -> None:
    assert "还没有发布内容" in page("/")
    assert "Nothing has been published yet" in page("/en/")


def test_fronts_and_feeds_are_baked_before_anybody_asks(small_city: SmallCity, client: Client) -> None:
    named = named_paths()
    assert {"/", "/en/", "/feed.rss", "/section/culture/feed.rss", "/en/topic/river/", "/about/"} <= set(named)
    assert {path: client.get(path).status_code for path in named} == dict.fromkeys(named, 200)


def test_story_follows_what_it_recommends_not_its_whole_section(small_city: SmallCity, client: Client) -> None:
    marking.ensure(small_city.full.path)
    baking.bake()
    page = BakedPage.objects.get(path=small_city.full.path)
    keys = set(page.dependencies.values_list("key", flat=True))
    assert not [key for key in keys if key.startswith("section:")]
    assert f"publication:{small_city.hostile.pk}" in keys


def test_renamed_organisation_has_its_pages_baked_again(small_city: SmallCity) -> None:
    marking.ensure("/organisation/centre/")
    baking.bake()
    organisation = small_city.full.organisation
    organisation.name = "新名字"
    organisation.save()
    assert BakedPage.objects.get(path="/organisation/centre/").dirty_since is not None


def test_first_look_is_asked_for_before_the_policy(small_city: SmallCity, page: Page) -> None:
    """A policy within the page ends a browser's looking ahead; and a picture named ahead is the one that is shown."""
    seen = set()
    for name in ("home", "section", "story", "about"):
        source = page(small_city.paths[name])
        tree = html.fromstring(source)
        shown = [
            (img.get("src"), img.get("srcset"), img.get("sizes") if img.get("srcset") else None)
            for img in tree.cssselect("img[fetchpriority=high]")
        ]
        ahead = tree.xpath("//link[@rel='preload'][@as='image']")
        policy = source.index('http-equiv="Content-Security-Policy"')

        assert [(one.get("href"), one.get("imagesrcset"), one.get("imagesizes")) for one in ahead] == shown, name
        assert source.rindex('rel="stylesheet"', 0, source.index("</head>")) < policy < source.index("<script"), name
        assert "preload" not in source[policy:], name
        seen.update(shown)
    assert seen
