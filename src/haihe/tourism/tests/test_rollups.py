"""Rollups: what they answer is what the facts answer, for any span, places and breakdown; and when they are asked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from haihe.tourism.domain.contracts.contract import Contract, read_contract
from haihe.tourism.domain.facts import rolling
from haihe.tourism.domain.facts.answering import AskedWrongly, Question, Rollups, from_facts, median_of
from haihe.tourism.domain.facts.asking import connect, facts
from haihe.tourism.domain.facts.states import plan
from haihe.tourism.domain.indicators.computing import of_stream
from haihe.tourism.domain.indicators.indicator import Indicator

FIRST = date(2026, 1, 20)
MONTHS = ("2026-01", "2026-02", "2026-03")


def frame(contract: Contract, month: str) -> pl.DataFrame:
    """Seeded facts of one month from 20 January to 10 March 2026, with gaps, zeros and empty cells."""
    chance = random.Random(f"{contract.id} {month}")
    days = [FIRST + timedelta(days=step) for step in range(50)]
    rows = []
    for day in (one for one in days if f"{one:%Y-%m}" == month):
        for number in range(40):
            row: list[Any] = [day]
            for column in contract.columns[1:]:
                if column.kind == "code":
                    row.append(chance.choice(list(column.codes)))
                elif column.kind == "text":
                    row.append(f"H{chance.randrange(60):03}")
                elif column.kind == "integer":
                    row.append(chance.choice((0, 1, chance.randrange(1, 500))) + (number == 0))
                else:
                    row.append(chance.randrange(1, 90_000) / 4)
            rows.append(row)
    return pl.DataFrame(rows, schema=contract.names, orient="row")


def rolled(stream: str, folder: Path) -> tuple[Any, Rollups, list[Indicator]]:
    contract, connection = read_contract(stream), connect()
    wanted = of_stream(stream)
    kept = plan(contract, [one.formula for one in wanted])
    files, months = [], []
    for month in MONTHS:
        files.append(folder / f"{stream}-{month}.parquet")
        frame(contract, month).write_parquet(files[-1])
        months.append(rolling.roll_up(connection, kept, month, files[-1:], folder / stream))
    return facts(connection, contract, files), Rollups(connection, kept, folder / stream, months), wanted


def questions(contract: Contract) -> Sequence[Question]:
    first, second = contract.asked[0], contract.asked[-1]
    some = list(contract.column(first).codes)[:2]
    other = list(contract.column(second).codes)[:1]
    last = FIRST + timedelta(days=49)
    return [
        Question(FIRST, last),
        Question(date(2026, 2, 1), date(2026, 2, 28), {first: some[:1]}),
        Question(date(2026, 1, 25), date(2026, 2, 17), {first: some, second: other}, "day"),
        Question(FIRST, last, {second: other}, "month", first),
        Question(date(2026, 2, 3), date(2026, 2, 3), {}, "day", second),
        Question(date(2020, 1, 1), date(2020, 1, 9)),
    ]


@pytest.mark.parametrize("stream", ["visits", "lodging"])
def test_rollups_say_what_the_facts_say(stream: str, tmp_path: Path) -> None:
    """Sets of codes, medians, what counts once, distinct houses: each indicator of the stream, each question."""
    table, rollups, wanted = rolled(stream, tmp_path)
    compared = 0
    for question in questions(rollups.plan.contract):
        ones = [one for one in wanted if rollups.can([one], question)]
        told, made = from_facts(table, ones, question), rollups.ask(ones, question)
        if question.since.year == 2020:
            assert not any(made.values())
            continue
        for one in ones:
            assert [(a.period, a.key, a.bound) for a in made[one.id]] == [(a.period, a.key, None) for a in told[one.id]]
            values = [pytest.approx(a.value, rel=1e-12) if a.value is not None else None for a in told[one.id]]
            assert (one.id, [a.value for a in made[one.id]]) == (one.id, values)
            compared += len(values)
    assert compared > 300


def test_of_many_values_a_sample_is_kept_exact_on_the_calendar_and_bounded_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolling, "KEPT_WHOLE", 100)
    table, rollups, wanted = rolled("lodging", tmp_path)
    houses = [one for one in wanted if one.id == "houses"]
    assert rollups.months["2026-02"].halvings != {next(iter(rollups.months["2026-02"].halvings)): 0}
    for question in (
        Question(date(2026, 2, 1), date(2026, 2, 28), {"class": ["star5"]}),
        Question(date(2026, 2, 3), date(2026, 2, 20), {}, "day", "district"),
    ):
        told, made = from_facts(table, houses, question)["houses"], rollups.ask(houses, question)["houses"]
        assert [(a.value, a.bound) for a in made] == [(a.value, None) for a in told]
    question = Question(date(2026, 1, 25), date(2026, 2, 20), {"class": ["star5", "star4"]})
    (true,), (made_,) = from_facts(table, houses, question)["houses"], rollups.ask(houses, question)["houses"]
    assert made_.bound is not None
    assert abs((made_.value or 0) - (true.value or 0)) <= made_.bound


def test_what_counts_once_is_asked_of_the_facts_where_it_would_be_shared_out(tmp_path: Path) -> None:
    _table, rollups, wanted = rolled("visits", tmp_path)
    load = [one for one in wanted if one.id == "capacity_load"]
    days = (date(2026, 2, 1), date(2026, 2, 9))
    assert rollups.can(load, Question(*days, {"channel": ["booked"]}, by="spot"))
    assert not rollups.can(load, Question(*days, by="origin"))


@pytest.mark.parametrize(
    "question",
    [
        Question(date(2026, 2, 1), date(2026, 1, 1)),
        Question(date(2026, 2, 1), date(2026, 2, 2), {"visitors": ["1"]}),
        Question(date(2026, 2, 1), date(2026, 2, 2), {"spot' OR 1=1 --": ["V01"]}),
        Question(date(2026, 2, 1), date(2026, 2, 2), by="reserved"),
    ],
    ids=["backwards", "no-code", "hostile", "by-number"],
)
def test_a_question_names_only_what_can_be_asked(question: Question) -> None:
    with pytest.raises(AskedWrongly):
        question.check(read_contract("visits"))


def test_median_stands_in_the_middle() -> None:
    assert median_of([(1, 1), (2, 2), (9, 1)]) == 2
    assert median_of([(1, 2), (4, 2)]) == 2.5
    assert median_of([(7, 1)]) == 7
