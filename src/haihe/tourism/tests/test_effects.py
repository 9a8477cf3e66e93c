"""Holidays, events and weather in daily series."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from haihe.tourism.domain.forecast.effects import calendar_of, estimate
from haihe.tourism.domain.forecast.engine import Forecast, forecast_all
from haihe.tourism.domain.forecast.errors import ForecastAskedWrongly, KnownFileUnreadable
from haihe.tourism.domain.forecast.holiday_slots import Day, holiday_days, lunar_new_year, provisional
from haihe.tourism.domain.forecast.recipes import recipe_for
from haihe.tourism.domain.forecast.regressors import Known, read_known
from haihe.tourism.tests.made import counted, daily

FIRST = date(2021, 3, 1)
QUICK = replace(recipe_for(7), models=("theta_optimised",), alone=("theta_optimised",))
SPRING = {-2: -0.3, -1: -0.6, 0: 0.2, 1: 0.7, 2: 1.0, 3: 1.1, 4: 1.0, 5: 0.8, 6: 0.4}


def spring_place(days: int, seed: int, size: float = 1.0) -> np.ndarray:
    """Visitors with weekends and a Spring Festival that follows the moon."""
    draw = np.random.default_rng(seed)
    every = [FIRST + timedelta(days=step) for step in range(days)]
    logs = np.array([0.3 if day.weekday() >= 5 else 0.0 for day in every])
    for step, day in enumerate(every):
        distance = (day - lunar_new_year(day.year)).days
        if distance in SPRING:
            logs[step] = size * SPRING[distance]
    return np.asarray(2000 * (1 + seed % 4) * np.exp(logs + draw.normal(0, 0.06, days)))


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2024, 2, 10), Day("spring · +0", "long d1", 1)),
        (date(2024, 2, 4), Day("spring · -6", "", -1)),
        (date(2024, 4, 4), Day("qingming · short d1", "short d1", 1)),
        (date(2024, 4, 7), Day("make-up day", "", -1)),
        (date(2023, 4, 5), Day("qingming · single d1", "single d1", 1)),
        (date(2024, 9, 30), Day("national · long eve 1", "long eve 1", 0)),
        (date(2024, 10, 1), Day("national · long d1", "long d1", 1)),
        (date(2024, 10, 6), Day("national · long last-1", "long last-1", 1)),
        (date(2023, 9, 29), Day("national · long d1", "long d1", 1)),
        (date(2024, 10, 12), Day("make-up day", "", -1)),
        (date(2024, 3, 20), None),
    ],
)
def test_days_have_their_place_in_holidays(day: date, told: Day | None) -> None:
    assert holiday_days("CN", [day.year]).get(day) == told


def test_a_year_without_make_up_days_is_provisional() -> None:
    assert not provisional("CN", 2025)
    assert provisional("CN", 2090)
    assert not provisional("HK", 2090)


def test_country_without_calendar_is_refused() -> None:
    with pytest.raises(ForecastAskedWrongly, match="No calendar"):
        forecast_all([daily("a", spring_place(200, 1), FIRST)], 7, 7, countries=["XX"])


def test_effects_are_those_planted_and_calm_days_are_calm() -> None:
    count = (date(2024, 3, 20) - FIRST).days
    places = [spring_place(count, seed) for seed in range(4)]
    calendar = calendar_of("CN", FIRST.toordinal(), FIRST.toordinal() + count + 400)
    found = estimate(places, [FIRST.toordinal()] * 4, [calendar], 360)
    ahead = lunar_new_year(2025)
    for distance, effect in SPRING.items():
        day = (ahead + timedelta(days=distance) - FIRST).days
        weekend = 0.3 if (ahead + timedelta(days=distance)).weekday() >= 5 else 0.0
        assert abs(found.known[0][day] + weekend - effect) < 0.15
        assert found.rough[0][day] > 1
    third = (lunar_new_year(2023) + timedelta(days=3) - FIRST).days
    assert abs(math.log(found.calm[0][third] / places[0][third]) + SPRING[3] - 0.15) < 0.25
    ordinary = slice((date(2022, 3, 1) - FIRST).days, (date(2022, 3, 25) - FIRST).days)
    np.testing.assert_array_equal(found.calm[0][ordinary], places[0][ordinary])


def test_held_back_days_do_not_reach_the_effects() -> None:
    count = (date(2024, 3, 1) - FIRST).days
    place = spring_place(count, 1)
    changed = place.copy()
    changed[-40:] *= 5
    calendar = calendar_of("CN", FIRST.toordinal(), FIRST.toordinal() + count + 20)
    one, other = (
        estimate([values], [FIRST.toordinal()], [calendar], 14, hold_back=40).known[0] for values in (place, changed)
    )
    np.testing.assert_array_equal(one, other)


def test_spring_festival_is_forecast_by_the_moon() -> None:
    """The festival moves from 22 January to 10 February: only the lunar calendar finds its week."""
    origin = lunar_new_year(2024) - timedelta(days=5)
    known, horizon = (origin - FIRST).days, 14
    whole = {f"p{seed}": spring_place(known + horizon, seed, 0.7 + 0.1 * seed) for seed in range(0, 6, 2)}
    told = [daily(name, one[:known], FIRST) for name, one in whole.items()]
    cost = {}
    for countries in ((), ("CN",)):
        made = forecast_all(told, horizon, 7, recipe=QUICK, countries=countries)
        assert all(isinstance(one, Forecast) for one in made)
        cost[countries] = np.mean([np.abs(one.mean - whole[one.unique_id][known:])[3:12].mean() for one in made])
    assert cost["CN",] < 0.5 * cost[()]
    (note,) = (note for note in made[0].notes if "holidays" in note)
    assert "spring (2024-02-05 to 2024-02-18)" in note


def test_regressors_known_ahead_change_their_days_alone() -> None:
    draw = np.random.default_rng(4)
    rain = (draw.random(414) < 0.2).astype(float)
    values = 3000 * np.exp(-0.5 * rain[:400] + draw.normal(0, 0.05, 400))
    days = {FIRST.toordinal() + step: (float(one),) for step, one in enumerate(rain)}
    del days[FIRST.toordinal() + 413]
    series = [daily("p", values, FIRST)]
    (made,) = forecast_all(series, 14, 7, recipe=QUICK, known=Known(("rain",), {"": days}))
    (blind,) = forecast_all(series, 14, 7, recipe=QUICK)
    assert isinstance(made, Forecast)
    assert isinstance(blind, Forecast)
    wet = rain[400:413] == 1
    assert 0 < wet.sum() < 13
    assert abs(np.log(made.mean[:13][~wet].mean() / made.mean[:13][wet].mean()) - 0.5) < 0.1
    assert abs(np.log(blind.mean[:13][~wet].mean() / blind.mean[:13][wet].mean())) < 0.1
    assert "rain is not known for 1 of the 14 days ahead and taken as usual there." in made.notes


def test_own_lines_of_a_regressor_go_before_common_ones(tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text("unique_id,ds,event,heat\n*,2024-05-01,0,31\n盘山,2024-05-01,1,\n", encoding="utf-8")
    known = read_known(file)
    first = date(2024, 5, 1).toordinal()
    assert known.names == ("event", "heat")
    np.testing.assert_array_equal(known.of("盘山", first, 2), [[1, 31], [np.nan, np.nan]])
    np.testing.assert_array_equal(known.of("other", first, 1), [[0, 31]])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The first line must name"),
        ("unique_id,ds\n", "at least one regressor"),
        ("unique_id,ds,rain,rain\n", "each once"),
        ("unique_id,ds,rain\n*,2024-05-01\n", "Line 2 has 2 cells, the header 3"),
        ("unique_id,ds,rain\n*,yesterday,1\n", "Line 2 holds no date and numbers"),
        ("unique_id,ds,rain\n*,2024-05-01,inf\n", "Line 2 holds no date and finite numbers"),
        ("unique_id,ds,rain\n*,7,1\n", "Line 2 holds no date and finite numbers"),
    ],
)
def test_bad_file_of_regressors_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "known.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KnownFileUnreadable, match=why):
        read_known(file)


def test_regressors_of_months_are_refused() -> None:
    with pytest.raises(ForecastAskedWrongly, match="daily series only"):
        forecast_all([daily("a", spring_place(200, 1), FIRST)], 3, 12, known=Known(("rain",), {}))


@pytest.mark.parametrize("first", [date(1620, 1, 1), date(2099, 7, 1), date(9999, 6, 1)])
def test_days_beyond_every_calendar_are_ordinary(first: date) -> None:
    values = spring_place(200, 1)
    near = daily("near", values, FIRST)
    far, _near = forecast_all([daily("far", values, first), near], 7, 7, recipe=QUICK, countries=["CN"])
    alone, _near = forecast_all([counted("far", values), near], 7, 7, recipe=QUICK, countries=["CN"])
    assert isinstance(far, Forecast)
    assert isinstance(alone, Forecast)
    np.testing.assert_array_equal(far.mean, alone.mean)
    assert far.notes == alone.notes == ()
