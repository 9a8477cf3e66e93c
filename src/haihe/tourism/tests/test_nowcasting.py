from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from haihe.tourism.domain.forecast.errors import NowcastImpossible
from haihe.tourism.domain.forecast.nowcasting import day_by_day, months_of, nowcast

FIRST = date(2021, 1, 1)
LAST = date(2024, 8, 31)


def city(seed: int = 1) -> tuple[dict[date, float], dict[str, dict[date, float]]]:
    """Official months that follow the gates closely, and a second stream that says nothing."""
    draw = np.random.default_rng(seed)
    days = [FIRST + timedelta(days=step) for step in range((LAST - FIRST).days + 1)]
    tide = np.cumsum(draw.normal(0, 0.25, 60))
    gates, noise = {}, {}
    for day in days:
        level = tide[(day.year - 2021) * 12 + day.month] + 0.3 * np.sin(day.month)
        gates[day] = float(1000 * np.exp(level + draw.normal(0, 0.1)))
        noise[day] = float(np.exp(draw.normal(0, 1.0)))
    official = {month: value * 1.7 * float(np.exp(draw.normal(0, 0.01))) for month, value in months_of(gates).items()}
    return official, {"gates": gates, "noise": noise}


def test_nowcast_finds_the_figure_and_its_error_shrinks_with_the_days() -> None:
    official, streams = city()
    month = date(2024, 8, 1)
    truth = official.pop(month)
    made = day_by_day(official, streams, [date(2024, 8, day) for day in (3, 10, 31)])
    assert [one.period for one in made] == ["2024-08"] * 3
    assert made[0].seen < made[1].seen < made[2].seen == 1
    assert abs(made[2].mean / truth - 1) < 0.08
    assert made[2].backtest < 0.3 * made[2].naive
    assert made[2].backtest < made[0].backtest
    assert made[2].low[0.95] < truth < made[2].high[0.95]
    assert made[2].high[0.80] - made[2].low[0.80] < made[0].high[0.80] - made[0].low[0.80]


def test_stream_that_tells_nothing_is_hardly_believed() -> None:
    official, streams = city()
    made = nowcast(official, streams, date(2024, 8, 31))
    assert made.weights["gates"] > 0.7
    assert abs(made.weights["noise"]) < 0.3


def test_nowcast_sees_neither_later_days_nor_the_figure_itself() -> None:
    official, streams = city()
    changed = {
        name: {day: 9 * v if day > date(2024, 8, 10) else v for day, v in one.items()} for name, one in streams.items()
    }
    without = {month: value for month, value in official.items() if month < date(2024, 8, 1)}
    assert nowcast(official, streams, date(2024, 8, 10)) == nowcast(without, changed, date(2024, 8, 10))


def test_stream_that_stopped_is_left_out_and_named() -> None:
    official, streams = city()
    streams["gates"] = {day: value for day, value in streams["gates"].items() if day < date(2024, 7, 20)}
    made = nowcast(official, streams, date(2024, 8, 20))
    assert made.left_out == {"gates": "its days are not in, or were not a year ago"}
    assert made.weights.keys() == {"noise"}


def test_too_little_is_refused() -> None:
    official, streams = city()
    with pytest.raises(NowcastImpossible, match="a year ago is missing"):
        nowcast({month: value for month, value in official.items() if month.year == 2024}, streams, LAST)
    short = {month: value for month, value in official.items() if month >= date(2023, 5, 1)}
    with pytest.raises(NowcastImpossible, match="Only 3 past months"):
        nowcast(short, streams, LAST)
