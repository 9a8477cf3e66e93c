"""Which texts are one family, whatever was done to them, and what only looks alike."""

from __future__ import annotations

import random
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from haihe.newsroom.domain.families import FamilyIndex, Item
from haihe.newsroom.domain.families.errors import FamiliesStateUnreadable, ItemKnown
from haihe.newsroom.domain.families.index import COMMON, MOST_REPRESENTATIVES
from haihe.newsroom.domain.families.sketching import FIGURES, KEYS, LONGEST, MARKS, sketch_all
from haihe.newsroom.domain.families.state import load, save

COMMA, COLON = "\uff0c", "\uff1a"


def words(count: int, seed: int) -> str:
    """Han characters that no other seed says: no news, but as long and as different as two reports."""
    dice = random.Random(seed)
    signs = "".join(chr(dice.randrange(0x4E00, 0x9000)) for _sign in range(count))
    return "".join(signs[at : at + 12] + (COMMA if at % 36 else "。\n") for at in range(0, count, 12))


def families(*texts: str) -> list[int]:
    index = FamilyIndex()
    index.add_all(Item(number, text) for number, text in enumerate(texts))
    return [int(index.family(number)) for number in range(len(texts))]


REPORT = words(600, 1)
PARAGRAPHS = REPORT.split("\n")


@pytest.mark.parametrize(
    "repost",
    [
        REPORT,
        words(80, 2) + REPORT[90:],
        REPORT[:300],
        REPORT.replace(COMMA, ",").replace("。", ".").replace("\n", "\n\n\u3000\u3000"),
        REPORT.replace(COMMA, "").replace("\n", ""),
        OpenCC("s2t").convert(REPORT),
        OpenCC("s2hk").convert(REPORT),
        "\n".join(PARAGRAPHS[7:] + PARAGRAPHS[:7]),
        f"2024-05-03 08:30 来源{COLON}海河快讯\u3000作者{COLON}李云\n{REPORT}\n(责任编辑{COLON}王可)",
        "\u200b".join(REPORT),
    ],
    ids=["equal", "lead", "tail", "width", "no commas", "traditional", "hong kong", "order", "credits", "zero width"],
)
def test_reprint_is_in_the_family_of_its_original_whichever_comes_first(repost: str) -> None:
    other = words(600, 3)
    assert families(REPORT, other, repost) == [0, 1, 0]
    assert families(repost, other, REPORT) == [0, 1, 0]


def test_english_and_mixed_texts() -> None:
    dice = random.Random(5)
    story = " ".join(
        "".join(dice.choices("abcdefghijklmnop", k=dice.randint(2, 9))) for _word in range(250)
    ).capitalize()
    shouted = "BREAKING: " + story.upper().replace(" ", "  ") + " (Reporting by A. Reed)"
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in story)
    mixed = f"{REPORT[:200]} {story[:600]}"
    assert families(story, shouted, wide, mixed, mixed + "\n" + words(20, 6)) == [0, 0, 0, 3, 3]


def test_accents_ligatures_and_composed_forms_are_one() -> None:
    composed = "Caf\u00e9 na\u00efve \u304c\u304e\u3050 \ud55c\uad6d\uc5b4 \u0130stanbul one two three four"
    decomposed = unicodedata.normalize("NFD", composed)
    assert decomposed != composed
    assert families(composed, decomposed) == [0, 0]


NOTICE = (
    "停电公告"
    + COLON
    + "因线路检修需要{c}计划于{month}月{day}日{hour}时至{end}时对沿线停电施工{c}请有关单位和居民提前做好准备{c}妥善"
    "保存食品{c}关闭电器电源。施工期间如遇雨雪等恶劣天气则顺延{c}另行公告。提前完工将提前送电{c}恕不另行通知。由此带来的不便"
    "敬请谅解{c}如有疑问请拨打当地供电服务电话咨询。"
)


def test_issues_of_a_dated_series_are_families_of_their_own_and_their_reprints_find_them() -> None:
    issues = [NOTICE.format(c=COMMA, month=n, day=2 * n + 1, hour=n + 2, end=n + 9) for n in range(1, 12)]
    reprints = [f"海河快讯消息\u3000{issue}(编辑{COLON}李云)" for issue in issues]
    assert families(*issues, *reprints) == [*range(11), *range(11)]


def test_one_date_alone_makes_another_issue() -> None:
    first = f"今天是3月5日。{REPORT}"
    assert families(first, f"今天是3月6日。{REPORT}", first) == [0, 1, 0]


def test_corrected_figure_among_many_stays_in_the_family() -> None:
    facts = [f"{words(12, 100 + n)[:12]}{n * 37}人{words(12, 200 + n)[:12]}" for n in range(1, 12)]
    report = "。".join(facts)
    assert families(report, report.replace("407人", "410人")) == [0, 0]
    changed = "。".join(fact.replace(f"{n * 37}人", f"{n * 37 + 5}人") for n, fact in enumerate(facts, 1))
    assert families(report, changed) == [0, 1]


def test_shared_boilerplate_makes_no_family() -> None:
    notice = words(250, 7)
    texts = [words(300, 1000 + n) + notice for n in range(4 * COMMON)]
    assert families(*texts, texts[0], words(40, 8) + texts[1][45:]) == [*range(len(texts)), 0, 1]


def test_round_up_joins_no_family_and_joins_none() -> None:
    stories = [words(400, 20 + n) for n in range(4)]
    digest = "\n".join(story[:200] for story in stories)
    assert families(*stories, digest) == [0, 1, 2, 3, 4]
    assert families(digest, *stories) == [0, 1, 2, 3, 4]


def test_bridge_joins_two_families() -> None:
    whole = words(900, 30)
    head, tail = whole[:550], whole[-550:]
    assert families(head, tail) == [0, 1]
    assert families(head, tail, whole) == [0, 0, 0]


def test_family_does_not_drift_without_end() -> None:
    """Each version keeps two thirds of the one before: at the end of the chain stands another text."""
    parts = [words(200, 300 + n) for n in range(14)]
    chain = ["".join(parts[n : n + 3]) for n in range(12)]
    found = families(*chain)
    assert found[0] == found[1]
    assert found[0] != found[-1]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("海河文化旅游节今晚开幕 两岸灯光秀持续十天", f"海河文化旅游节今晚开幕{COMMA}两岸灯光秀持续十天!", True),
        ("海河文化旅游节今晚开幕 两岸灯光秀持续十天", "快讯|海河文化旅游节今晚开幕 两岸灯光秀持续十天", True),
        ("海河文化旅游节今晚开幕 两岸灯光秀持续十天", "海河文化旅游节昨晚闭幕 两岸接待游客三十万人", False),
        ("天津发布暴雨橙色预警", "北京发布暴雨橙色预警", False),
        ("2月3日天津天气预报", "2月4日天津天气预报", False),
        ("一", "二", False),
        ("好", "好", True),
        ("???", "???", True),
        ("???", "!!!", False),
        ("\U0001f600\U0001f680", "\U0001f600 \U0001f680", True),
    ],
)
def test_short_texts(one: str, two: str, same: bool) -> None:
    assert families(one, two) == [0, 0 if same else 1]


def test_empty_texts_are_families_of_their_own() -> None:
    assert families("", "", " \n", "\x00\x07") == [0, 1, 2, 3]


def test_sketch_is_bounded_and_does_not_depend_on_its_neighbours() -> None:
    texts = ["5 " * 40_000, "ab" * 70_000, words(50_000, 9) + "1人2人" * 200, "\ud800中\udfff文\x00字", "x" * 10, ""]
    together = sketch_all(texts)
    for text, sketch in zip(texts, together, strict=True):
        alone = sketch_all([text])[0]
        assert len(sketch.marks) <= MARKS
        assert len(sketch.keys) <= KEYS
        assert len(sketch.contexts) <= FIGURES
        assert sketch.tokens <= LONGEST
        for name in ("tokens", "scale", "whole"):
            assert getattr(alone, name) == getattr(sketch, name)
        for name in ("marks", "keys", "contexts", "values"):
            assert getattr(alone, name).tolist() == getattr(sketch, name).tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60) | st.text("中文一二12 ,ab\x00\ud800", max_size=30), max_size=8))
def test_equal_texts_are_one_family_and_nothing_breaks(texts: list[str]) -> None:
    found = families(*texts, *texts)
    count = len(texts)
    for number, text in enumerate(texts):
        if any(sketch_all([text])[0].marks):
            assert found[number] == found[count + number]
    assert families(*texts, *texts) == found


def test_one_by_one_and_together_are_the_same() -> None:
    dice = random.Random(4)
    base = [words(300, 40 + n) for n in range(20)]
    texts = [text[: dice.randint(150, 400)] + words(dice.randint(0, 60), dice.randint(0, 99)) for text in base * 4]
    dice.shuffle(texts)
    one_by_one = FamilyIndex()
    for number, text in enumerate(texts):
        one_by_one.add(number, text)
    assert [family for _id, family in one_by_one.families()] == families(*texts)


def test_viral_text_keeps_few_representatives() -> None:
    index = FamilyIndex()
    for number in range(300):
        index.add(number, words(60, 5000 + number) + REPORT[40 + number % 60 :])
    assert len(index.members(0)) == 300
    assert index.representatives.count <= MOST_REPRESENTATIVES


def test_key_of_two_thousand_texts_costs_one_row() -> None:
    index = FamilyIndex()
    notice = words(300, 7)
    index.add_all(Item(number, notice + words(310, 10_000 + number)) for number in range(2000))
    keys = sketch_all([notice])[0].keys
    which, _found, common = index.postings.find(keys)
    assert len(which) <= len(keys)
    assert common[:20].all()


def test_known_id_is_refused_before_anything_is_added() -> None:
    index = FamilyIndex()
    index.add("a", REPORT)
    with pytest.raises(ItemKnown):
        index.add_all([Item("b", REPORT), Item("a", "other")])
    assert len(index) == 1
    assert index.add(1, "1") == 1
    assert index.add("1", "another") == "1"


def test_spread_over_time_and_outlets() -> None:
    index = FamilyIndex()
    index.add("late", REPORT, datetime(2024, 5, 3, 9, tzinfo=UTC), "晚报")
    index.add("early", REPORT[:400], datetime(2024, 5, 1, 23), "网站")  # no zone: UTC
    index.add("unknown", REPORT + "完", outlet="晚报")
    index.add("other", words(300, 77), datetime(2020, 1, 1, tzinfo=UTC))
    spread = index.spread("early")
    assert spread.family == "late"
    assert spread.items == ("early", "late", "unknown")
    assert (spread.first, spread.last) == (datetime(2024, 5, 1, 23, tzinfo=UTC), datetime(2024, 5, 3, 9, tzinfo=UTC))
    assert spread.outlets == {"晚报": 2, "网站": 1}
    assert spread.days == {"2024-05-01": 1, "2024-05-03": 1}


def test_saved_index_goes_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    texts = [words(300, 60 + n % 9)[: 200 + n % 130] for n in range(60)]
    whole, first = FamilyIndex(), FamilyIndex()
    whole.add_all(Item(f"n\ud800{n}" if n == 3 else n, text, None, "报") for n, text in enumerate(texts))
    first.add_all(Item(f"n\ud800{n}" if n == 3 else n, text, None, "报") for n, text in enumerate(texts[:30]))
    save(first, tmp_path / "state")
    second = load(tmp_path / "state")
    second.add_all(Item(30 + n, text, None, "报") for n, text in enumerate(texts[30:]))
    assert list(second.families()) == list(whole.families())
    assert second.spread(0) == whole.spread(0)
    assert [file.name for file in tmp_path.iterdir()] == ["state"]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"\x93NUMPY nothing"])
def test_damaged_state_is_said(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "state").write_bytes(damage)
    with pytest.raises(FamiliesStateUnreadable):
        load(tmp_path / "state")
