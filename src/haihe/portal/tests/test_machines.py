"""What machines ask for: news items by the standard's own schema, sitemaps, search description, structured data."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from lxml import etree, html
from PIL import Image

from haihe.city.models import Place
from haihe.portal.domain import sitemaps
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import SmallCity, build_film_story, film_block
from haihe.portal.tests.structured_rules import faults
from haihe.releases.models import Publication

NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
    "o": "http://a9.com/-/spec/opensearch/1.1/",
}
HOST = "http://localhost:8000"
FRONTS = ("/", "/section/culture/", "/section/empty/", "/topic/river/", "/organisation/centre/", "/en/")


@pytest.fixture(scope="session")
def ninjs_faults(data_folder: Path) -> Callable[[Any], list[str]]:
    """What the IPTC's own schema says against an item; the GeoJSON schema it refers to is the suite's copy."""
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    folder = data_folder / "standards" / "ninjs"
    geojson = json.loads((folder / "GeoJSON-schema.json").read_text())
    registry = Registry().with_resource(
        "https://geojson.org/schema/GeoJSON.json", Resource.from_contents(geojson, default_specification=DRAFT7)
    )
    schema = json.loads((folder / "ninjs-schema_3.1.json").read_text())
    validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())
    return lambda item: [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(item)]


def test_schema_refuses_what_is_no_ninjs(ninjs_faults: Callable[[Any], list[str]], data_folder: Path) -> None:
    suite = data_folder / "standards" / "ninjs" / "validation" / "test_suite"
    folder = max(suite.iterdir(), key=lambda one: one.name) / "should_pass"
    assert ninjs_faults({"uri": "urn:x:1", "headline": "2.x had this"}) != []
    assert [file.name for file in folder.glob("*.json") if ninjs_faults(json.loads(file.read_text()))] == []


def test_a_video_is_in_the_news_item_the_feed_and_the_structured_data(
    db: None, client: Client, ninjs_faults: Callable[[Any], list[str]]
) -> None:
    story = build_film_story()
    url = f"http://localhost:8000/film/{film_block()['master']}.webm"
    item = json.loads(client.get(f"{story.path}ninjs.json").content)
    assert ninjs_faults(item) == []
    (film,) = [one for one in item["associations"] if one["type"] == "video"]
    assert film["renditions"] == [{"name": "main", "href": url, "contentType": "video/webm"}]
    feed = json.loads(client.get("/feed.json").content)
    assert feed["items"][0]["attachments"] == [{"url": url, "mime_type": "video/webm", "title": "灯从桥下过"}]
    (said,) = re.findall(r'<script type="application/ld\+json">(\{[^<]*"NewsArticle".*?)</script>', text(client, story))
    (video,) = json.loads(said)["video"]
    assert {name: video[name] for name in ("@type", "name", "contentUrl")} == {
        "@type": "VideoObject",
        "name": "灯从桥下过",
        "contentUrl": url,
    }
    assert {"thumbnailUrl", "uploadDate", "description"} <= set(video)


def text(client: Client, story: Publication) -> str:
    return client.get(story.path).content.decode()


@pytest.mark.parametrize("path", FRONTS)
def test_list_is_ninjs_by_the_official_schema(
    small_city: SmallCity, client: Client, ninjs_faults: Callable[[Any], list[str]], path: str
) -> None:
    item = json.loads(client.get(f"{path}ninjs.json").content)

    assert ninjs_faults(item) == []
    assert (item["type"], item["standard"]["version"]) == ("composite", "3.1")


def test_every_release_is_ninjs_by_the_official_schema(
    small_city: SmallCity, client: Client, ninjs_faults: Callable[[Any], list[str]]
) -> None:
    for one in (small_city.full, small_city.english, small_city.hostile, small_city.long, small_city.corrected):
        for prefix in ("", "/en"):
            item = json.loads(client.get(f"{prefix}{one.path}ninjs.json").content)
            assert ninjs_faults(item) == []
            assert (item["uri"], item["headlines"][0]["value"]) == (f"urn:uuid:{one.pk}", one.title)


def test_news_item_says_where_it_comes_from_and_what_was_corrected(small_city: SmallCity, client: Client) -> None:
    full = json.loads(client.get(f"{small_city.full.path}ninjs.json").content)
    corrected = json.loads(client.get(f"{small_city.corrected.path}ninjs.json").content)

    assert full["infoSources"] == [{"name": "市航道处", "role": "origin", "uri": "https://channel.example/notice/1"}]
    assert [one["name"] for one in full["associations"]] == ["lead", "picture-1", "picture-2", "picture-3", "picture-4"]
    assert (corrected["version"], corrected["edNote"]) == ("2", "桥有九孔，不是八孔。")


def test_withdrawn_news_item_is_cancelled_and_says_nothing_else(
    small_city: SmallCity, client: Client, ninjs_faults: Callable[[Any], list[str]]
) -> None:
    response = client.get(f"{small_city.withdrawn.path}ninjs.json")
    item = json.loads(response.content)

    assert (response.status_code, item["pubStatus"], ninjs_faults(item)) == (410, "canceled", [])
    assert set(item) == {"uri", "pubStatus", "standard"}
    assert client.get("/story/20200101-nothere/ninjs.json").status_code == 404


def locations(client: Client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    return etree.fromstring(response.content).xpath("//s:loc/text()", namespaces=NS)


def test_sitemap_index_leads_to_every_public_page_and_to_no_other(small_city: SmallCity, client: Client) -> None:
    files = [one.removeprefix(HOST) for one in locations(client, "/sitemap.xml")]
    assert files == ["/sitemap/pages.xml", "/sitemap/news.xml", "/sitemap/2026-11.xml"]
    named = [one.removeprefix(HOST) for file in (files[0], *files[2:]) for one in locations(client, file)]

    assert len(named) == len(set(named))
    assert {path: client.get(path).status_code for path in named} == dict.fromkeys(named, 200)
    stories = {one.path for one in (small_city.full, small_city.hostile, small_city.long, small_city.corrected)}
    assert {one for one in named if "/story/" in one} == {
        *stories,
        *(f"/zh-hant{path}" for path in stories),
        f"/en{small_city.english.path}",
    }
    assert {
        "/",
        "/en/",
        "/section/culture/",
        "/en/topic/river/",
        "/organisation/centre/",
        "/about/",
        "/en/about/",
    } <= set(named)


def test_sitemap_names_every_language_of_a_front_both_ways(small_city: SmallCity, client: Client) -> None:
    root = etree.fromstring(client.get("/sitemap/pages.xml").content)
    said = {
        url.findtext("s:loc", namespaces=NS): {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", NS)
        }
        for url in root.findall("s:url", NS)
    }
    for own, versions in said.items():
        assert own in versions.values()
        assert [said[other] for other in versions.values()] == [versions] * len(versions)


def test_a_withdrawn_story_leaves_the_sitemaps(small_city: SmallCity, client: Client) -> None:
    factory.withdraw(small_city.full)

    assert f"{HOST}{small_city.full.path}" not in locations(client, "/sitemap/2026-11.xml")


def test_sitemap_of_a_month_in_which_nothing_was_published_is_not_there(small_city: SmallCity, client: Client) -> None:
    months = ("2026-10", "2026-11-2", "2026-13", "0000-00")
    assert {client.get(f"/sitemap/{month}.xml").status_code for month in months} == {404}


def test_large_months_are_parted(small_city: SmallCity, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = locations(client, "/sitemap/2026-11.xml")
    monkeypatch.setattr(sitemaps, "PER_FILE", 2)
    files = [one.removeprefix(HOST) for one in locations(client, "/sitemap.xml")][2:]

    assert files == ["/sitemap/2026-11.xml", "/sitemap/2026-11-2.xml", "/sitemap/2026-11-3.xml"]
    assert [one for file in files for one in locations(client, file)] == whole


def test_months_follow_the_clock_of_the_city(db: None) -> None:
    factory.story(at=dt.datetime(2026, 11, 30, 16, 30, tzinfo=dt.UTC))  # half past midnight, December, in Shanghai
    factory.story(at=dt.datetime(2027, 2, 1, 4, 0, tzinfo=dt.UTC))

    assert list(sitemaps.months()) == [("2026-12", 1), ("2027-02", 1)]


def test_news_sitemap_holds_the_last_two_days(db: None, client: Client) -> None:
    now = timezone.now()
    for hours, title in ((1, "新"), (47, "昨日"), (49, "旧")):
        factory.story(title, at=now - dt.timedelta(hours=hours))
    factory.story("English", language="en", at=now)
    factory.story("坏\x0b]]>字", at=now - dt.timedelta(hours=2))
    root = etree.fromstring(client.get("/sitemap/news.xml").content)

    assert root.xpath("//n:title/text()", namespaces=NS) == ["English", "新", "坏]]>字", "昨日"]
    assert root.xpath("//n:language/text()", namespaces=NS) == ["en", "zh-cn", "zh-cn", "zh-cn"]
    assert {len(one) for one in root.xpath("//n:publication", namespaces=NS)} == {2}
    for moment in root.xpath("//n:publication_date/text()", namespaces=NS):
        assert dt.datetime.fromisoformat(moment).tzinfo is not None


def test_news_sitemap_holds_no_more_than_google_takes(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "NEWS_COUNT", 3)
    now = timezone.now()
    made = [factory.story(at=now - dt.timedelta(minutes=number)) for number in range(5)]

    assert list(sitemaps.news(now)) == made[:3]


def test_search_description_leads_to_the_search_page(small_city: SmallCity, client: Client) -> None:
    for prefix, language in (("", "zh-Hans"), ("/en", "en")):
        response = client.get(f"{prefix}/opensearch.xml")
        root = etree.fromstring(response.content)
        template = root.xpath("string(o:Url[@type='text/html']/@template)", namespaces=NS)
        home = html.fromstring(client.get(f"{prefix}/").content)

        assert response.headers["Content-Type"].startswith("application/opensearchdescription+xml")
        assert root.findtext("o:Language", namespaces=NS) == language
        assert 0 < len(root.findtext("o:ShortName", namespaces=NS)) <= 16
        assert home.xpath("//link[@rel='search']/@href") == [f"{prefix}/opensearch.xml"]
        assert template == f"{HOST}{prefix}/search/?q={{searchTerms}}"
        assert client.get(f"{prefix}/search/", {"q": "河"}).status_code == 200


def test_robots_name_the_sitemap(small_city: SmallCity, client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert f"Sitemap: {HOST}/sitemap.xml" in lines
    assert "Disallow: /admin/" in lines


def test_portal_can_be_installed(small_city: SmallCity, client: Client) -> None:
    """What browsers ask before they offer it: W3C Web Application Manifest, name, start and icons."""
    for prefix, lang in (("", "zh-Hans"), ("/en", "en")):
        (linked,) = html.fromstring(client.get(f"{prefix}/").content).xpath("//link[@rel='manifest']/@href")
        answer = client.get(linked)
        told = json.loads(answer.content)
        assert answer.headers["Content-Type"].startswith("application/manifest+json")
        assert (told["lang"], told["start_url"], told["display"]) == (lang, f"{prefix}/", "standalone")
        assert told["name"]
        assert {client.get(one["url"]).status_code for one in told["shortcuts"]} == {200}
        sizes = set()
        for icon in told["icons"]:
            file = finders.find(icon["src"].removeprefix("/static/"))
            assert file, icon
            if icon["type"] == "image/png":
                sizes.add("{}x{}".format(*Image.open(file).size))
                assert icon["sizes"] == "{}x{}".format(*Image.open(file).size)
        assert sizes == {"192x192", "512x512"}


def things(client: Client, path: str) -> list[dict[str, Any]]:
    """Every thing that a page's structured data names."""
    found = []
    for text in html.fromstring(client.get(path).content).xpath("//script[@type='application/ld+json']/text()"):
        data = json.loads(text)
        assert data["@context"] == "https://schema.org"
        found.extend(data.get("@graph", [data]))
    return found


def test_structured_data_of_every_page_has_the_required_fields(small_city: SmallCity, client: Client) -> None:
    kinds = set()
    for name, path in small_city.paths.items():
        if "search" in name or name in ("not found", "withdrawn story", "about", "accessibility", "design"):
            continue
        for at in (path, f"/en{path}"):
            found = things(client, at)
            kinds |= {one["@type"] for one in found}
            assert [(at, fault) for one in found for fault in faults(one)] == []
    assert kinds == {"NewsArticle", "Event", "BreadcrumbList", "CollectionPage", "ProfilePage", "WebSite"}


def test_a_places_page_says_where_it_is_and_a_persons_who(small_city: SmallCity, client: Client) -> None:
    where = things(client, "/place/sancha/")[0]["about"]
    who = things(client, "/en/people/lining/")[0]["mainEntity"]

    assert (where["@type"], where["name"], where["url"]) == (
        "TouristAttraction",
        "三岔河口",
        f"{HOST}/place/sancha/",
    )
    assert where["geo"] == {"@type": "GeoCoordinates", "latitude": 39.15, "longitude": 117.19}
    assert (who["name"], who["url"]) == ("李宁", f"{HOST}/en/people/lining/")


def test_organisation_page_says_who_and_where(db: None, client: Client) -> None:
    spot = Place.objects.create(name="渡口", slug="ferry", address="东岸路 1 号", longitude=117.2, latitude=39.1)
    factory.story(organisation=factory.organisation("海河博物馆", "museum", kind="museum", place=spot))
    about = things(client, "/organisation/museum/")[0]["about"]

    assert (faults(about), about["@type"], about["name"]) == ([], "Museum", "海河博物馆")
    assert about["location"]["geo"] == {"@type": "GeoCoordinates", "latitude": 39.1, "longitude": 117.2}
    assert faults(about["location"]) == []


def test_rules_see_what_is_missing() -> None:
    assert faults({"@type": "NewsArticle", "headline": "x", "colour": "red"}) != []
    assert faults({"@type": "Event", "name": "x", "startDate": "tomorrow"}) != []


def test_a_story_names_its_chief_address_and_its_own_language_alone(small_city: SmallCity, client: Client) -> None:
    for story, lang, chief in (
        (small_city.full, "zh-Hans", f"{HOST}{small_city.full.path}"),
        (small_city.english, "en", f"{HOST}/en{small_city.english.path}"),
    ):
        for prefix in ("", "/en"):
            tree = html.fromstring(client.get(prefix + story.path).content)
            assert tree.xpath("//link[@rel='canonical']/@href") == [chief]
            said = {one.get("hreflang"): one.get("href") for one in tree.cssselect("link[hreflang]")}
            assert {key: url for key, url in said.items() if key != "zh-Hant"} == {lang: chief}
