"""List pages: the rule, the one that is proposed, and what is taken by it."""

from __future__ import annotations

import pytest

from haihe.base.outbound.testing import Site
from haihe.base.tasks import run_pending
from haihe.city.models import Organisation
from haihe.newsroom.domain import collecting
from haihe.newsroom.domain.listpages import Link, ListEmpty, Rule, RuleUnreadable, links, listed, propose
from haihe.newsroom.domain.readers import Document, FeedUnreadable
from haihe.newsroom.models import Item, LinkedPage, Source
from haihe.newsroom.tasks import visit_source
from haihe.newsroom.tests.test_transports_sitemap import page

TITLES = [
    "海河夜游恢复运营",
    "博物馆周末延时开放",
    "滨海图书馆举办讲座",
    "古文化街迎来非遗市集",
    "五大道花期将至请错峰",
]


def front(base: str = "http://www.tj.example.gov.cn") -> Document:
    """A page as city portals have them: navigation, two lists, a footer, the same story twice."""
    items = "".join(
        f'<li class="item item-{n}"><a href="/xw/2026{n:02d}/t2026{n:02d}01_{n}88.html"><img src=x></a>'
        f'<span>11-{n:02d}</span><a href="./xw/2026{n:02d}/t2026{n:02d}01_{n}88.html">{title}</a></li>'
        for n, title in enumerate(TITLES, 1)
    )
    side = "".join(f'<li><a href="/zt/{n}/">专题{n}</a></li>' for n in range(9))
    body = (
        f'<div id="nav"><a href="/">首页</a><a href="/xw/">新闻</a><a href="javascript:void(0)">更多</a>'
        f'<a href="mailto:a@b.example">信箱</a></div><ul class="news-list">{items}</ul><ul class="side">{side}</ul>'
        '<div class="foot"><a href="http://www.gov.cn/zhengce/2026/c1.htm">中国政府网政策文件库</a>'
        '<a href="/about/2026/1.html">关于我们</a></div>'
    )
    return Document(
        f"<!DOCTYPE html><html><head><title>新闻中心</title></head><body>{body}</body></html>".encode(), base + "/"
    )


def taken(found: list[Link]) -> list[str]:
    return [link.title for link in found if link.taken]


def test_rule_is_proposed_that_takes_the_list_and_nothing_else() -> None:
    rule = propose(front())
    assert "news-list" in rule.selector
    assert taken(links(front(), rule)) == TITLES
    assert taken(links(front(), Rule("", rule.pattern))) == TITLES, "the pattern alone says it, too"


def test_page_without_a_list_proposes_nothing_and_takes_nothing() -> None:
    plain = Document(
        "<html><body><a href='/a'>首页</a><a href='/b'>登录</a></body></html>".encode(), "http://a.example/"
    )
    assert propose(plain) == Rule()
    with pytest.raises(ListEmpty):
        listed(plain, Rule())


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule("ul.news-list"), TITLES),
        (Rule("ul.news-list li:first-child a"), TITLES[:1]),
        (Rule("", "/xw/202602/*"), TITLES[1:2]),
        (Rule("ul.news-list", "", "*/202601/*"), TITLES[1:]),
        (Rule("", "/xw/*.html"), TITLES),
        (Rule("", "/xw/*.htm"), []),
        (Rule(".foot", "http://www.gov.cn/*"), ["中国政府网政策文件库"]),
        (Rule("#nav"), ["新闻"]),
        (Rule(".foot"), ["关于我们"]),
    ],
)
def test_rule_takes_what_it_says(rule: Rule, expected: list[str]) -> None:
    assert taken(links(front(), rule)) == expected


@pytest.mark.parametrize("rule", [Rule("ul["), Rule("a" * 600), Rule("", "*" * 3 + "x*" * 20), Rule("::::")])
def test_rule_that_cannot_be_read_says_so(rule: Rule) -> None:
    with pytest.raises(RuleUnreadable):
        links(front(), rule)


def test_pattern_is_no_regular_expression() -> None:
    found = links(front(), Rule("", "/(a+)+$"))
    assert taken(found) == []


def test_hostile_pages_are_read_or_refused() -> None:
    deep = b"<div>" * 50_000 + b"<a href=/1.html>x</a>"
    many = b"".join(b"<a href='/n/%d.html'>%s</a>" % (n, "标题很长的新闻".encode()) for n in range(30_000))
    for data in (deep, many, b"<html>" + b"\x00" * 1000, b"<a href='http://[::1'>x</a>", "<p>无</p>".encode()):
        try:
            assert len(links(Document(data, "http://a.example/"), Rule("a"))) <= 1000
        except FeedUnreadable:
            continue
    for data in (b"", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(FeedUnreadable):
            links(Document(data, "http://a.example/"), Rule("a"))


@pytest.mark.django_db
def test_list_page_source_fetches_its_articles_once(web: Site, office: Organisation) -> None:
    web.put("/list", front(web.url("")).data, Content_Type="text/html")
    for n, title in enumerate(TITLES, 1):
        web.put(f"/xw/2026{n:02d}/t2026{n:02d}01_{n}88.html", page(title))
    source = Source.objects.create(
        organisation=office,
        name="新闻中心",
        transport="page",
        address=web.url("/list"),
        options={"selector": "ul.news-list"},
    )
    for _ in range(2):
        visit_source.enqueue(source_id=source.pk)
        run_pending(["collect"])
    assert sorted(Item.objects.values_list("title", flat=True)) == sorted(TITLES)
    paths = [path for path, _ in web.asked]
    assert len([path for path in paths if path.startswith("/xw/")]) == len(TITLES)


@pytest.mark.django_db
def test_list_page_that_was_rebuilt_says_what_to_do(web: Site, office: Organisation) -> None:
    web.put("/list", front(web.url("")).data)
    source = Source.objects.create(
        organisation=office, name="x", transport="page", address=web.url("/list"), options={"selector": "ul.gone"}
    )
    assert collecting.visit(source).problem_code == "ListEmpty"
    assert LinkedPage.objects.count() == 0
