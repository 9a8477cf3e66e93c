from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.base.search.highlight import find_spans, highlight
from haihe.base.search.text import contains, fold, fold_with_origins, grams, rows, words


def read(text: str) -> list[str]:
    return grams(rows(fold(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("雲稿庫", "云稿库"),
        ("ＡＢＣ１２３", "abc123"),
        ("Café São", "cafe sao"),
        ("Cafe\u0301", "café"),
        ("融\u200b媒体", "融媒体"),
        ("㈱", "(株)"),
        ("\u3000天津", " 天津"),
    ],
)
def test_fold_makes_forms_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_fold_keeps_what_is_not_an_accent() -> None:
    assert [fold("が"), fold("한국"), fold("ё")] == ["が", "한국", "е"]


@given(st.text(), st.text())
def test_fold_of_a_part_is_a_part_of_the_fold(one: str, other: str) -> None:
    # what is searched for folds like the text it stands in, so that it is found there
    assert fold(one + other) == fold(one) + fold(other)


@given(st.text())
def test_fold_names_the_origin_of_every_character(text: str) -> None:
    folded, origins = fold_with_origins(text)
    assert len(origins) == len(folded) + 1
    assert all(fold(text[origins[i]]).find(character) >= 0 for i, character in enumerate(folded))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中央厨房", ["中央", "央厨", "厨房", "房_"]),
        ("5G网络", ["5_g", "g_网", "网络", "络_"]),
        ("5G 网络", ["5_g", "g_网", "网络", "络_"]),
        ("A股", ["a_股", "股_"]),
        ("中国，共产党", ["中国", "国_", "共产", "产党", "党_"]),
        ("中 国", ["中_", "国_"]),
        ("New York", ["new_", "york_"]),
        ("snake_case", ["snake_", "case_"]),
        ("", []),
        ("——！？", []),
    ],
)
def test_grams_are_one_for_every_unit(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@given(st.text())
def test_grams_are_one_for_every_unit_of_any_text(text: str) -> None:
    in_rows = rows(fold(text))
    assert len(grams(in_rows)) == sum(map(len, in_rows))
    assert all(" " not in one for one in grams(in_rows))


def test_words_are_chinese_words() -> None:
    assert words("天津市文化中心haihe2026") == ["天津", "津市", "天津市", "文化", "中心"]


@pytest.mark.parametrize(
    ("term", "text", "marked"),
    [
        ("稿库", "云稿庫与稿库", ["稿庫", "稿库"]),
        ("5g网络", "５Ｇ 網絡、5G网络", ["５Ｇ 網絡", "5G网络"]),
        ("art", "start ART arts", ["ART"]),
        ("15", "150 15 215 15米", ["15", "15"]),
        ("中国", "中，国 中国", ["中国"]),
        ("3.5亿", "3.5亿 35亿", ["3.5亿"]),
        ("人人", "人人人人", ["人人人人"]),
        ("a1a", "a1a", ["a1a"]),
    ],
)
def test_spans_are_where_the_term_stands(term: str, text: str, marked: list[str]) -> None:
    pattern = contains(fold(term))
    assert pattern
    assert [text[start:end] for start, end in find_spans(text, [pattern])] == marked


def test_contains_grows_only_while_typing() -> None:
    growing = contains("hai", prefix=True)
    grown = contains("hai")
    assert [bool(pattern and pattern.search("haihe")) for pattern in (growing, grown)] == [True, False]


def test_contains_of_no_unit_is_none() -> None:
    assert contains("！？") is None


def test_highlight_escapes_everything_but_its_marks() -> None:
    pattern = contains("alert")
    assert pattern
    assert highlight('<img onerror="alert(1)">', [pattern]) == ("&lt;img onerror=&quot;<mark>alert</mark>(1)&quot;&gt;")


def test_highlight_shows_a_window_around_the_first_match() -> None:
    text = "甲" * 300 + "。这里说到云稿库。" + "乙" * 300
    pattern = contains("稿库")
    assert pattern
    shown = highlight(text, [pattern], width=60)
    assert shown == "…这里说到云<mark>稿库</mark>。" + "乙" * 52 + "…"
    assert highlight(text, [], width=20) == "甲" * 20 + "…"


def test_highlight_keeps_a_match_near_the_end_in_its_window() -> None:
    pattern = contains("稿库")
    assert pattern
    shown = highlight("甲" * 500 + "稿库", [pattern], width=60)
    assert shown == "…" + "甲" * 58 + "<mark>稿库</mark>"
