"""Site maps: followed, bounded, and the pages they name fetched once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from haihe.base.outbound.testing import Site
from haihe.base.tasks import run_pending
from haihe.city.models import Organisation
from haihe.newsroom.domain import collecting
from haihe.newsroom.domain.locality import same_site
from haihe.newsroom.domain.transports import sitemap
from haihe.newsroom.models import Fetch, Item, LinkedPage, Source
from haihe.newsroom.tasks import visit_source

pytestmark = pytest.mark.django_db
TEXT = (
    "海河两岸的灯光今晚七点准时点亮，市民可以沿亲水平台步行观赏，活动持续到十月底。主办方提醒大家注意安全，错峰出行。"
)


def page(title: str, text: str = TEXT) -> str:
    return (
        f"<!DOCTYPE html><html lang=zh><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{text}</p><p>{text[::-1]}</p></article></body></html>"
    )


def urlset(*entries: tuple[str, str]) -> str:
    rows = "".join(
        f"<url><loc>{url}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</url>" for url, lastmod in entries
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def index(*entries: tuple[str, str]) -> str:
    rows = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</sitemap>"
        for url, lastmod in entries
    )
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


def day(back: int) -> str:
    return (timezone.now() - timedelta(days=back)).strftime("%Y-%m-%dT%H:%M:%S+08:00")


def source_of(office: Organisation, address: str, **fields: object) -> Source:
    return Source.objects.create(
        organisation=office, name="地图", transport="sitemap", address=address, linked="always", **fields
    )


def collect(source: Source) -> None:
    visit_source.enqueue(source_id=source.pk)
    run_pending(["collect"])


def asked(web: Site, *ends: str) -> list[str]:
    return [path for path, _ in web.asked if path.endswith(ends)]


def test_index_is_followed_to_pages_that_become_items(web: Site, office: Organisation) -> None:
    web.put("/map.xml", index((web.url("/a.xml"), day(1)), (web.url("/b.xml"), "")))
    web.put("/a.xml", urlset((web.url("/1.html"), day(1)), (web.url("/2.html"), day(2))))
    web.put("/b.xml", urlset((web.url("/3.html"), ""), (web.url("/1.html"), day(1))))
    for number in (1, 2, 3):
        web.put(f"/{number}.html", page(f"第{number}篇报道"))
    collect(source_of(office, web.url("/map.xml")))
    assert sorted(Item.objects.values_list("title", "entry_id")) == [
        (f"第{number}篇报道", web.url(f"/{number}.html")) for number in (1, 2, 3)
    ]
    kinds = sorted(Fetch.objects.values_list("kind", flat=True))
    assert kinds == ["map", "map", "page", "page", "page", "visit"]
    assert all(row.master for row in Fetch.objects.all())


def test_page_is_fetched_again_only_when_its_map_says_that_it_changed(web: Site, office: Organisation) -> None:
    before = day(3)
    web.put("/map.xml", urlset((web.url("/1.html"), before), (web.url("/2.html"), before)))
    web.put("/1.html", page("第一篇报道"))
    web.put("/2.html", page("第二篇报道"))
    source = source_of(office, web.url("/map.xml"))
    collect(source)
    collect(source)
    assert sorted(asked(web, ".html")) == ["/1.html", "/2.html"]
    web.put("/map.xml", urlset((web.url("/1.html"), day(1)), (web.url("/2.html"), before)))
    web.put("/1.html", page("第一篇报道，有更正", TEXT + "更正：时间改为七点半。"))
    collect(source)
    assert sorted(asked(web, ".html")) == ["/1.html", "/1.html", "/2.html"]
    assert Item.objects.get(entry_id=web.url("/1.html")).version == 2
    assert Item.objects.count() == 2


def test_map_that_its_index_says_is_old_is_not_asked_for_again(web: Site, office: Organisation) -> None:
    when = day(2)
    web.put("/map.xml", index((web.url("/a.xml"), when)))
    web.put("/a.xml", urlset())
    source = source_of(office, web.url("/map.xml"))
    collecting.visit(source)
    collecting.visit(source)
    assert asked(web, "/a.xml") == ["/a.xml"]
    web.put("/map.xml", index((web.url("/a.xml"), day(1))))
    collecting.visit(source)
    assert asked(web, "/a.xml") == ["/a.xml", "/a.xml"]


def test_news_sitemap_gives_titles_and_dates_to_pages_that_have_none(web: Site, office: Organisation) -> None:
    said = (timezone.now() - timedelta(hours=5)).replace(microsecond=0)
    web.put(
        "/news.xml",
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>{web.url('/n.html')}</loc><n:news><n:publication><n:name>津门</n:name><n:language>zh</n:language>"
        f"</n:publication><n:publication_date>{said.isoformat()}</n:publication_date><n:title>早报</n:title></n:news></url></urlset>",
    )
    web.put("/n.html", f"<html><body><p>{TEXT}</p><p>{TEXT[::-1]}</p></body></html>")
    collect(source_of(office, web.url("/news.xml")))
    item = Item.objects.get()
    assert item.published_at == said
    assert LinkedPage.objects.get().title == "早报"


def test_old_addresses_and_other_sites_are_left_out(web: Site, office: Organisation) -> None:
    far = "http://elsewhere.example/1.html"
    web.put("/map.xml", urlset((web.url("/old.html"), day(60)), (web.url("/new.html"), day(2)), (far, day(1))))
    web.put("/new.html", page("新的一篇"))
    source = source_of(office, web.url("/map.xml"))
    row = collecting.visit(source)
    assert [one.address for one in LinkedPage.objects.all()] == [web.url("/new.html")]
    assert any("1 addresses of other sites" in note for note in row.notes)
    assert any("older than 30 days" in note for note in row.notes)
    source.options = {"days_back": 0}
    source.etag = ""
    source.save()
    collecting.visit(source)
    assert LinkedPage.objects.count() == 2


def test_maps_that_refer_to_each_other_end(web: Site, office: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    """50,000 indexes that each name the others: a visit reads a bounded number of them, each once."""
    monkeypatch.setattr(sitemap, "MOST_MAPS", 20)
    everyone = index(*((web.url(f"/map-{number}.xml"), "") for number in range(50_000)))
    for number in range(50_000):
        web.answers[f"/map-{number}.xml"] = web.answers.get("/map-0.xml", lambda _: None)
    web.put("/map-0.xml", everyone)
    for number in range(1, 60):
        web.put(f"/map-{number}.xml", index((web.url("/map-0.xml"), ""), (web.url(f"/map-{number}.xml"), "")))
    source = source_of(office, web.url("/map-0.xml"))
    row = collecting.visit(source)
    first = [path for path, _ in web.asked]
    assert row.problem == ""
    assert len(first) == len(set(first)) == 20
    assert len(source.memory["maps"]) <= sitemap.MOST_REMEMBERED
    collecting.visit(source)
    second = [path for path, _ in web.asked][20:]
    assert len(second) == 20
    assert not set(second[1:]) & set(first[1:]), "what was left over comes first at the next visit"


def test_broken_map_below_an_index_stops_no_other(web: Site, office: Organisation) -> None:
    web.put("/map.xml", index((web.url("/gone.xml"), ""), (web.url("/broken.xml"), ""), (web.url("/b.xml"), "")))
    web.put("/broken.xml", "<urlset><url>")
    web.put("/b.xml", urlset((web.url("/1.html"), "")))
    source = source_of(office, web.url("/map.xml"))
    row = collecting.visit(source)
    assert LinkedPage.objects.count() == 1
    assert row.problem_code == "RefusedByServer"
    source.refresh_from_db()
    assert source.failures == 0
    assert source.problem.startswith("1 of 4")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://www.tj.gov.cn/a", "https://news.tj.gov.cn/b", True),
        ("http://tj.gov.cn/", "http://bj.gov.cn/", False),
        ("http://a.example.com", "http://example.com", True),
        ("http://example.com", "http://other.com", False),
        ("http://127.0.0.1/", "http://127.0.0.2/", False),
        ("http://127.0.0.1:80/", "http://127.0.0.1:81/", True),
        ("http://localhost/", "http://otherhost/", False),
        ("http://[bad", "http://a.example", False),
    ],
)
def test_one_site(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
