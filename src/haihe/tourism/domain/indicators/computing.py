"""All indicators of a stream from its facts, in one question for each breakdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from haihe.tourism.domain.indicators.formulas import aggregate, prepared
from haihe.tourism.domain.indicators.indicator import Indicator, indicators

if TYPE_CHECKING:
    import ibis

FEWEST_HOUSES = 4  # a figure of fewer establishments would tell one of them about another


@dataclass(frozen=True)
class Value:
    """One value. by and key are empty for the whole; value is None where there is none, or it must not be told."""

    indicator: str
    grain: str
    period: date
    by: str
    key: str
    value: float | None
    rows: int


def of_stream(stream: str) -> list[Indicator]:
    return [one for one in indicators().values() if one.stream == stream]


def compute(table: ibis.Table, stream: str, grain: str, since: date | None = None) -> Iterator[Value]:
    """Every indicator of a stream at one grain, whole and broken down.

    table   facts of the stream
    since   leave out what is before
    """
    if since is not None:
        table = table.filter(table.date >= since)
    wanted = [one for one in of_stream(stream) if grain in one.grains]
    parted = {one.id: one.daily_by if grain == "day" else one.by for one in wanted}
    for by in ["", *sorted({column for columns in parted.values() for column in columns})]:
        part = [one for one in wanted if not by or by in parted[one.id]]
        yield from _broken_down(table, part, grain, by)


def expression(table: ibis.Table, wanted: Sequence[Indicator], grain: str, by: str) -> ibis.Table:
    """One row a period and key, one column an indicator, and `_rows`; and `_units` where units are to be hidden."""
    table = prepared(table, [one.formula for one in wanted])
    period = table.date.truncate("M") if grain == "month" else table.date
    groups = {"_period": period.cast("date")} | ({"_key": table[by].cast("string")} if by else {})
    made = {one.id: aggregate(one.formula, table) * one.scale for one in wanted}
    if "house" in table.columns:
        made["_units"] = table.house.nunique()
    return table.group_by(**groups).aggregate(_rows=table.count(), **made)


def _broken_down(table: ibis.Table, wanted: Sequence[Indicator], grain: str, by: str) -> Iterator[Value]:
    if not wanted:
        return
    for row in expression(table, wanted, grain, by).execute().to_dict("records"):
        period = row["_period"]
        hidden = bool(by) and row.get("_units", FEWEST_HOUSES) < FEWEST_HOUSES
        for one in wanted:
            value = row[one.id]
            known = not hidden and value is not None and value == value
            key = str(row.get("_key", "") or "")
            yield Value(one.id, grain, _day(period), by, key, float(value) if known else None, int(row["_rows"]))


def _day(period: object) -> date:
    if isinstance(period, date) and not hasattr(period, "hour"):
        return period
    return period.date()  # type: ignore[attr-defined]  # a timestamp of pandas
