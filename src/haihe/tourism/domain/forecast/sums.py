"""Forecasts of places and of their sums that add up: parts are summed, all are forecast, then reconciled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from haihe.tourism.domain.forecast.engine import Forecast, forecast_all
from haihe.tourism.domain.forecast.errors import ForecastAskedWrongly, TableUnreadable
from haihe.tourism.domain.forecast.guards import Refusal, examine
from haihe.tourism.domain.forecast.panel import Floats
from haihe.tourism.domain.forecast.reconciling import Hierarchy, Reconciled, hierarchy_of, reconcile
from haihe.tourism.domain.forecast.series import Series
from haihe.tourism.domain.forecast.tables import read_table

LEAST_ERRORS = 2  # of the back-test, that spreads are taken from


@dataclass(frozen=True)
class Summed:
    """Forecasts that add up.

    forecasts   of the sums first, then of their parts; both reconciled
    refused     parts that cannot be forecast, and why; no sum holds them
    before      the largest difference, in the series' unit, between a sum and its parts before they were reconciled
    """

    forecasts: tuple[Forecast, ...]
    refused: tuple[Refusal, ...]
    before: float


def read_tree(path: Path) -> dict[str, tuple[str, ...]]:
    """Which sums each series belongs to: columns unique_id and path (天津/蓟州). Raises TableUnreadable."""
    found: dict[str, tuple[str, ...]] = {}
    for line in read_table(path, ("unique_id", "path")):
        steps = tuple(step.strip() for step in line.text("path").split("/"))
        if "" in steps:
            raise line.wrong("path", "has an empty step")
        if line.text("unique_id") in found:
            raise line.wrong("unique_id", "stands there twice")
        found[line.text("unique_id")] = steps
    if not found:
        raise TableUnreadable("It has no line of data.", thing=path)
    return found


def forecast_sums(
    series: Sequence[Series],
    tree: Mapping[str, tuple[str, ...]],
    horizon: int,
    season: int,
    *,
    method: str = "ols",
    today: date | None = None,
    countries: Sequence[str] = (),
    jobs: int = 1,
) -> Summed:
    """Forecast every part and every sum `horizon` steps ahead, so that sums hold.

    tree     part -> the steps above it, outermost first; every series has one
    method   one of reconciling.METHODS

    Raises ForecastAskedWrongly where a series has no place in the tree, or none is left.
    """
    if stray := sorted({one.unique_id for one in series} - set(tree)):
        raise ForecastAskedWrongly("This series has no place in the tree of sums.", thing=stray[0])
    refused = [one for one in (examine(one, season, today=today) for one in series) if isinstance(one, Refusal)]
    out = {one.unique_id for one in refused}
    parts = _ending_together([one for one in series if one.unique_id not in out])
    if not parts:
        raise ForecastAskedWrongly("No series is left that could be summed.", thing=len(refused))
    hierarchy = hierarchy_of({one.unique_id: tree[one.unique_id] for one in parts})
    by_name = {one.unique_id: one for one in parts}
    above = [_sum(hierarchy, row, by_name) for row in range(len(hierarchy.names) - hierarchy.bottom)]
    made = forecast_all([*above, *parts], horizon, season, today=today, countries=countries, jobs=jobs)
    told = {one.unique_id: one for one in made if isinstance(one, Forecast)}
    if missing := [name for name in hierarchy.names if name not in told]:
        raise ForecastAskedWrongly("A sum cannot be forecast: its parts overlap too little in time.", thing=missing[0])
    base = [told[name] for name in hierarchy.names]
    errors = _errors(base)
    means = np.stack([one.mean for one in base])
    apart = np.abs(means - hierarchy.sums @ means[-hierarchy.bottom :]).max(initial=0.0)
    reconciled = reconcile(means, errors, hierarchy, method=method)
    kept = tuple(_reconciled(one, reconciled, row, errors[row]) for row, one in enumerate(base))
    return Summed(kept, tuple(refused), float(apart))


def _ending_together(parts: Sequence[Series]) -> list[Series]:
    """The same last time for all: what some have beyond it cannot be summed yet."""
    ends = [int(one.times[np.isfinite(one.values)].max()) for one in parts]
    last = min(ends, default=0)
    kept = [replace(one, times=one.times[one.times <= last], values=one.values[one.times <= last]) for one in parts]
    return [one for one in kept if len(one.times)]


def _sum(hierarchy: Hierarchy, row: int, parts: Mapping[str, Series]) -> Series:
    """From the first time on at which all parts were there; open where one is missing."""
    names = hierarchy.names[len(hierarchy.names) - hierarchy.bottom :]
    mine = [parts[name] for name, inside in zip(names, hierarchy.sums[row], strict=True) if inside]
    tables = [dict(zip(one.times.tolist(), one.values.tolist(), strict=True)) for one in mine]
    first = max(min(table) for table in tables)
    times = sorted({time for table in tables for time in table if time >= first})
    values = [sum(table.get(time, np.nan) for table in tables) for time in times]
    return Series(hierarchy.names[row], np.array(times, np.int64), np.array(values, float), mine[0].dated)


def _errors(base: Sequence[Forecast]) -> Floats:
    """(series, n): errors of the back-tests side by side; of a series that had none its interval stands for them."""
    known = [one.errors for one in base if one.errors is not None]
    width = min((one.size for one in known), default=0)
    rows = []
    for one in base:
        if one.errors is not None and width >= LEAST_ERRORS:
            rows.append(one.errors.ravel()[:width])
        else:
            size = float(np.mean((one.high[0.80] - one.low[0.80]) / (2 * 1.2816)))
            rows.append(size * np.resize([1.0, -1.0], max(width, LEAST_ERRORS)))
    return np.stack(rows)


def _reconciled(one: Forecast, made: Reconciled, row: int, errors: Floats) -> Forecast:
    """Around the new mean, as wide as before, changed by what reconciling does to the errors of the back-test."""
    known = errors[np.isfinite(errors)]
    usual = float(np.sqrt(np.mean(known**2))) if len(known) else 0.0
    factor = float(made.spread[row, 0]) / usual if usual > 0 else 1.0
    mean = made.mean[row]
    above = {level: high - one.mean for level, high in one.high.items()}
    # where an interval ends at zero, what it would reach below is not told any more
    below = {level: np.where(low > 0, one.mean - low, above[level]) for level, low in one.low.items()}
    return replace(
        one,
        mean=mean,
        low={level: np.maximum(mean - factor * arm, 0.0) for level, arm in below.items()},
        high={level: mean + factor * arm for level, arm in above.items()},
    )
