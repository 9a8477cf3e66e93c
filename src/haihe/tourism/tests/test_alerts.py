from __future__ import annotations

from pathlib import Path

import pytest

from haihe.tourism.domain.forecast.alerts import COUNTED, STAGES, Alert, Chance, Ledger, count, decide
from haihe.tourism.domain.forecast.errors import LedgerUnreadable

CROWDED, FULL = STAGES
DAY = 20_000  # days since 1970
NOON = DAY * 24 + 12


def chance(share: float, size: float, *, hour: int = NOON, issued: int = NOON - 20, place: str = "盘山") -> Chance:
    return Chance(place, hour, issued, share, size, 0.05)


def test_a_likely_crowd_tells_place_and_bureau_once() -> None:
    now = [chance(0.8, 0.55), chance(0.8, 0.7, hour=NOON + 1), chance(1.0, 0.1)]
    sent = decide(now, [])
    assert sent == [Alert("盘山", "crowded", DAY, NOON - 20, 0.7, ("place", "bureau"))]
    assert decide(now, sent) == []


def test_a_possible_full_house_tells_government_and_public() -> None:
    (sent,) = decide([chance(1.0, 0.3)], [])
    assert (sent.stage, sent.told) == ("full", ("place", "bureau", "government", "public"))
    assert decide([chance(1.0, 0.29)], []) == []


def test_an_alert_that_no_longer_holds_is_lifted_and_may_come_again() -> None:
    first = decide([chance(0.8, 0.6)], [])
    assert decide([chance(0.8, 0.3)], first) == []  # between: neither lifted nor told again
    lifted = decide([chance(0.8, 0.2, issued=NOON - 10)], first)
    assert lifted == [Alert("盘山", "crowded", DAY, NOON - 10, 0.2, ("place", "bureau"), lifted=True)]
    (again,) = decide([chance(0.8, 0.9, issued=NOON - 5)], first + lifted)
    assert not again.lifted


def test_places_and_days_are_told_apart() -> None:
    sent = decide([chance(0.8, 0.6), chance(0.8, 0.6, hour=NOON + 24), chance(0.8, 0.6, place="古文化街")], [])
    assert [(one.place, one.day) for one in sent] == [("古文化街", DAY), ("盘山", DAY), ("盘山", DAY + 1)]


@pytest.mark.parametrize(("load", "told"), [(799.0, 0), (800.0, 1), (1200.0, 1), (float("nan"), 0)])
def test_a_count_of_four_fifths_tells_everyone_at_once(load: float, told: int) -> None:
    sent = count("盘山", NOON, load, 1000.0, [])
    assert len(sent) == told
    assert [one.told for one in sent] == [COUNTED.told] * told
    assert count("盘山", NOON + 1, load, 1000.0, sent) == [] or not told


def filled(file: Path) -> Ledger:
    """Three days: told and so, told and not so, not told and so; and one nobody has counted yet."""
    ledger = Ledger(file)
    for day, size, share in ((0, 0.9, 0.95), (1, 0.6, 0.5), (2, 0.1, 0.85), (3, 0.9, None)):
        now = [chance(0.8, size, hour=NOON + 24 * day, issued=NOON + 24 * day - 30)]
        ledger.note(now, decide(now, ledger.alerts))
        if share is not None:
            ledger.settle("盘山", NOON + 24 * day - 1, 0.4)
            ledger.settle("盘山", NOON + 24 * day, share)
    return ledger


def test_ledger_says_who_was_told_when_and_whether_it_was_right(tmp_path: Path) -> None:
    score = filled(tmp_path / "alerts.jsonl").score(CROWDED)
    assert (score.count, score.right, score.false, score.missed, score.ahead) == (3, 1, 1, 1, 30)
    assert score.brier == pytest.approx((0.1**2 + 0.6**2 + 0.9**2) / 3)
    assert score.usual == pytest.approx((0.95**2 + 0.05**2 + 0.95**2) / 3)
    assert score.skill == pytest.approx(1 - score.brier / score.usual)


def test_ledger_is_the_same_after_reading_it_again(tmp_path: Path) -> None:
    file = tmp_path / "alerts.jsonl"
    ledger = filled(file)
    again = Ledger(file)
    assert (again.chances, again.alerts, again.loads) == (ledger.chances, ledger.alerts, ledger.loads)
    assert again.score(CROWDED) == ledger.score(CROWDED)


def test_an_alert_after_the_fact_is_no_merit(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "alerts.jsonl")
    ledger.note(alerts=decide([chance(0.8, 0.9, issued=NOON + 1, hour=NOON + 2)], []))
    ledger.settle("盘山", NOON, 0.9)
    score = ledger.score(CROWDED)
    assert (score.right, score.false, score.missed) == (0, 0, 1)


def test_a_lifted_alert_counts_as_none(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "alerts.jsonl")
    first = decide([chance(0.8, 0.9)], [])
    ledger.note(alerts=first)
    ledger.note(alerts=decide([chance(0.8, 0.1, issued=NOON - 2)], first))
    ledger.settle("盘山", NOON, 0.5)
    score = ledger.score(CROWDED)
    assert (score.right, score.false, score.missed) == (0, 0, 0)


def test_a_line_broken_off_is_left_out_and_the_next_stands(tmp_path: Path) -> None:
    file = tmp_path / "alerts.jsonl"
    ledger = filled(file)
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    again = Ledger(file)
    assert len(again.chances) + len(again.alerts) + len(again.loads) == whole.count(b"\n") - 1
    again.settle("盘山", NOON + 200, 0.1)
    assert Ledger(file).loads == again.loads
    assert len(ledger.loads) == len(again.loads) - 1


@pytest.mark.parametrize("line", ["no json", '{"chance": {"place": "a"}}', '{"else": 1}', '{"load": ["a", "b", "c"]}'])
def test_a_damaged_ledger_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "alerts.jsonl"
    filled(file)
    file.write_text(line + "\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(LedgerUnreadable, match="Line 1"):
        Ledger(file)
