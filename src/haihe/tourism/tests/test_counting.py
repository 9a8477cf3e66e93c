"""Counted once: published examples, simulated truth, sketches, and counts that must not be told."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.tourism.domain.counting import command
from haihe.tourism.domain.counting.estimating import Overlap, dual_system, stratified
from haihe.tourism.domain.counting.sketching import SketchUnusable, overlap, sketch
from haihe.tourism.domain.counting.suppressing import suppressed


def test_chapman_by_hand() -> None:
    """(201 * 151) / 51 - 1, and its variance by Chapman's formula."""
    made = dual_system(Overlap(200, 150, 50))
    assert made.total == pytest.approx(594.1176470588235)
    assert made.variance == pytest.approx(201 * 151 * 150 * 100 / (51**2 * 52))
    assert made.seen == 300
    assert 300 < made.low[0.95] < made.low[0.80] < made.total < made.high[0.80] < made.high[0.95]


def test_who_is_on_every_list_is_counted_without_doubt() -> None:
    made = dual_system(Overlap(100, 100, 100))
    assert (made.total, made.low[0.95], made.high[0.95]) == (100, 100, 100)


def test_an_overlap_larger_than_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="both lists"):
        dual_system(Overlap(10, 5, 6))


def test_strata_mend_what_one_estimate_gets_wrong() -> None:
    """The young book and carry phones, the old do neither: together the lists look as if fewer were missing."""
    chance = np.random.default_rng(5)
    strata, together = [], [0.0, 0.0, 0.0]
    for size, booked, seen in ((30_000, 0.6, 0.8), (30_000, 0.15, 0.3)):
        first, second = chance.random(size) < booked, chance.random(size) < seen
        counts = (first.sum(), second.sum(), (first & second).sum())
        strata.append(Overlap(*map(float, counts)))
        together = [a + float(b) for a, b in zip(together, counts, strict=True)]
    assert abs(stratified(strata).total / 60_000 - 1) < 0.01
    assert dual_system(Overlap(*together)).total / 60_000 < 0.9


def test_sketches_say_what_lists_say() -> None:
    key = secrets.token_bytes(32)
    first, second = range(40_000), range(25_000, 60_000)
    told = overlap(sketch(map(str, first), key), sketch(map(str, second), key))
    assert told.first == pytest.approx(40_000, rel=0.03)
    assert told.both == pytest.approx(15_000, abs=4 * told.both_variance**0.5)
    assert len(sketch(map(str, range(500_000)), key).bytes) <= 200_000


def test_sketches_of_other_keys_share_nobody_and_name_nobody() -> None:
    people = [f"1380000{number:04}" for number in range(9000)]
    first, second = (sketch(people, secrets.token_bytes(32)) for _side in range(2))
    with pytest.raises(SketchUnusable, match="both lists"):
        overlap(first, second)
    assert not any(person.encode() in first.bytes for person in people)
    with pytest.raises(SketchUnusable, match="key"):
        sketch(people, b"short")
    with pytest.raises(SketchUnusable):
        overlap(first, type(first)(b"no sketch"))


def test_small_counts_are_hidden_with_one_more_in_their_row_and_column() -> None:
    assert suppressed([[5, 40, 60], [30, 50, 70], [20, 80, 90]]) == [[None, None, 60], [30, 50, 70], [None, None, 90]]
    assert suppressed([[0, 10, 11]]) == [[0, 10, 11]]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=5))
def test_no_total_gives_a_hidden_count_away(table: list[list[int]]) -> None:
    told = suppressed(table)
    assert all(count is None or count == 0 or count >= 10 for row in told for count in row)
    lines = [*told, *map(list, zip(*told, strict=True))]
    assert all(line.count(None) != 1 for line in lines)


def test_two_sources_meet_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """60,000 persons in two strata; each source sees its part and hands over its sketches only."""
    chance = np.random.default_rng(11)
    (tmp_path / "key").write_bytes(secrets.token_bytes(32))
    files = []
    for name, shares in (("signal", (0.8, 0.5)), ("gate", (0.6, 0.7))):
        lines = ["person,stratum"]
        for stratum, share in enumerate(shares):
            lines += [f"p{stratum}-{n},s{stratum}" for n in np.flatnonzero(chance.random(30_000) < share)]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
        files.append(str(tmp_path / f"{name}.sketch"))
        made = [str(tmp_path / f"{name}.csv"), "--key-file", str(tmp_path / "key"), "--out", files[-1]]
        assert command.make(made) == 0
    capsys.readouterr()
    assert command.count([*files, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["total"] == pytest.approx(60_000, rel=0.03)
    assert told["lo95"] < 60_000 < told["hi95"]
    assert told["sum_of_lists"] > 75_000
    (tmp_path / "bad").write_text("{}", encoding="utf-8")
    with pytest.raises(command.ListUnreadable):
        command.count([files[0], str(tmp_path / "bad")])
