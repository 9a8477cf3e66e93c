from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from haihe.base.search import Results, index_pending, search
from haihe.base.search.errors import IndexMissing, UnknownSearchField
from haihe.base.search.tests.noticeboard.models import Bulletin, Bureau, Label, Notice

pytestmark = pytest.mark.django_db


def titles(result: Results) -> list[str]:
    return [str(row) for row in result.objects()]


def found(text: str, **asked: Any) -> set[str]:
    return set(titles(search(text, models=[Notice], per_page=100, **asked)))


@pytest.fixture
def board() -> None:
    for title in (
        "云稿库上线",
        "中央厨房运行",
        "建设5G网络",
        "5G 网络覆盖",
        "A股2026年走势",
        "中国，共产党员",
        "New York时报",
        "Café时间",
        "北京大学生",
        "紅樓夢與天津",
    ):
        Notice.objects.create(title=title)
    index_pending()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("稿库", {"云稿库上线"}),
        ("云", {"云稿库上线"}),
        ("库上", {"云稿库上线"}),
        ("中央厨", {"中央厨房运行"}),
        ("中央厨房", {"中央厨房运行"}),
        ("央厨房运行", {"中央厨房运行"}),
        ("5G网络", {"建设5G网络", "5G 网络覆盖"}),
        ("５ｇ網絡", {"建设5G网络", "5G 网络覆盖"}),
        ("5G", {"建设5G网络", "5G 网络覆盖"}),
        ("A股", {"A股2026年走势"}),
        ("2026年", {"A股2026年走势"}),
        ("26年", set()),
        ("国共", set()),
        ("中国共产", set()),
        ("中国 共产", {"中国，共产党员"}),
        ("中国，共产", {"中国，共产党员"}),
        ("cafe", {"Café时间"}),
        ("caf", set()),
        ("york", {"New York时报"}),
        ("new york时报", {"New York时报"}),
        ("红楼梦", {"紅樓夢與天津"}),
        ("《红楼梦》", {"紅樓夢與天津"}),
        ("天津 红楼", {"紅樓夢與天津"}),
        ("天津 稿库", set()),
        ("？！", set()),
    ],
)
def test_search_finds_exactly_what_holds_the_text(board: None, asked: str, expected: set[str]) -> None:
    assert found(asked) == expected


def test_search_any_of_the_terms(board: None) -> None:
    assert found("天津 稿库", operator="or") == {"紅樓夢與天津", "云稿库上线"}


def test_search_goes_by_words_where_nothing_holds_the_whole(board: None) -> None:
    Notice.objects.create(title="天津的博物馆", body="暑期照常开放")
    Notice.objects.create(title="天津的图书馆", body="暑期照常开放")
    index_pending()
    result = search("天津博物馆开放", models=[Notice])
    assert (titles(result), result.loose) == (["天津的博物馆"], True)
    assert result.hits[0].highlights["title"] == "<mark>天津</mark>的<mark>博物馆</mark>"
    assert search("天津的博物馆", models=[Notice]).loose is False


def test_search_weighs_titles_words_and_news() -> None:
    day = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    rows = {
        "chance": Notice.objects.create(title="甲", body="他是北京大学生活委员", published=day),
        "word": Notice.objects.create(title="乙", body="他在大学生群体里", published=day),
        "title": Notice.objects.create(title="大学生", body="他在", published=day),
        "old word": Notice.objects.create(title="丁", body="他在大学生群体里", published=day.replace(year=2006)),
    }
    index_pending()
    order = [hit.pk for hit in search("大学生", models=[Notice]).hits]
    assert order[0] == rows["title"].pk
    assert order.index(rows["word"].pk) < order.index(rows["chance"].pk)
    assert order.index(rows["word"].pk) < order.index(rows["old word"].pk)


def test_search_newest_first() -> None:
    for year in (2020, 2026, 2023):
        Notice.objects.create(title=f"通知{year}", published=dt.datetime(year, 1, 1, tzinfo=dt.UTC))
    Notice.objects.create(title="通知无日期")
    index_pending()
    assert titles(search("通知", models=[Notice], order="newest")) == ["通知2026", "通知2023", "通知2020", "通知无日期"]


def test_search_filters_inside_the_query() -> None:
    for number in range(30):
        Notice.objects.create(title="秘密通知" if number % 3 else "通知", organisation_id=number % 3, kind="story")
    index_pending()
    result = search("通知", models=[Notice], filters={"organisation_id": [0]}, facets=["organisation_id"], per_page=4)
    assert (result.total, result.pages, result.facets) == (10, 3, {"organisation_id": [(0, 10)]})
    assert {row.organisation_id for row in result.objects()} == {0}
    assert search("秘密", models=[Notice], filters={"organisation_id": [0]}).total == 0
    assert search("通知", models=[Notice], filters={"organisation_id": []}).total == 0
    assert search("通知", models=[Notice], filters={"organisation_id": [1, 2], "kind": "story"}).total == 20


def test_search_filters_by_every_kind_of_value() -> None:
    bureau = Bureau.objects.create(name="文化和旅游局")
    full = Notice.objects.create(title="全", live=False, heat=2.5, section_id=7, bureau=bureau, kind="a b/中")
    full.labels.add(Label.objects.create(word="海河"), Label.objects.create(word="文化"))
    Notice.objects.create(title="空")
    index_pending()
    for filters in (
        {"live": False},
        {"heat": 2.5},
        {"section_id": 7},
        {"bureau_id": bureau.pk},
        {"bureau": bureau},
        {"bureau__name": "文化和旅游局"},
        {"labels__word": "海河"},
        {"labels__word": ["没有", "文化"]},
        {"kind": "a b/中"},
    ):
        assert titles(search("", models=[Notice], filters=filters)) == ["全"]
    assert titles(search("", models=[Notice], filters={"section_id": None})) == ["空"]
    assert set(titles(search("", models=[Notice], filters={"section_id": [None, 7]}))) == {"全", "空"}
    assert titles(search("旅游局", models=[Notice])) == ["全"]
    assert titles(search("海河", models=[Notice])) == ["全"]


def test_search_between_days() -> None:
    for day in (1, 2, 3):
        Notice.objects.create(title=f"第{day}天", published=dt.datetime(2026, 3, day, 15, 30, tzinfo=dt.UTC))
    index_pending()  # 15:30 UTC is 23:30 of the same day in the city

    def between(start: dt.date | None, end: dt.date | None) -> set[str]:
        return found("天", dates=("published", start, end))

    assert between(dt.date(2026, 3, 1), dt.date(2026, 3, 2)) == {"第1天", "第2天"}
    assert between(dt.date(2026, 3, 3), None) == {"第3天"}
    assert between(None, dt.datetime(2026, 3, 2, 15, 30, tzinfo=dt.UTC)) == {"第1天", "第2天"}
    assert between(None, dt.datetime(2026, 3, 2, 15, 29, tzinfo=dt.UTC)) == {"第1天"}


def test_search_counts_facets_over_all_hits() -> None:
    for number in range(12):
        Notice.objects.create(
            title="通知", kind="story" if number % 4 else "tour", section_id=number % 2, live=number > 2
        )
    index_pending()
    result = search("通知", models=[Notice], facets=["kind", "section_id", "live"], per_page=1)
    assert result.facets == {
        "kind": [("story", 9), ("tour", 3)],
        "section_id": [(0, 6), (1, 6)],
        "live": [(True, 9), (False, 3)],
    }


def test_search_pages_hold_every_hit_once() -> None:
    made = {Notice.objects.create(title="通知").pk for _ in range(25)}
    index_pending()
    pages = [search("通知", models=[Notice], page=page, per_page=10) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [10, 10, 5, 0]
    assert [page.total for page in pages] == [25] * 4
    assert {hit.pk for page in pages for hit in page.hits} == made


def test_search_over_several_models() -> None:
    Notice.objects.create(title="海河通知", kind="story")
    Bulletin.objects.create(headline="海河简报")
    from haihe.base.search import journal_many

    journal_many(Bulletin, Bulletin.objects.values_list("pk", flat=True))
    index_pending()
    result = search("海河", models=[Notice, Bulletin], facets=["kind"], filters={"organisation_id": 1})
    assert {hit.model for hit in result.hits} == {Notice, Bulletin}
    assert result.facets == {"kind": [("bulletin", 1), ("story", 1)]}
    assert {str(row) for row in result.objects()} == {"海河通知", "海河简报"}
    assert titles(search("海河", models=[Bulletin])) == ["海河简报"]


def test_search_leaves_out_rows_without_the_filter_field() -> None:
    Notice.objects.create(title="海河通知")
    Bulletin.objects.create(headline="海河简报")
    from haihe.base.search import journal_many

    journal_many(Bulletin, [1, *Bulletin.objects.values_list("pk", flat=True)])
    index_pending()
    assert titles(search("海河", models=[Notice, Bulletin], filters={"live": True})) == ["海河通知"]


def test_search_highlights_are_safe_html() -> None:
    Notice.objects.create(title="<b>稿库</b>", body="<script>alert('稿库')</script>" + "文" * 300)
    index_pending()
    marked = search("稿库", models=[Notice]).hits[0].highlights
    assert marked["title"] == "&lt;b&gt;<mark>稿库</mark>&lt;/b&gt;"
    assert marked["body"].startswith("&lt;script&gt;alert(&#x27;<mark>稿库</mark>&#x27;)&lt;/script&gt;")
    assert marked["body"].__html__() is marked["body"]


def test_search_refuses_unknown_fields() -> None:
    index_pending()
    for asked in ({"filters": {"secret": "x"}}, {"facets": ["secret"]}, {"dates": ("secret", None, None)}):
        with pytest.raises(UnknownSearchField):
            search("x", models=[Notice], **asked)  # type: ignore[arg-type]


def test_search_without_an_index_says_so() -> None:
    with pytest.raises(IndexMissing, match="haihe indexer"):
        search("x", models=[Notice])


@pytest.mark.parametrize(
    "asked", ["\x00", "(" * 500, 'a" OR title:b', "*", "[1 TO 2]", "\ud800", "文" * 3000, "_", "a_b"]
)
def test_search_takes_any_text(board: None, asked: str) -> None:
    assert search(asked, models=[Notice]).total == 0


def test_search_leaves_out_what_is_gone_meanwhile(board: None) -> None:
    result = search("稿库", models=[Notice])
    Notice.objects.all().delete()
    assert (len(result.hits), result.objects()) == (1, [])
