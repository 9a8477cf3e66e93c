"""Rollups: a month of facts by day and by the columns that are asked for, a small part of what the facts take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from haihe.tourism.domain.facts.asking import facts
from haihe.tourism.domain.facts.states import BITS, Plan, State, bit_columns
from haihe.tourism.domain.indicators.formulas import row_value

if TYPE_CHECKING:
    import ibis

KEPT_WHOLE = 50_000  # rows of a month below which every distinct value is kept
SAMPLED_TO = 64  # rows of facts for one of a sample
MOST_VALUES = 8  # rows of facts for one of the values a median is made of
SAMPLE_BITS = 62
DAY, MONTH = "day", "month"


@dataclass(frozen=True)
class Rolled:
    """The rollup of one month.

    files      "sums", "exact", and the name of each distinct or median state -> its file
    halvings   name of a distinct state -> k: one hash in 2**k is kept
    rows       of facts
    """

    month: str
    rows: int
    files: dict[str, str] = field(default_factory=dict)
    halvings: dict[str, int] = field(default_factory=dict)


def roll_up(connection: Any, plan: Plan, month: str, files: Sequence[Path], into: Path) -> Rolled:
    """Write the rollup of one month below `into`, which is made. Raises OSError, duckdb.Error."""
    into.mkdir(parents=True, exist_ok=True)
    table = facts(connection, plan.contract, files)
    rows = int(table.count().execute())
    made = Rolled(month, rows)

    def keep(name: str, kept: ibis.Table) -> None:
        file = into / f"{month}-{name}.parquet"
        connection.to_parquet(kept, str(file), compression="zstd")
        made.files[name] = file.name

    keep("sums", _sums(table, plan).order_by("date", *plan.asked))
    for state in plan.of_kind("distinct"):
        made.halvings[state.name] = _halvings(rows)
        keep(state.name, _members(table, plan, state, made.halvings[state.name]))
    if any(made.halvings.values()):
        keep("exact", _exact(table, plan))
    for state in plan.of_kind("median"):
        values = _values(table, plan, state)
        if int(values.count().execute()) <= max(KEPT_WHOLE, rows // MOST_VALUES):
            keep(state.name, values.order_by("date", *plan.asked, "_value"))
    return made


def _halvings(rows: int) -> int:
    share, halvings = max(KEPT_WHOLE, rows // SAMPLED_TO), 0
    while rows >> halvings > share:
        halvings += 1
    return halvings


def where(state: State, table: ibis.Table) -> Any:
    """The condition of a state over a table, or None."""
    return row_value(state.where, table) if state.where else None


def _keys(table: ibis.Table, plan: Plan) -> list[Any]:
    return [table["date"], *(table[name].cast("string").name(name) for name in plan.asked)]


def _sums(table: ibis.Table, plan: Plan) -> ibis.Table:
    made: dict[str, Any] = {"_rows": table.count()}
    for state in plan.of_kind("sum", "mean", "min", "max", "once", "bits"):
        made |= _additive(state, table, plan)
    return table.group_by(_keys(table, plan)).aggregate(**made)


def _additive(state: State, table: ibis.Table, plan: Plan) -> dict[str, Any]:
    import ibis

    inside = where(state, table)
    if state.kind == "bits":
        order = {code: number for number, code in enumerate(plan.contract.column(state.of).codes)}
        made = {}
        for number, name in enumerate(bit_columns(state, plan.contract)):
            cases = [(code, 1 << (at % BITS)) for code, at in order.items() if at // BITS == number]
            bit = table[state.of].cast("string").cases(*cases, else_=0).cast("int64")
            made[name] = bit.bit_or(where=inside).fill_null(0)
        return made
    value = row_value(state.of, table)
    whole = not isinstance(value, ibis.Value) or value.type().is_integer()
    if not isinstance(value, ibis.Value):
        value = ibis.literal(value)
    if state.kind == "once":
        return {state.name: value.max(where=inside)}
    if state.kind in ("min", "max"):
        return {state.name: getattr(value, state.kind)(where=inside)}
    made = {state.name: value.sum(where=inside).cast("int64" if whole else "float64")}
    if state.kind == "mean":
        made[f"{state.name}_n"] = value.count(where=inside)
    return made


def _members(table: ibis.Table, plan: Plan, state: State, halvings: int) -> ibis.Table:
    """Each kept hash once for a day and for what is asked: distinct over any span and any places, by counting."""
    if (inside := where(state, table)) is not None:
        table = table.filter(inside)
    table = table.filter(table[state.of].notnull())
    table = table.mutate(_member=_hash(table, state))
    if halvings:
        table = table.filter(table["_member"] < (1 << (SAMPLE_BITS - halvings)))
    return table.select(*_keys(table, plan), table["_member"]).distinct().order_by("date", *plan.asked)


def _hash(table: ibis.Table, state: State) -> Any:
    """62 bits, so that every engine has a signed type for them."""
    return table[state.of].hash() & ((1 << SAMPLE_BITS) - 1)


def _values(table: ibis.Table, plan: Plan, state: State) -> ibis.Table:
    if (inside := where(state, table)) is not None:
        table = table.filter(inside)
    table = table.mutate(_value=row_value(state.of, table))
    table = table.filter(table["_value"].notnull())
    return table.group_by([*_keys(table, plan), table["_value"]]).aggregate(_n=table.count())


def subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for count in range(len(names) + 1):
        yield from combinations(names, count)


def _exact(table: ibis.Table, plan: Plan) -> ibis.Table:
    """Distinct counts of each day and of the month, for every choice of what is asked; null: not narrowed."""
    import ibis

    made = {}
    for state in plan.of_kind("distinct"):
        made[state.name] = table[state.of].nunique(where=where(state, table))
    parts = []
    for grain in (DAY, MONTH):
        period = table.date if grain == DAY else table.date.truncate("M").cast("date")
        for names in subsets(plan.asked):
            groups = {"_period": period, **{name: table[name].cast("string") for name in names}}
            part = table.group_by(**groups).aggregate(**made)
            blank = {name: ibis.null("string") for name in plan.asked if name not in names}
            part = part.mutate(_grain=ibis.literal(grain), **blank)
            parts.append(part.select("_grain", "_period", *plan.asked, *made))
    return ibis.union(*parts)
