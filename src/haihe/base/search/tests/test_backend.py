from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from modelsearch.backends import get_search_backend
from modelsearch.backends.base import FilterFieldError, OrderByFieldError, SearchFieldError
from modelsearch.query import MATCH_ALL, MATCH_NONE, Boost, Fuzzy, Phrase, PlainText
from wagtail.models import Page

from haihe.base.search import index_pending
from haihe.base.search.tests.noticeboard.models import Bureau, Notice, Tender

pytestmark = pytest.mark.django_db


@pytest.fixture
def board() -> None:
    made = [
        ("海河之夜灯光秀", "show", 3, 1.5),
        ("海河游船开航", "tour", 1, 2.5),
        ("天津文化中心开放", "story", 2, None),
        ("Haihe River Cruise", "tour", None, 0.5),
    ]
    for place, (title, kind, section, heat) in enumerate(made):
        published = dt.datetime(2026, 1 + place, 1, tzinfo=dt.UTC)
        Notice.objects.create(title=title, kind=kind, section_id=section, heat=heat, published=published)
    index_pending()


def found(asked: Any, queryset: Any = None, **options: Any) -> set[str]:
    queryset = Notice.objects.all() if queryset is None else queryset
    return {str(row) for row in queryset.search(asked, **options)}


HAIHE = {"海河之夜灯光秀", "海河游船开航"}
OTHERS = {"天津文化中心开放", "Haihe River Cruise"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("海河", HAIHE),
        ("海河 开航", {"海河游船开航"}),
        (PlainText("天津 游船", "or"), {"天津文化中心开放", "海河游船开航"}),
        (Phrase("Haihe River"), {"Haihe River Cruise"}),
        (Phrase("River Haihe"), set()),
        (Fuzzy("haige"), {"Haihe River Cruise"}),
        (Fuzzy("haaaa"), set()),
        (Boost(PlainText("海河"), 3), HAIHE),
        (MATCH_ALL, HAIHE | OTHERS),
        (MATCH_NONE, set()),
        (PlainText("海河") & PlainText("游船"), {"海河游船开航"}),
        (PlainText("天津") | PlainText("游船"), {"天津文化中心开放", "海河游船开航"}),
        (~PlainText("海河"), OTHERS),
        (PlainText("海河") & ~PlainText("游船"), {"海河之夜灯光秀"}),
    ],
)
def test_queryset_search_takes_every_query_class(board: None, asked: Any, expected: set[str]) -> None:
    assert found(asked) == expected


def test_queryset_search_joins_with_or_when_asked(board: None) -> None:
    assert found("天津 游船", operator="or") == {"天津文化中心开放", "海河游船开航"}


def test_queryset_search_in_some_fields(board: None) -> None:
    Notice.objects.create(title="没有", body="海河")
    index_pending()
    assert found("海河", fields=["title"]) == HAIHE
    assert found("海河", fields=["body"]) == {"没有"}
    with pytest.raises(SearchFieldError):
        found("海河", fields=["kind"])


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "tour"},
        {"kind__in": ["tour", "show"]},
        {"kind__startswith": "to"},
        {"title__startswith": "海河"},
        {"section_id__gt": 1},
        {"section_id__gte": 2},
        {"section_id__lt": 2},
        {"section_id__lte": 2},
        {"section_id__range": (2, 3)},
        {"section_id__isnull": True},
        {"section_id__isnull": False},
        {"heat__gt": 1.0},
        {"live": True},
        {"live": False},
        {"published__gt": dt.datetime(2026, 2, 1, tzinfo=dt.UTC)},
        {"published__year": 2026},
        {"published__year__lt": 2026},
        {"published__lte": dt.datetime(2026, 2, 1, tzinfo=dt.UTC)},
        {"bureau__isnull": True},
        {"kind": "x' OR 1=1"},
        {"kind__in": []},
    ],
)
def test_queryset_filters_as_the_database_does(board: None, query: dict[str, Any]) -> None:
    for queryset in (Notice.objects.filter(**query), Notice.objects.exclude(**query)):
        expected = {str(row) for row in queryset}
        # the index alone must have counted right: rows are fetched through the filtered queryset anyway
        assert (found(MATCH_ALL, queryset), queryset.search(MATCH_ALL).count()) == (expected, len(expected))


def test_queryset_filters_combine(board: None) -> None:
    from django.db.models import Q

    queryset = Notice.objects.filter(Q(kind="tour") | Q(section_id=3)).exclude(section_id=1)
    assert found(MATCH_ALL, queryset) == {str(row) for row in queryset}
    assert queryset.search("海河").count() == 1


def test_queryset_filters_by_primary_keys_and_subqueries(board: None) -> None:
    tours = Notice.objects.filter(kind="tour")
    assert found("海河", Notice.objects.filter(pk__in=tours.values("pk"))) == {"海河游船开航"}
    assert Notice.objects.filter(pk__in=tours.values("pk")).search("海河").count() == 1
    assert Notice.objects.exclude(pk=tours[0].pk).search("海河").count() == 1


def test_queryset_filters_by_related_fields(board: None) -> None:
    bureau = Bureau.objects.create(name="海河管理局")
    Notice.objects.create(title="通航公告", bureau=bureau)
    index_pending()
    assert found("公告", Notice.objects.filter(bureau__name="海河管理局")) == {"通航公告"}
    assert Notice.objects.filter(bureau__name="别的局").search("公告").count() == 0
    assert found("海河管理局") == {"通航公告"}


def test_queryset_filter_without_a_filter_field_is_refused(board: None) -> None:
    with pytest.raises(FilterFieldError):
        found("海河", Notice.objects.filter(secret="x"))
    with pytest.raises(OrderByFieldError):
        found("海河", Notice.objects.order_by("secret"), order_by_relevance=False)


def test_results_are_ordered_sliced_and_counted(board: None) -> None:
    results = Notice.objects.order_by("-published").search(MATCH_ALL, order_by_relevance=False)
    newest = [str(row) for row in Notice.objects.order_by("-published")]
    assert [str(row) for row in results] == newest
    assert [str(row) for row in results[1:3]] == newest[1:3]
    assert str(results[2]) == newest[2]
    assert (results.count(), results[1:3].count(), results[3:9].count(), results[9:].count()) == (4, 2, 1, 0)
    assert list(results[2:2]) == []
    assert [row.section_id for row in Notice.objects.search(MATCH_ALL, order_by="section_id")] == [1, 2, 3, None]


def test_results_are_fetched_in_one_query(board: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert len(list(Notice.objects.search("海河"))) == 2


def test_results_carry_scores(board: None) -> None:
    first, second = Notice.objects.search("海河").annotate_score("relevance")
    assert first.relevance >= second.relevance > 0


def test_facet_counts_values_and_none(board: None) -> None:
    assert list(Notice.objects.search(MATCH_ALL).facet("kind").items()) == [("tour", 2), ("show", 1), ("story", 1)]
    assert dict(Notice.objects.search("海河").facet("section_id")) == {1: 1, 3: 1}
    assert Notice.objects.search(MATCH_ALL).facet("section_id")[None] == 1
    with pytest.raises(FilterFieldError):
        Notice.objects.search("海河").facet("secret")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("海", HAIHE),
        ("河游", {"海河游船开航"}),
        ("Hai", {"Haihe River Cruise"}),
        ("haihe riv", {"Haihe River Cruise"}),
        ("hai cru", {"Haihe River Cruise"}),
        ("ihe", set()),
    ],
)
def test_autocomplete_finds_while_typing(board: None, typed: str, expected: set[str]) -> None:
    assert {str(row) for row in Notice.objects.autocomplete(typed)} == expected


def test_models_that_inherit_are_found_as_both(board: None) -> None:
    Tender.objects.create(title="海河游船招标", amount=5)
    index_pending()
    assert found("招标") == {"海河游船招标"}
    assert {type(row) for row in Tender.objects.all().search("招标")} == {Tender}
    assert Tender.objects.filter(amount=5).search("海河").count() == 1
    assert Tender.objects.all().search("灯光").count() == 0


def test_wagtail_pages_are_found_by_two_characters() -> None:
    root = Page.get_first_root_node() or Page.add_root(title="root")
    page = root.add_child(instance=Page(title="天津云稿库介绍"))
    root.add_child(instance=Page(title="别的页面", live=False))
    index_pending()
    assert [row.pk for row in Page.objects.live().search("稿库")] == [page.pk]
    assert [row.pk for row in Page.objects.descendant_of(root).autocomplete("稿库")] == [page.pk]
    assert Page.objects.not_live().search("页面").count() == 1


@pytest.mark.parametrize("command", ["update_index", "rebuild_modelsearch_index", "reindex"])
def test_rebuilding_commands_build_the_whole_index(board: None, command: str, capsys: Any) -> None:
    Notice.objects.filter(title__startswith="天津").update(title="批量改名")  # sends no signal
    Notice.objects.filter(title__startswith="Haihe")._raw_delete("default")
    call_command(command)
    assert found(MATCH_ALL) == HAIHE | {"批量改名"}
    assert Notice.objects.search(MATCH_ALL).count() == 3


def test_backend_adds_and_deletes_through_the_journal(board: None) -> None:
    backend = get_search_backend()
    notice = Notice.objects.get(title="海河游船开航")
    Notice.objects.filter(pk=notice.pk).update(title="改了")
    backend.add(Notice.objects.get(pk=notice.pk))
    index_pending()
    assert found("改了") == {"改了"}
    Notice.objects.filter(pk=notice.pk)._raw_delete("default")
    backend.delete(notice)
    index_pending()
    assert Notice.objects.search(MATCH_ALL).count() == 3
