from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from haihe.tourism.domain.forecast.engine import Forecast, forecast_all
from haihe.tourism.domain.forecast.guards import Ready, Refusal, examine
from haihe.tourism.domain.forecast.series import Series
from haihe.tourism.tests.made import counted, daily, visitors

GOOD = counted("good", visitors(48, 12))


def forecast_beside_good(bad: Series, season: int = 12) -> Forecast | Refusal:
    """The forecast of a bad series; holds that the good one beside it comes out as if it stood alone."""
    made = {one.unique_id: one for one in forecast_all([bad, GOOD], 6, season)}
    good = made["good"]
    assert isinstance(good, Forecast)
    assert np.isfinite(good.mean).all()
    assert (good.high[0.95] > good.low[0.95]).all()
    return made[bad.unique_id]


def test_constant_series_stays_and_has_a_width() -> None:
    made = forecast_beside_good(counted("constant", [500.0] * 36))
    assert isinstance(made, Forecast)
    assert made.mean.tolist() == [500.0] * 6
    assert (made.high[0.95] - made.low[0.95] > 2 * np.sqrt(500)).all()
    assert any("never changed" in note for note in made.notes)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_points_are_refused(count: int) -> None:
    values = [10.0, 12.0, 11.0][:count]
    made = forecast_beside_good(counted("few", [*values, *[np.nan] * (5 - count)]))
    assert made == Refusal("few", f"it has {count} known values; at least 4 are needed")


def test_short_series_is_forecast_with_width() -> None:
    made = forecast_beside_good(counted("short", [100.0, 120.0, 90.0, 130.0, 115.0]))
    assert isinstance(made, Forecast)
    assert (made.high[0.95] - made.low[0.95] > 60).all()
    assert any("shorter than two seasons" in note for note in made.notes)


def test_gaps_are_filled_from_their_season() -> None:
    whole = visitors(60, 12, noise=0.0)
    kept = np.setdiff1d(np.arange(60), [17, 30, 31])
    ready = examine(Series("gaps", kept + 1, whole[kept], False), 12)
    assert isinstance(ready, Ready)
    assert ready.notes == ("3 missing steps were filled from the same season and their neighbours.",)
    np.testing.assert_allclose(ready.values, whole, rtol=0.12)
    np.testing.assert_array_equal(ready.values[kept], whole[kept])


def test_mostly_missing_series_is_refused() -> None:
    made = forecast_beside_good(Series("holes", np.array([1, 2, 20, 21, 40]), np.arange(5.0) + 9, False))
    assert made == Refusal("holes", "35 of 40 steps between its first and last value are missing")


def test_the_same_line_twice_counts_once_and_another_value_is_refused() -> None:
    values = visitors(36, 12)
    times = np.arange(1, 37)
    same = Series("same", np.append(times, 9), np.append(values, values[8]), False)
    other = Series("other", np.append(times, 9), np.append(values, values[8] + 1), False)
    once = examine(same, 12)
    assert isinstance(once, Ready)
    np.testing.assert_array_equal(once.values, values)
    assert once.notes == ("Lines that stood there twice were counted once.",)
    assert forecast_beside_good(other) == Refusal("other", "it has two different values for 9")


def test_lines_in_any_order_are_one_series() -> None:
    values = visitors(36, 12)
    shuffled = np.random.default_rng(1).permutation(36)
    ready = examine(Series("mixed", shuffled + 1, values[shuffled], False), 12)
    assert isinstance(ready, Ready)
    np.testing.assert_array_equal(ready.values, values)


def test_future_dates_are_refused_and_today_is_not() -> None:
    series = daily("ahead", visitors(60, 7), date(2025, 3, 1))  # ends 2025-04-29
    assert isinstance(examine(series, 7, today=date(2025, 4, 29)), Ready)
    assert examine(series, 7, today=date(2025, 4, 28)) == Refusal(
        "ahead", "it has values for 2025-04-29, which is still to come"
    )


def test_infinity_is_refused() -> None:
    made = forecast_beside_good(counted("inf", [*visitors(36, 12), np.inf]))
    assert made == Refusal("inf", "it holds an infinite value")


def test_negative_visitors_are_refused() -> None:
    made = forecast_beside_good(counted("negative", [*visitors(36, 12), -3.0]))
    assert made == Refusal("negative", "it holds a negative number of visitors (-3)")


def test_mostly_zeros_are_a_rate_within_past_values() -> None:
    values = np.zeros(60)
    values[5::7] = [12.0, 9.0, 15.0, 11.0, 8.0, 10.0, 14.0, 9.0]
    made = forecast_beside_good(counted("zeros", values))
    assert isinstance(made, Forecast)
    assert ((made.mean > 0) & (made.mean < 8)).all()
    assert (made.low[0.80] == 0).all()
    assert ((made.high[0.95] >= 8) & (made.high[0.95] <= 15)).all()


def test_zeros_before_an_opening_are_left_out() -> None:
    opened = visitors(40, 12)
    made = forecast_beside_good(counted("opened", np.concatenate([np.zeros(120), opened])))
    alone = forecast_beside_good(counted("opened", opened))
    assert isinstance(made, Forecast)
    assert isinstance(alone, Forecast)
    np.testing.assert_array_equal(made.mean, alone.mean)
    assert made.notes == ("The 120 zeros before its opening are left out.",)


def test_a_place_that_just_opened_is_refused() -> None:
    made = forecast_beside_good(counted("new", [*[0.0] * 120, 50.0, 80.0]))
    assert made == Refusal("new", "it opened 2 steps ago after 120 zeros; at least 4 are needed")


@pytest.mark.parametrize("unit", [1000.0, 10000.0])
@pytest.mark.parametrize("upwards", [True, False])
def test_a_change_of_unit_is_undone(unit: float, upwards: bool) -> None:
    whole = visitors(60, 12)
    told = whole.copy()
    told[:25] = told[:25] / unit if upwards else told[:25] * unit
    ready = examine(counted("unit", told), 12)
    assert isinstance(ready, Ready)
    np.testing.assert_allclose(ready.values, whole)
    assert "From step 26 on it counts in another unit" in ready.notes[0]


def test_a_pandemic_is_no_change_of_unit_and_widens() -> None:
    calm = visitors(84, 12)
    struck = calm.copy()
    struck[40:58] *= 0.01
    ready = examine(counted("struck", struck), 12)
    assert isinstance(ready, Ready)
    np.testing.assert_array_equal(ready.values, struck)
    assert any("cannot be foreseen" in note for note in ready.notes)
    made, usual = (forecast_beside_good(counted("one", values)) for values in (struck, calm))
    assert isinstance(made, Forecast)
    assert isinstance(usual, Forecast)
    width, usual_width = (one.high[0.95].mean() - one.low[0.95].mean() for one in (made, usual))
    assert width > 2 * usual_width
    assert (made.high[0.95] > calm[-6:]).all()


def test_the_week_after_a_holiday_is_no_shock_and_a_closure_is() -> None:
    level = np.array([1000.0 + 10 * (step % 7) for step in range(200)])
    level[100:108] *= 3.5  # 8 of the 14 days before the 9th
    closed = level.copy()
    closed[150:170] *= 0.1
    usual, struck = (examine(daily("a", values, date(2024, 1, 1)), 7) for values in (level, closed))
    assert isinstance(usual, Ready)
    assert isinstance(struck, Ready)
    assert usual.notes == ()
    assert struck.notes == ("For 20 steps it lay below 40% of its usual level; another such shock cannot be foreseen.",)
