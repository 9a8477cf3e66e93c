"""Questions to a stream: some indicators of some places, channels and days, from its rollups or from the facts.

Both say the same: counts and distinct counts to the last one, sums of decimals but for the order of adding. Where only
a sample of distinct values is kept and the span is no calendar day or month, the answer is marked with its bound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from haihe.base.errors import HaiheError
from haihe.tourism.domain.contracts.contract import Contract
from haihe.tourism.domain.facts.rolling import DAY, MONTH, SAMPLE_BITS, Rolled
from haihe.tourism.domain.facts.states import Plan, State, bit_columns
from haihe.tourism.domain.indicators.formulas import aggregate, assembled, calls_in, prepared
from haihe.tourism.domain.indicators.indicator import Indicator

if TYPE_CHECKING:
    import ibis

Groups = Literal["", "day", "month"]
Key = tuple[date | None, str]  # period, value of what it is broken down by
Known = dict[Key, float | None]
NORMAL_95 = 1.96


class AskedWrongly(HaiheError):
    """A question names a column or a span that this stream cannot be asked for."""

    permanent = True
    hint = "The page of the stream lists by what it can be asked."


@dataclass(frozen=True)
class Question:
    """What is asked.

    since, until   first and last day
    only           column -> the values it may have; columns that are not named are not narrowed
    grain          one answer a day or month, or one for the whole span
    by             one answer for each value of this column
    """

    since: date
    until: date
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    grain: Groups = ""
    by: str = ""

    def check(self, contract: Contract) -> None:
        """Raises AskedWrongly."""
        for name in (*self.only, *([self.by] if self.by else [])):
            if name not in contract.asked:
                raise AskedWrongly(f"It can be asked by {', '.join(contract.asked)}.", thing=name)
        if self.since > self.until:
            raise AskedWrongly("The first day is after the last.", thing=f"{self.since} – {self.until}")


@dataclass(frozen=True)
class Answer:
    """One value. bound: how far it may be off, of 95 cases in 100; None where it is exact."""

    period: date | None
    key: str
    value: float | None
    bound: float | None = None


def from_facts(table: ibis.Table, wanted: Sequence[Indicator], question: Question) -> dict[str, list[Answer]]:
    """Indicator -> its answers, from the facts themselves. Raises AskedWrongly."""
    rows = raw_expression(table, wanted, question).to_pyarrow().to_pylist()
    rows.sort(key=lambda row: (str(row.get("_period")), str(row.get("_key"))))
    told: dict[str, list[Answer]] = {one.id: [] for one in wanted}
    for row in rows:
        for one in wanted:
            value = row[one.id]
            known = value is not None and not (isinstance(value, float) and math.isnan(value))
            told[one.id].append(Answer(*_key(row), float(value) * one.scale if known else None))
    return told


def raw_expression(table: ibis.Table, wanted: Sequence[Indicator], question: Question) -> ibis.Table:
    """The question as one expression over facts."""
    table = _narrowed(table, question)
    table = prepared(table, [one.formula for one in wanted])
    made = {one.id: aggregate(one.formula, table) for one in wanted}
    groups = _groups(table, question)
    return table.group_by(**groups).aggregate(**made) if groups else table.aggregate(**made)


class Rollups:
    """The rollups of some months of one stream, open to questions.

    connection   that `asking.connect` gave; used by one thread at a time
    """

    def __init__(self, connection: Any, plan: Plan, folder: Path, months: Sequence[Rolled]) -> None:
        self.connection, self.plan, self.folder = connection, plan, folder
        self.months = {rolled.month: rolled for rolled in months}
        self._tables: dict[tuple[str, tuple[str, ...]], Any] = {}

    def can(self, wanted: Sequence[Indicator], question: Question) -> bool:
        """Whether what was kept answers this: every aggregate in every month, and no sharing out across `by`."""
        for call in (call for one in wanted for call in calls_in(one.formula)):
            state = self.plan.by_call.get(call)
            if state is None or (state.kind == "once" and question.by and question.by not in state.keys):
                return False
            if state.kind == "median" and any(state.name not in one.files for one in self.months.values()):
                return False
        return True

    def ask(self, wanted: Sequence[Indicator], question: Question) -> dict[str, list[Answer]]:
        """Indicator -> its answers, as `from_facts` would give them. Raises AskedWrongly."""
        question.check(self.plan.contract)
        calls = dict.fromkeys(call for one in wanted for call in calls_in(one.formula))
        states = [self.plan.by_call[call] for call in calls]
        months = [month for month in sorted(self.months) if _inside(month, question)]
        if not months:
            return {one.id: [] for one in wanted}
        known, keys = self._added_up(
            [state for state in states if state.kind not in ("distinct", "median")], months, question
        )
        kept: dict[str, int] = {}
        for state in states:
            if state.kind == "distinct":
                known[state.call], kept[state.call] = self._distinct(state, months, question)
            elif state.kind == "median":
                known[state.call] = self._median(state, months, question)
        return {one.id: [self._answer(one, key, known, kept) for key in keys] for one in wanted}

    def _answer(self, one: Indicator, key: Key, known: Mapping[str, Known], kept: Mapping[str, int]) -> Answer:
        """kept: distinct call -> k, where one value in 2**k was counted."""
        calls = calls_in(one.formula)
        values = {call: known[call].get(key, 0 if call in kept else None) for call in calls}
        value = assembled(one.formula, values)
        off = {call: _spread(values[call] or 0, kept[call]) for call in calls if kept.get(call)}
        bound = _bound(one.formula, values, value, off) if off and value is not None else None
        scaled = None if value is None else value * one.scale
        return Answer(*key, scaled, None if bound is None else bound * one.scale)

    def _table(self, name: str, months: Sequence[str]) -> Any:
        files = tuple(str(self.folder / self.months[month].files[name]) for month in months)
        if (name, files) not in self._tables:
            if len(self._tables) > 200:
                self._tables.clear()
            self._tables[name, files] = self.connection.read_parquet(list(files))
        return self._tables[name, files]

    def _added_up(
        self, states: Sequence[State], months: Sequence[str], question: Question
    ) -> tuple[dict[str, Known], list[Key]]:
        """Values of additive states, and every key there is a row of."""
        table = _narrowed(self._table("sums", months), question)
        groups = _groups(table, question)
        made = {"_all": table["_rows"].sum()}
        for state in states:
            if state.kind != "once":
                made |= _merged(state, table, self.plan)
        rows = _each(table, groups, made)
        rows.sort(key=lambda row: (str(row.get("_period")), str(row.get("_key"))))
        known: dict[str, Known] = {state.call: {} for state in states}
        for row in rows:
            for state in states:
                known[state.call][_key(row)] = _value(state, row, self.plan)
        for state in states:
            if state.kind == "once":
                known[state.call] = {_key(row): row["_once"] for row in self._once(state, table, groups)}
        return known, [_key(row) for row in rows]

    def _once(self, state: State, table: Any, groups: dict[str, Any]) -> list[dict[str, Any]]:
        keys = {f"_once_{name}": table[name] for name in state.keys}
        most = table.group_by(**groups, **keys).aggregate(_most=table[state.name].max())
        made = {"_once": most["_most"].sum().fill_null(0)}
        return _each(most, {name: most[name] for name in groups}, made)

    def _distinct(self, state: State, months: Sequence[str], question: Question) -> tuple[Known, int]:
        """Counts, and k where they are estimates from one value in 2**k."""
        halvings = max(self.months[month].halvings[state.name] for month in months)
        if halvings and (counted := self._counted(state, months, question)) is not None:
            return counted, 0
        table = _narrowed(self._table(state.name, months), question)
        if halvings:
            table = table.filter(table["_member"] < (1 << (SAMPLE_BITS - halvings)))
        rows = _each(table, _groups(table, question), {"_n": table["_member"].nunique()})
        return {_key(row): row["_n"] << halvings for row in rows}, halvings

    def _counted(self, state: State, months: Sequence[str], question: Question) -> Known | None:
        """The exact counts, where the question is one of whole days or months and of single values."""
        if any(len(values) != 1 for values in question.only.values()):
            return None
        grain = question.grain or _calendar(question)
        if (
            not grain
            or (grain == MONTH and not _whole_months(question))
            or any("exact" not in self.months[one].files for one in months)
        ):
            return None
        table = self._table("exact", months)
        rows = table.filter((table["_grain"] == grain) & table["_period"].between(question.since, question.until))
        for name in self.plan.asked:
            if name in question.only:
                rows = rows.filter(rows[name] == question.only[name][0])
            elif name == question.by:
                rows = rows.filter(rows[name].notnull())
            else:
                rows = rows.filter(rows[name].isnull())
        columns = {"_n": rows[state.name], "_period": rows["_period"]}
        if question.by:
            columns["_key"] = rows[question.by]
        found = rows.select(**columns).to_pyarrow().to_pylist()
        return {_key(row if question.grain else row | {"_period": None}): row["_n"] for row in found}

    def _median(self, state: State, months: Sequence[str], question: Question) -> Known:
        table = _narrowed(self._table(state.name, months), question)
        groups = {**_groups(table, question), "_value": table["_value"]}
        rows = _each(table, groups, {"_n": table["_n"].sum()})
        parted: dict[Key, list[tuple[float, int]]] = {}
        for row in rows:
            parted.setdefault(_key(row), []).append((row["_value"], int(row["_n"])))
        return {key: median_of(sorted(values)) for key, values in parted.items()}


def median_of(values: Sequence[tuple[float, int]]) -> float:
    """The median of values in their order, each standing so many times."""
    count = sum(times for _value, times in values)
    wanted = ((count - 1) // 2, count // 2)
    found, before = [], 0
    for value, times in values:
        found += [value for place in wanted if before <= place < before + times]
        before += times
    return sum(found) / 2


def _each(table: Any, groups: dict[str, Any], made: dict[str, Any]) -> list[dict[str, Any]]:
    asked = table.group_by(**groups).aggregate(**made) if groups else table.aggregate(**made)
    return list(asked.to_pyarrow().to_pylist())


def _spread(estimate: float, halvings: int) -> float:
    """How far 95 of 100 estimates from one value in 2**halvings are off at most; of nothing found, that of one."""
    found = max(estimate / 2**halvings, 1.0)
    return float(NORMAL_95 * math.sqrt(found * (1 - 2.0**-halvings)) * 2**halvings)


def _narrowed(table: Any, question: Question) -> Any:
    tests = [table["date"].between(question.since, question.until)]
    tests += [table[name].isin(list(values)) for name, values in question.only.items()]
    return table.filter(*tests)


def _groups(table: Any, question: Question) -> dict[str, Any]:
    groups: dict[str, Any] = {}
    if question.grain:
        groups["_period"] = table["date"] if question.grain == DAY else table["date"].truncate("M").cast("date")
    if question.by:
        groups["_key"] = table[question.by].cast("string")
    return groups


def _key(row: Mapping[str, Any]) -> Key:
    period = row.get("_period")
    return period.date() if isinstance(period, datetime) else period, str(row.get("_key") or "")


def _merged(state: State, table: Any, plan: Plan) -> dict[str, Any]:
    match state.kind:
        case "bits":
            return {name: table[name].bit_or() for name in bit_columns(state, plan.contract)}
        case "min" | "max":
            return {state.name: getattr(table[state.name], state.kind)()}
        case "mean":
            return {state.name: table[state.name].sum(), f"{state.name}_n": table[f"{state.name}_n"].sum()}
    return {state.name: table[state.name].sum()}


def _value(state: State, row: Mapping[str, Any], plan: Plan) -> float | None:
    match state.kind:
        case "bits":
            return sum(int(row[name] or 0).bit_count() for name in bit_columns(state, plan.contract))
        case "mean":
            return row[state.name] / row[f"{state.name}_n"] if row[f"{state.name}_n"] else None
        case "sum":
            return row[state.name] or 0
        case "once":
            return None
    return row[state.name]


def _bound(formula: str, values: Mapping[str, float | None], value: float, off: Mapping[str, float]) -> float:
    """How far a formula moves when its estimates do, each to either end of its own bound."""
    moved = [0.0]
    for call, bound in off.items():
        for end in (bound, -bound):
            other = assembled(formula, {**values, call: max((values[call] or 0) + end, 0)})
            moved.append(math.inf if other is None else abs(other - value))
    return max(moved)


def _inside(month: str, question: Question) -> bool:
    return f"{question.since:%Y-%m}" <= month <= f"{question.until:%Y-%m}"


def _whole_months(question: Question) -> bool:
    return question.since.day == 1 and (question.until + timedelta(days=1)).day == 1


def _calendar(question: Question) -> Groups:
    """The grain of which the span is exactly one; nothing where it is none."""
    if question.since == question.until:
        return DAY  # type: ignore[return-value]
    same = (question.since.year, question.since.month) == (question.until.year, question.until.month)
    return MONTH if same and _whole_months(question) else ""  # type: ignore[return-value]
