"""Spring Festival and National Day weeks of daily series, with and without the calendar; and alerts on daily series.

Series: passengers at Hong Kong's control points, by direction and group, from the border's opening in February 2023.
Forecast seven days before each week. Weeks up to the summer of 2024 were looked at while the calendar was built; those
of National Day 2024 and Spring Festival 2025 were not. The first time a festival comes, no series has seen it yet.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from alert_seasons import Judged, Place, border, judge, season, sichuan
from figures import Figure
from forecast_data import Floats
from haihe.tourism.domain.forecast.engine import Forecast, forecast_all
from haihe.tourism.domain.forecast.series import Series

COUNTRIES = ("CN", "HK")
BEFORE, HORIZON = 7, 15
SEEN = {"National Day 2024": (date(2024, 10, 1), 7), "Spring Festival 2025": (date(2025, 1, 28), 8)}
FIRST = {"National Day 2023": (date(2023, 9, 29), 8), "Spring Festival 2024": (date(2024, 2, 10), 8)}
LEARNED = 400  # days before the first alert is judged


def holiday_figures(place: Path, jobs: int) -> list[Figure]:
    """Mean absolute error over each week in units of the series' scale, against the same model without a calendar."""
    every = int(os.environ.get("HAIHE_BENCH_SERIES", "1"))
    whole = dict(list(border(place).items())[::every])
    costs = {name: _week(whole, *week, jobs) for name, week in {**SEEN, **FIRST}.items()}
    found = [
        Figure(f"{name}: error", with_it, "scales", "without calendar", without, note=f"{len(whole)} series")
        for name, (with_it, without) in costs.items()
    ]
    both = np.mean([costs[name] for name in SEEN], axis=0)
    name = "holiday weeks of festivals seen before: error"
    return [*found, Figure(name, both[0], "scales", "without calendar", both[1], bar="ratio <= 0.7")]


def alert_figures(place: Path) -> list[Figure]:
    """Brier skill against climatology by hour and kind of day."""
    load, booked = season(800)
    limit = float(np.quantile(load[:LEARNED].max(axis=1), 0.97))
    first, border_days = next(iter(border(place).values()))[0], [one for _first, one in border(place).values()]
    valley_first = next(iter(sichuan(place).values()))[0]
    valleys = [one for _first, one in sichuan(place).values()]
    judged = {
        "simulated season, 80% of capacity": judge(
            date(2022, 3, 1), [Place(load, booked, 0.8 * limit)], LEARNED, ["CN"]
        ),
        "simulated season, capacity": judge(date(2022, 3, 1), [Place(load, booked, limit)], LEARNED, ["CN"]),
        "Jiuzhaigou and Siguniang, half the highest day": _daily(valley_first, valleys, 250, ["CN"], most=0.5),
        "Jiuzhaigou and Siguniang, 80% of the highest day": _daily(valley_first, valleys, 250, ["CN"], most=0.8),
        "Hong Kong's border, busiest tenth of days": _daily(first, border_days, LEARNED, COUNTRIES, tenth=True),
        "Hong Kong's border, 80% of the highest day": _daily(first, border_days, LEARNED, COUNTRIES, most=0.8),
    }
    return [
        Figure(
            f"Brier skill, {name}",
            one.skill,
            "",
            bar="value >= 0.3",
            note=f"{len(one.chance)} chances, {one.happened.mean():.1%} came so",
        )
        for name, one in judged.items()
    ]


def _daily(
    first: date,
    series: list[Floats],
    begin: int,
    countries: tuple[str, ...] | list[str],
    *,
    most: float = 0.0,
    tenth: bool = False,
) -> Judged:
    def limit(one: Floats) -> float:
        return float(np.quantile(one[:begin], 0.9) if tenth else most * one[:begin].max())

    return judge(first, [Place(one[:, None], None, limit(one)) for one in series], begin, countries)


def _week(whole: dict[str, tuple[date, Floats]], start: date, length: int, jobs: int) -> tuple[float, float]:
    """Error with and without the calendar."""
    series, truth, scales = [], {}, {}
    for name, (first, values) in whole.items():
        known = (start - timedelta(days=BEFORE) - first).days
        days = np.arange(first.toordinal(), first.toordinal() + known)
        series.append(Series(name, days, values[:known], True))
        truth[name] = values[known + BEFORE : known + BEFORE + length]
        scales[name] = float(np.abs(values[7:known] - values[: known - 7]).mean())
    costs = []
    for countries in (COUNTRIES, ()):
        made = forecast_all(series, HORIZON, 7, countries=countries, jobs=jobs)
        errors = [
            np.abs(one.mean[BEFORE : BEFORE + length] - truth[one.unique_id]).mean() / scales[one.unique_id]
            for one in made
            if isinstance(one, Forecast)
        ]
        costs.append(float(np.mean(errors)))
    return costs[0], costs[1]


def nightly(count: int, days: int = 1095) -> list[Series]:
    """A city's daily series: `count` made places of three years."""
    draw = np.random.default_rng(0)
    first = date(2022, 1, 1).toordinal()
    shape = 1 + 0.3 * np.isin((first - 1 + np.arange(days)) % 7, (5, 6)) + 0.2 * np.sin(np.arange(days) / 58)
    return [
        Series(
            f"p{number:04d}",
            np.arange(first, first + days),
            np.round(draw.lognormal(7, 1) * shape * np.exp(draw.normal(0, 0.2, days))),
            True,
        )
        for number in range(count)
    ]
