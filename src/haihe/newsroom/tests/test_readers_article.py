from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from article_data import f1_of_text, pages
from haihe.newsroom.domain.readers import FeedUnreadable, WebPage
from haihe.newsroom.domain.readers.article import dating
from haihe.newsroom.tests.delivered import of, one

TEXT = [
    "今天上午，记者从市文化和旅游局获悉，海河两岸夜游灯光将于今晚七点亮起，市民和游客可以沿河观赏。",
    "据介绍，本次灯光提升改造涉及桥梁二十一座，全部采用节能灯具，预计每年节电三成。",
    "市文旅局有关负责人表示，节假日期间亮灯时间延长至二十三点，请市民注意安全，文明观赏。",
]
BODY = "".join(f"<p>　　{line}</p>" for line in TEXT)
MENU = "<div class='menu'>" + "".join(f"<a href='/{n}'>栏目{n}</a> " for n in range(30)) + "</div>"
RANKS = "<ul>" + "".join(f"<li><a href='/n{n}'>热点新闻标题第{n}条，大家都在看</a></li>" for n in range(30)) + "</ul>"


def page(body: str, head: str = "<title>海河亮灯_津云_新闻</title>") -> str:
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body>{MENU}{body}{RANKS}<div>版权所有 津ICP备1号</div></body></html>"
    )


def test_chinese_article_is_read_with_what_stands_beside_it() -> None:
    entry = one(page(
        "<h1>海河亮灯</h1><div class='info'>来源：北方网　作者：张三　2026年5月3日 10:20　字号：大 中 小</div>"
        f"<div id='c'>{BODY}<p>（责任编辑：李四）</p></div>"
    ))  # fmt: skip
    assert (entry.title, entry.credit, entry.authors) == ("海河亮灯", "北方网", ("张三",))
    assert (entry.text, entry.language) == ("\n".join(TEXT), "zh")
    assert entry.content == "".join(f"<p>{line}</p>" for line in TEXT)
    assert (entry.published, entry.published_day) == (datetime(2026, 5, 3, 2, 20, tzinfo=UTC), "2026-05-03")


@pytest.mark.parametrize(
    "around", ["<form>{}</form>", "<table><tr><td>{}</td></tr></table>", "<div class='share'>{}</div>", "{}"]
)
def test_layout_of_old_sites_does_not_hide_the_text(around: str) -> None:
    assert one(page(around.format(f"<h1>海河亮灯</h1>{BODY}"))).text == "\n".join(TEXT)


JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "WebSite", "name": "x"},
{"@type": ["NewsArticle"], "headline": "海河亮灯", "datePublished": "2026-05-03T10:20:00+08:00",
"dateModified": "2026-05-04T08:00:00+08:00", "author": [{"@type": "Person", "name": "张三"}, {"name": "李四"}],
"publisher": {"@type": "Organization", "name": "津云"}, "image": {"url": "/1.jpg", "width": 1200, "height": "800px"},
"keywords": "夜游,灯光", "inLanguage": "zh-CN"}]}</script>"""


def test_json_ld_is_believed_first() -> None:
    head = (
        JSON_LD
        + "<meta property='og:title' content='别的'><meta property='article:published_time' content='2001-01-01'>"
    )
    entry = one(page(BODY, head), address="https://a.example/2026/05/03/1.html")
    assert (entry.title, entry.authors, entry.credit) == ("海河亮灯", ("张三", "李四"), "津云")
    assert entry.published == datetime(2026, 5, 3, 2, 20, tzinfo=UTC)
    assert entry.updated == datetime(2026, 5, 4, 0, 0, tzinfo=UTC)
    assert [(p.url, p.width, p.height) for p in entry.pictures] == [("https://a.example/1.jpg", 1200, 800)]
    assert (entry.categories, entry.language) == (("夜游", "灯光"), "zh-CN")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<meta property='article:published_time' content='2026-05-03T10:20:00+08:00'>", ""),
        ("<meta name='PubDate' content='2026-05-03 10:20'>", ""),
        ("<meta itemprop='datePublished' content='2026/05/03 10:20:00'>", ""),
        ("", "<time itemprop='datePublished' datetime='2026-05-03T02:20:00Z'>今天</time>"),
        ("", "<time pubdate datetime='2026-05-03T10:20+08:00'></time>"),
        ("", "<span>发布时间：2026-05-03 10:20</span>"),
        ("", "<span>2026年05月03日 10时20分</span>".replace("时", ":").replace("分", "")),
        ("<script>var publish_time = '2026-05-03 10:20';</script>", ""),
        ('<script>window.x={"pubTime":1777774800000}</script>', ""),
    ],
)
def test_date_is_found_wherever_it_is_said(head: str, body: str) -> None:
    entry = one(page(f"<h1>海河亮灯</h1>{body}{BODY}", head))
    assert entry.published == datetime(2026, 5, 3, 2, 20, tzinfo=UTC)
    assert entry.published_day == "2026-05-03"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("农历2026年3月17日", ""),
        ("农历丙午年三月十七", ""),
        ("二〇二六年腊月初八", ""),
        ("二〇二六年正月十五", ""),
        ("2026年3月17日（农历）", ""),
        ("农历二〇二六年三月十七日", ""),
        ("2026年5月3日（农历三月十七）", "2026-05-03"),
        ("农历2026年3月17日 发布时间：2026-05-03", "2026-05-03"),
        ("二〇二六年五月三日", "2026-05-03"),
        ("2026年2月30日", ""),
        ("2026年13月1日", ""),
        ("", ""),
    ],
)
def test_lunar_and_impossible_dates_are_no_dates(said: str, day: str) -> None:
    assert one(page(f"<h1>海河亮灯</h1><span>{said}</span>{BODY}")).published_day == day


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("https://a.example/2026/05/03/x.html", "2026-05-03"),
        ("https://a.example/art/2026-05/03/x.html", "2026-05-03"),
        ("https://a.example/202605/t20260503_12345.html", "2026-05-03"),
        ("https://a.example/2026/13/40/x.html", ""),
        ("https://web.archive.org/web/20200101000000/http://a.example/x", ""),
        ("https://a.example/12345678901234", ""),
    ],
)
def test_day_in_an_address(address: str, day: str) -> None:
    found = dating.in_address(address.replace("2026-05/03", "2026-05-03"))
    assert (found.day if found else "") == day


def test_day_without_a_time_is_the_same_day_everywhere_near() -> None:
    entry = one(page(f"<h1>海河亮灯</h1><span>2026-05-03</span>{BODY}"))
    assert entry.published == datetime(2026, 5, 3, 4, tzinfo=UTC)


def test_pictures_of_the_text_are_listed_and_ornaments_are_not() -> None:
    images = (
        "<p><img src='/blank.gif' data-original='/1.jpg' alt='夜景'></p><img src='/logo.png'>"
        "<img src='/s.jpg' width='16'>"
        "<figure><img src='https://b.example/2.jpg' width='800'><figcaption>解放桥 夜景</figcaption></figure>"
        "<img src='data:image/png;base64,xx'><img src='javascript:x()'>"
    )
    entry = one(page(f"<div><h1>海河亮灯</h1>{BODY}{images}{BODY}</div>"), address="https://a.example/x.html")
    assert [(p.url, p.caption, p.width) for p in entry.pictures] == [
        ("https://a.example/1.jpg", "夜景", 0),
        ("https://b.example/2.jpg", "解放桥 夜景", 800),
    ]


def test_what_the_page_hides_is_not_read_and_content_is_harmless() -> None:
    hidden = "<div style='display:none'><p>这是隐藏的一段广告文字，请点击这里领取红包，机会难得。</p></div>"
    entry = one(
        page(
            f"<h1>海河亮灯</h1>{hidden}{BODY}<p onclick='x()'>正文&lt;script&gt;alert(1)&lt;/script&gt;，到此为止。</p>"
        )
    )
    assert entry.text.startswith(TEXT[0])
    assert "红包" not in entry.content
    assert "<script" not in entry.content
    assert "onclick" not in entry.content


ENGLISH = " ".join(["The lights along the river were switched on at seven, officials said on Sunday."] * 6)


def test_english_article_is_read() -> None:
    body = "".join(f"<p>{ENGLISH} {number}</p>" for number in range(4))
    entry = one(
        "<html lang='en'><head><title>River lights | Example News</title>"
        "<meta property='og:site_name' content='Example News'><meta name='author' content='By Ann Lee and Bo Wu'>"
        f"</head><body><article><h1>River lights</h1>{body}</article></body>"
    )
    assert (entry.title, entry.authors, entry.credit, entry.language) == (
        "River lights", ("Ann Lee", "Bo Wu"), "Example News", "en",
    )  # fmt: skip
    assert f1_of_text(entry.text, (ENGLISH + " 0 ") + "".join(f"{ENGLISH} {n} " for n in (1, 2, 3))) > 0.95


def test_control_characters_do_not_stop_reading() -> None:
    hidden = "<i hidden>x</i>\x01\x0b&#1;&#x1F;&#0;&#2"
    body = f"<p>{hidden}{ENGLISH}</p>" * 3
    assert ENGLISH in one(f"<html><body><article>{body}</article></body></html>").text


@pytest.mark.parametrize("body", ["", "hello", "<a href=/1>一</a>", "<script>document.location='/x'</script>",
                                  "<meta http-equiv=refresh content='0;url=/x'>"])  # fmt: skip
def test_page_without_an_article_is_refused(body: str) -> None:
    with pytest.raises(WebPage):
        of(f"<!DOCTYPE html><html><body>{body}</body></html>")


def test_front_page_with_a_feed_points_to_it_and_an_article_names_it_beside() -> None:
    head = "<link rel=alternate type=application/rss+xml href=/feed.xml>"
    with pytest.raises(WebPage) as caught:
        of(page(BODY, head), address="https://a.example/")
    assert caught.value.feeds == ("https://a.example/feed.xml",)
    assert of(page(BODY, head), address="https://a.example/1.html").feeds == ("https://a.example/feed.xml",)


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("<meta http-equiv=refresh content='0; url=/new.html'>", "https://a.example/new.html"),
        ('<META HTTP-EQUIV="Refresh" CONTENT="3;URL=&#39;https://b.example/&#39;">', "https://b.example/"),
        ("<script>window.location.href = '/new.html'</script>", "https://a.example/new.html"),
        ('<script>location.replace("https://b.example/x")</script>', "https://b.example/x"),
        ("<script>location.href = 'javascript:alert(1)'</script>", ""),
        ("<meta http-equiv=refresh content=30>", ""),
    ],
)
def test_page_that_sends_on_says_where_and_is_not_followed(page: str, target: str) -> None:
    notice = "<p>页面正在跳转，如果没有反应，请点击这里。</p>" if target else ""
    with pytest.raises(WebPage) as caught:
        of(f"<html><head>{page}</head><body>{notice}</body></html>", address="https://a.example/old.html")
    assert caught.value.moved_to == target


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>" + "<div>" * 30_000 + "<p>" + TEXT[0],
        "<html><body>" + "<p>" + TEXT[0] + "</p>" + "<span>x</span>" * 100_000,
        "<html><body><p>" + TEXT[0] + "</p><script type='application/ld+json'>" + "[" * 100_000 + "</script>",
        "<html><body><p>" + "2026年" * 100_000 + "</p><p>" + TEXT[0] + "</p>",
        "<html><head><meta name=a content='" + "-" * 500_000 + "'></head><body><p>" + TEXT[0],
        "<html><body><table>" + "<tr><td>" * 5_000 + TEXT[0],
    ],
)
def test_monstrous_pages_are_answered_in_time(text: str) -> None:
    started = time.monotonic()
    try:
        feed = of(text)
    except FeedUnreadable:
        feed = None
    assert time.monotonic() - started < 20
    assert feed is None or len(feed.entries) == 1


def test_japanese_and_chinese_pages_of_the_data_folder(data_folder: Path) -> None:
    read = {each.name: one(each.data) for each in pages(data_folder / "articles") if each.chinese and each.text}
    gold = {each.name: each.text for each in pages(data_folder / "articles")}
    assert len(read) >= 5
    assert min(f1_of_text(entry.text, gold[name]) for name, entry in read.items()) > 0.9
