"""The engine as a whole: positions, hostile text, the data folder's bars, the error rate."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.newsroom.domain.proofreading.checks import registered
from haihe.newsroom.domain.proofreading.document import from_json, markdown
from haihe.newsroom.domain.proofreading.engine import proofread
from haihe.newsroom.domain.proofreading.error_rate import Correction, Rate, error_rate, tracked
from haihe.newsroom.domain.proofreading.errors import TextUnreadable
from haihe.newsroom.domain.proofreading.matching import Terms
from haihe.newsroom.domain.proofreading.settings import Settings
from haihe.newsroom.domain.proofreading.spelling import rules
from haihe.newsroom.domain.proofreading.spelling.corrector import correct
from haihe.newsroom.domain.proofreading.wordlists import Term, WordList

PIECES = st.sampled_from(
    [
        *"的地得在再我们门因该应以经一二三年月日0123456789%（）“”《》，。、！？…-—~:. \n",
        "2月30日",
        "其中",
        "共",
        "占120%",
        "\ud83d",
    ]
)


@given(st.lists(PIECES, max_size=80).map("".join))
@settings(max_examples=150, deadline=None)
def test_every_finding_says_what_stands_there(text: str) -> None:
    report = proofread(text)
    lines = text.split("\n")
    for one in report.findings:
        assert text[one.start : one.start + one.length] == one.found or one.length == 0 or one.check == "percentages"
        assert lines[one.line - 1][one.column - 1 :].startswith(one.found.split("\n")[0])
        assert one.reason
        assert one.reason_zh
    assert list(report.findings) == sorted(report.findings, key=lambda one: one.start)


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_in_any_form_is_survived(text: str) -> None:
    proofread(text)
    proofread(markdown(text))
    with contextlib.suppress(TextUnreadable):
        from_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "“" * 10_000,
        "（" * 5_000 + "）" * 5_000,
        "因该" * 5_000,
        "1," * 30_000,
        "共5人，其中" * 5_000,
        "的" * 20_000,
        "[" * 20_000 + "](" * 2_000,
        "占" * 20_000,
        "海河剧院总投资" * 5_000,
        "1234567890" * 5_000,
        "。" * 50_000,
        "\u200b\u202e\x00" * 5_000,
    ],
)
def test_hostile_text_ends_soon(text: str) -> None:
    begun = time.process_time()
    proofread(text)
    proofread(markdown(text))
    assert time.process_time() - begun < 8


def test_what_was_found_too_often_is_counted_and_not_listed() -> None:
    report = proofread("好，，" * 25_000)
    assert len(report.findings) == 20_000
    assert report.left_out == 5_000


def test_checks_are_of_one_shape_and_can_be_left_out() -> None:
    names = [check.name for check in registered()]
    assert len(names) == len(set(names)) == 14
    assert all(check.says and check.says_zh for check in registered())
    assert proofread("我们因该走。", Settings(without=frozenset({"spelling"}))).findings == ()


def test_the_corrected_text_takes_spelling_only() -> None:
    assert proofread("我们因该走,对不气。").corrected == "我们应该走,对不起。"
    assert correct("他以经走了") == "他已经走了"


def test_rules_are_well_written() -> None:
    for wrong, written in rules._rules().items():
        assert wrong
        for rule in written:
            assert rule.right != wrong
            assert rule.by in ("misspellings", "confusions", "particles")
    pairs = rules.lines("misspellings.txt")
    wrongs = {line.partition(">")[0] for line in pairs}
    assert len(wrongs) == len(pairs)
    assert not wrongs & {line.partition(">")[2] for line in pairs}  # what one rule gives another must not take


def test_twenty_thousand_terms_are_read_once() -> None:
    terms = [Term(chr(0x4E00 + i % 5000) + chr(0x5E00 + i // 5000) + "词条") for i in range(20_000)]
    text = "海河两岸春意正浓，游人如织。" * 20_000 + terms[19_999].term
    assert [hit.term.term for hit in WordList(terms).hits(text)] == [terms[19_999].term]


@given(
    st.lists(st.text("ab海河，", min_size=1, max_size=4), max_size=8),
    st.text("ab海河，", max_size=30).map(lambda text: text * 40),
)
@settings(max_examples=80, deadline=None)
def test_terms_are_found_where_they_stand(terms: list[str], text: str) -> None:
    expected = sorted(
        ((start, term) for term in set(terms) for start in range(len(text)) if text.startswith(term, start)),
        key=lambda hit: (hit[0], -len(hit[1])),
    )
    assert list(Terms(terms).find(text)) == expected


def test_the_error_rate_is_per_ten_thousand_characters() -> None:
    text = "海" * 5_000
    rate = error_rate([Correction("已", "以"), Correction(",", "，", 0.1)], text)
    assert rate == Rate(1.1, 5_000)
    assert rate.per_10000 == pytest.approx(2.2)
    assert rate.allowed
    assert (rate + Rate(3, 5_000)).per_10000 == pytest.approx(4.1)
    assert not (rate + Rate(3, 5_000)).allowed
    assert error_rate([], "").per_10000 == 0


def test_corrections_are_read_off_two_versions() -> None:
    before, after = "第一段没错。\n我们因该走。\n他以经来了。", "第一段没错。\n我们应该走。\n他已经来了。"
    assert list(tracked(before, after)) == [Correction("因", "应"), Correction("以", "已")]
    assert list(tracked("一" * 30_000, "二" * 30_000)) == [Correction("一" * 30_000, "二" * 30_000)]
    assert list(tracked("", "")) == []


def test_spelling_holds_its_bar_on_the_test_part(data_folder: Path) -> None:
    """The measure of bench_proofreading: sentences, positive where there is something to correct."""
    rows = (data_folder / "typos" / "sighan2015_test.tsv").read_text(encoding="utf-8").splitlines()
    right = wrong = missed = 0
    for row in rows:
        source, target = row.split("\t")
        made = correct(source)
        if source == target:
            wrong += made != source
        else:
            right, missed = (right + 1, missed) if made == target else (right, missed + 1)
    precision, recall = right / (right + wrong), right / (right + missed)
    assert 2 * precision * recall / (precision + recall) > 0.3147
