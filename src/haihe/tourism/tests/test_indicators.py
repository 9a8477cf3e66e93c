"""Every indicator against a value computed by hand; and on PostgreSQL the same."""

from __future__ import annotations

import atexit
import os
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from haihe.base.tasks.tests.cluster import postgres
from haihe.tourism.domain.contracts.contract import read_contract
from haihe.tourism.domain.facts.asking import connect, facts
from haihe.tourism.domain.indicators.computing import Value, compute
from haihe.tourism.domain.indicators.formulas import FormulaBad, aggregate, compose, names_in
from haihe.tourism.domain.indicators.indicator import MODULES, UNITS, indicators

GOLDEN = tomllib.loads((Path(__file__).parent / "golden.toml").read_text(encoding="utf-8"))


def golden_frame(stream: str) -> pl.DataFrame:
    contract = read_contract(stream)
    rows = [[date.fromisoformat(row[0]), *row[1:]] for row in GOLDEN["facts"][stream]]
    return pl.DataFrame(rows, schema=contract.names, orient="row")


@cache
def golden_table(stream: str) -> Any:
    with tempfile.NamedTemporaryFile(suffix=".parquet", delete=False) as file:
        golden_frame(stream).write_parquet(file)
    atexit.register(os.unlink, file.name)
    return facts(connect(), read_contract(stream), [Path(file.name)])


@cache
def golden_values(stream: str, grain: str) -> tuple[Value, ...]:
    return tuple(compute(golden_table(stream), stream, grain))


@cache
def computed(stream: str) -> dict[str, float | None]:
    return {value.indicator: value.value for value in golden_values(stream, "month") if not value.by}


def base_values() -> dict[str, float | None]:
    return {name: value for stream in GOLDEN["facts"] for name, value in computed(stream).items()}


@pytest.mark.parametrize("name", indicators())
def test_indicator_equals_its_golden_case(name: str) -> None:
    one = indicators()[name]
    wanted, _working = GOLDEN["values"][name]
    if one.stream:
        value = computed(one.stream)[name]
    else:
        made = compose(one.formula, base_values(), lambda when, what: GOLDEN["before"][when].get(what))
        value = None if made is None else made * one.scale
    assert value == pytest.approx(wanted, rel=1e-12)


def test_there_are_enough_of_them_in_all_seven_modules() -> None:
    assert len(indicators()) >= 60
    assert {one.module for one in indicators().values()} == set(MODULES)
    assert set(GOLDEN["values"]) == set(indicators())


def test_formulas_name_columns_and_indicators_that_are() -> None:
    for one in indicators().values():
        known = set(read_contract(one.stream).names) if one.stream else set(indicators())
        assert (one.id, names_in(one.formula) - known) == (one.id, set())
        assert set(one.by) <= known


@pytest.mark.parametrize(
    "formula", ["__import__('os')", "sum(persons).execute()", "open('x')", "[x for x in y]", "sum(nothing)", "persons"]
)
def test_a_formula_is_never_run_as_python(formula: str) -> None:
    table = golden_table("entry-exit")
    with pytest.raises(FormulaBad):
        aggregate(formula, table)
    with pytest.raises((FormulaBad, TypeError)):
        compose("year_ago(1)", {}, lambda when, what: None)


def test_of_no_facts_there_are_no_figures() -> None:
    assert list(compute(facts(connect(), read_contract("lodging"), []), "lodging", "month")) == []


def test_fewer_than_four_establishments_are_never_told_apart() -> None:
    """Broken down by district, each of two houses would read the other's figures."""
    values = golden_values("lodging", "month")
    assert {value.value for value in values if value.by} == {None}
    assert {value.indicator for value in values if not value.by and value.value is None} == set()


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A real PostgreSQL, as Ibis sees it."""
    import ibis

    with postgres() as folder:
        connection = ibis.postgres.connect(host=str(folder), user="haihe", database="postgres")
        yield connection
        connection.disconnect()


@pytest.mark.parametrize("stream", GOLDEN["facts"])
def test_postgresql_says_the_same_of_every_indicator(stream: str, server: Any) -> None:
    """The same expressions, whole and broken down; integers exactly, others to 1e-9."""
    table = server.create_table(f"facts_{stream.replace('-', '_')}", golden_frame(stream).to_arrow())
    for grain in ("day", "month"):
        here = {named(value): value.value for value in golden_values(stream, grain)}
        there = {named(value): value.value for value in compute(table, stream, grain)}
        close = {name: value if value is None else pytest.approx(value, rel=1e-9) for name, value in here.items()}
        assert there == close


def named(value: Value) -> tuple[str, str, date, str]:
    return value.indicator, value.by, value.period, value.key


def test_every_unit_has_its_english() -> None:
    assert {one.unit for one in indicators().values()} == set(UNITS)
    assert {one.measured_in("en") for one in indicators().values() if not one.measured_in("en").isascii()} == set()
    assert indicators()["visits"].measured_in("zh-hans") == "人次"
