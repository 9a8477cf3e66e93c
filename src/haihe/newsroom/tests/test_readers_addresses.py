"""Sitemaps, lists of addresses and OPML: documents that only point to others."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from haihe.newsroom.domain.readers import FeedUnreadable
from haihe.newsroom.tests.delivered import of

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = (
    f'<urlset {NS} xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>https://a.example/1?a=1&amp;b=2</loc>'
    "<lastmod>2026-05-04</lastmod><n:news><n:publication><n:name>津云</n:name><n:language>zh-cn</n:language></n:publication>"
    "<n:publication_date>2026-05-03T10:20:00+08:00</n:publication_date><n:title>海河亮灯</n:title></n:news>"
    "<image:image><image:loc>https://a.example/1.jpg</image:loc><image:caption>桥</image:caption></image:image></url></urlset>"
)


def test_news_sitemap_gives_title_date_and_credit() -> None:
    feed = of(NEWS)
    (entry,) = feed.entries
    assert (feed.format, feed.holds, feed.title, feed.language) == ("news sitemap", "addresses", "津云", "zh-cn")
    assert (entry.link, entry.title, entry.credit) == ("https://a.example/1?a=1&b=2", "海河亮灯", "津云")
    assert entry.published == datetime(2026, 5, 3, 2, 20, tzinfo=UTC)
    assert [(p.url, p.caption) for p in entry.pictures] == [("https://a.example/1.jpg", "桥")]


def test_index_points_to_sitemaps() -> None:
    feed = of(f"<sitemapindex {NS}><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>", address="https://a.example/")
    assert (feed.format, [(e.link, e.kind) for e in feed.entries]) == (
        "sitemap index",
        [("https://a.example/a.xml", "sitemap")],
    )


@pytest.mark.parametrize("root", ["urlset", pytest.param("sitemapindex", marks=pytest.mark.full)])
def test_maps_that_name_each_other_and_themselves_stay_bounded(root: str) -> None:
    item = "url" if root == "urlset" else "sitemap"
    me = "https://a.example/map0.xml"
    addresses = [f"https://a.example/map{number % 52_000}.xml" for number in range(60_000)]
    text = f"<{root} {NS}>" + "".join(f"<{item}><loc>{a}</loc></{item}>" for a in addresses) + f"</{root}>"
    started = time.monotonic()
    feed = of(text, address=me)
    assert len(feed.entries) == 50_000
    assert me not in {entry.link for entry in feed.entries}
    assert len({entry.link for entry in feed.entries}) == 50_000
    assert time.monotonic() - started < 60
    assert feed.problems


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/x", "http://[", "http://", "", "x" * 9000],
)
def test_addresses_that_are_none_are_left_out(address: str) -> None:
    text = f"<urlset {NS}><url><loc>{address}</loc></url><url><loc>https://a.example/1</loc></url></urlset>"
    assert [entry.link for entry in of(text).entries] == ["https://a.example/1"]


def test_list_of_addresses_one_a_line_is_read() -> None:
    feed = of("https://a.example/1\r\nhttps://a.example/2\r\nhttps://a.example/1\r\n")
    assert ([entry.link for entry in feed.entries], feed.holds) == (
        ["https://a.example/1", "https://a.example/2"],
        "addresses",
    )


OPML = (
    '<opml version="2.0"><head><title>订阅</title></head><body><outline text="文化"><outline text="津云" type="rss" '
    'xmlUrl="https://a.example/feed.xml" htmlUrl="https://a.example/"/></outline><outline text="空"/>'
    '<outline title="重复" xmlUrl="https://a.example/feed.xml"/><outline xmlUrl="javascript:x"/></body></opml>'
)


def test_opml_lists_each_feed_once() -> None:
    feed = of(OPML)
    (entry,) = feed.entries
    assert (feed.title, feed.format, feed.holds) == ("订阅", "opml 2.0", "addresses")
    assert (entry.title, entry.link, entry.categories) == ("津云", "https://a.example/feed.xml", ("文化",))


def test_opml_nested_without_end_and_empty_is_answered() -> None:
    assert len(of("<opml><body>" + '<outline text="a">' * 200 + '<outline xmlUrl="http://a.example/"/>').entries) == 1
    with pytest.raises(FeedUnreadable, match="OPML"):
        of("<opml><body>" + "<outline>" * 20_000)
