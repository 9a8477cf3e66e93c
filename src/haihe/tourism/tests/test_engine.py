from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from haihe.tourism.domain.forecast import intervals
from haihe.tourism.domain.forecast.boosting import Boosting, learn_and_predict
from haihe.tourism.domain.forecast.engine import Forecast, forecast_all
from haihe.tourism.domain.forecast.fitting import fit
from haihe.tourism.domain.forecast.guards import Ready
from haihe.tourism.domain.forecast.panel import Seen, base_column, line_up
from haihe.tourism.domain.forecast.recipes import GLOBAL, recipe_for, recipes
from haihe.tourism.domain.forecast.statistical import MODELS, forecast_one, seasonal_mean, seasonal_naive
from haihe.tourism.tests.made import counted, visitors


def test_every_recipe_names_models_that_are_there() -> None:
    known = {*MODELS, "snaive", GLOBAL}
    assert set(recipes()) == {0, 1, 4, 7, 12}
    assert [name for one in recipes().values() for name in (*one.models, *one.alone) if name not in known] == []
    assert [one.name for one in recipes().values() if GLOBAL in one.alone] == []
    assert recipe_for(12).name == "monthly"
    assert recipe_for(52).name == "other"


def test_seasonal_naive_repeats_the_last_season() -> None:
    assert seasonal_naive(np.arange(1.0, 9.0), 6, 4).tolist() == [5, 6, 7, 8, 5, 6]
    assert seasonal_naive(np.array([3.0, 9.0]), 3, 4).tolist() == [9, 9, 9]


def test_seasonal_mean_goes_half_way_to_the_last_level() -> None:
    values = np.array([10.0, 30, 10, 30, 20, 40])  # means 13⅓ and 33⅓ around 23⅓; the last year 30
    factor = (1 + 30 / (70 / 3)) / 2
    np.testing.assert_allclose(seasonal_mean(values, 3, 2), np.array([40 / 3, 100 / 3, 40 / 3]) * factor)
    assert seasonal_mean(np.array([3.0, 9.0]), 3, 4).tolist() == [9, 9, 9]
    assert seasonal_mean(np.zeros(8), 3, 4).tolist() == [0, 0, 0]
    np.testing.assert_array_equal(forecast_one("seasonal_mean", values, 3, 2), seasonal_mean(values, 3, 2))


def test_a_model_that_cannot_be_fitted_gives_the_naive_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wild:
        def forecast(self, y: np.ndarray, h: int) -> dict[str, np.ndarray]:
            return {"mean": np.full(h, y.max() * 1e6)}

    monkeypatch.setitem(MODELS, "wild", lambda season: Wild())
    values = visitors(24, 4)
    np.testing.assert_array_equal(forecast_one("wild", values, 5, 4), seasonal_naive(values, 5, 4))
    assert (forecast_one("theta", values, 5, 4) != seasonal_naive(values, 5, 4)).all()


@pytest.mark.parametrize("season", [1, 4])
def test_features_see_nothing_behind_their_origin(season: int) -> None:
    long, short = visitors(40, 4, seed=1), visitors(25, 4, seed=2)
    changed = long.copy()
    changed[30:] *= 7
    panels = [line_up([one, short], season) for one in (long, changed)]
    origin = panels[0].width - 11  # the last column before the change
    triple = np.zeros(4, int), np.full(4, origin), np.arange(1, 5)
    before, after = (Seen(panel).features(*triple) for panel in panels)
    np.testing.assert_array_equal(before, after)
    later = np.zeros(4, int), np.full(4, origin + 1), np.arange(1, 5)
    assert (Seen(panels[0]).features(*later) != Seen(panels[1]).features(*later)).any()


def test_base_column_is_the_last_of_the_same_season() -> None:
    steps = np.arange(1, 10)
    assert base_column(np.full(9, 100), steps, 4).tolist() == [97, 98, 99, 100, 97, 98, 99, 100, 97]
    assert base_column(np.full(9, 100), steps, 1).tolist() == [100] * 9


def test_global_model_learns_what_one_series_cannot_show() -> None:
    """Every series grows 8% a step for 20 steps, then not at all: only the others tell a young one when it ends."""
    draw = np.random.default_rng(3)
    series = []
    for _number in range(120):
        growth = np.where(np.arange(40) < 20, 0.08, 0.0) + draw.normal(0, 0.005, 40)
        series.append(1000 * np.exp(np.cumsum(growth)))
    young = series[0][:20]
    panel = line_up([young, *series[1:]], 1)
    settings = Boosting(trees=100, seeds=1, fewest=500)
    predicted = learn_and_predict(panel, 4, settings)
    assert predicted is not None
    ahead = predicted[0][0]
    drift = forecast_one("drift", young, 4, 1)
    assert np.abs(ahead - series[0][20:24]).mean() < 0.4 * np.abs(drift - series[0][20:24]).mean()


def test_held_back_values_do_not_reach_the_global_model() -> None:
    series = [visitors(40, 4, seed=seed) for seed in range(30)]
    changed = [np.concatenate([one[:-4], one[-4:] * 9]) for one in series]
    settings = Boosting(trees=20, seeds=1, fewest=500)
    made = [learn_and_predict(line_up(one, 4), 4, settings, hold_back=4, ask=[4]) for one in (series, changed)]
    assert made[0] is not None
    assert made[1] is not None
    np.testing.assert_array_equal(made[0][4], made[1][4])


def test_global_model_is_the_same_with_more_threads() -> None:
    panel = line_up([visitors(140, 4, seed=seed) for seed in range(64)], 4)
    settings = Boosting(trees=5, seeds=1)
    one, two = (learn_and_predict(panel, 4, settings, threads=threads) for threads in (1, 2))
    assert one is not None
    assert two is not None
    np.testing.assert_array_equal(one[0], two[0])


def test_errors_at_an_origin_know_nothing_of_what_came_after_its_horizon() -> None:
    series = [visitors(60, 4, seed=seed) for seed in range(130)]
    changed = [np.concatenate([one[:-2], one[-2:] * 9]) for one in series]
    recipe = replace(recipe_for(4), boosting=Boosting(trees=5, seeds=1, fewest=500), models=("snaive", GLOBAL))
    one, other = (
        fit([Ready(str(row), values, None, "plain") for row, values in enumerate(told)], 4, 4, recipe)
        for told in (series, changed)
    )
    assert one.models == ("snaive", GLOBAL)
    assert one.errors.shape[1] == 2  # 4 and 6 steps before the end
    np.testing.assert_array_equal(one.errors[:, 1], other.errors[:, 1])
    assert (one.errors[:, 0, 2:] != other.errors[:, 0, 2:]).all()


def test_too_few_windows_mean_no_global_model() -> None:
    assert learn_and_predict(line_up([visitors(40, 4)], 4), 4, Boosting()) is None


@pytest.mark.parametrize("level", intervals.LEVELS)
def test_conformal_widths_cover_what_they_promise(level: float) -> None:
    draw = np.random.default_rng(5)
    scales = np.exp(draw.normal(3, 1, 400))
    errors = draw.standard_t(4, (400, 2, 6))  # in units of the scale
    widths, above = intervals.arms(errors, np.repeat(scales[:, None], 6, 1), 1, own=0.0)[level]
    np.testing.assert_array_equal(widths, above)
    fresh = draw.standard_t(4, (400, 6)) * scales[:, None]
    assert abs((np.abs(fresh) <= widths).mean() - level) < 0.02
    assert (np.diff(widths, axis=1) >= 0).all()


def test_widths_never_shrink_and_one_wide_step_does_not_widen_all_after_it() -> None:
    draw = np.random.default_rng(7)
    errors = draw.normal(0, 1, (200, 2, 12))
    errors[:, :, 2] *= 2
    widths = intervals.arms(errors, np.ones((200, 12)), 12, own=0.0)[0.80][0, 0]
    assert (np.diff(widths) >= 0).all()
    assert widths[-1] == pytest.approx(1.2816 * (11 + 2) / 12, rel=0.08)  # not 2.56, the third step's own


def test_own_widths_follow_each_series() -> None:
    draw = np.random.default_rng(6)
    errors = draw.normal(0, 1, (200, 3, 4))
    errors[:100] *= 4
    own = intervals.arms(errors, np.ones((200, 4)), 4, own=0.5)[0.80][0]
    pooled = intervals.arms(errors, np.ones((200, 4)), 4, own=0.0)[0.80][0]
    assert np.median(own[:100]) > 1.5 * np.median(own[100:])
    assert (pooled == pooled[0]).all()


def test_intervals_that_lean_are_narrower_where_growth_surprises_and_cover_as_much() -> None:
    draw = np.random.default_rng(8)
    errors = 1 - draw.lognormal(0, 0.8, (300, 2, 4))  # what comes is far above more often than far below
    fresh = 1 - draw.lognormal(0, 0.8, (300, 4))
    units = np.ones((300, 4))
    even = intervals.arms(errors, units, 1, own=0.0)[0.95]
    below, above = leaning = intervals.arms(errors, units, 1, own=0.0, lean=1.0)[0.95]
    assert (above > 2 * below).all()
    assert leaning.sum() < 0.9 * even.sum()
    assert abs(((fresh <= below) & (fresh >= -above)).mean() - 0.95) < 0.02
    share = intervals.shares_inside(errors, {0.95: leaning})[0.95].mean()
    assert abs(share - 0.95) < 0.02
    few = intervals.arms(errors[:1, :1], units[:1], 1, own=0.0, lean=1.0)[0.95]
    np.testing.assert_array_equal(few[0], few[1])


def test_forecast_of_many_series_beats_the_naive_one_where_there_is_growth() -> None:
    whole = {f"s{number}": visitors(48, 4, seed=number, noise=0.03) for number in range(5)}
    made = forecast_all([counted(name, one[:-4]) for name, one in whole.items()], 4, 4)
    assert [one.unique_id for one in made] == sorted(whole)
    ours, naive = [], []
    for one in made:
        assert isinstance(one, Forecast)
        truth = whole[one.unique_id]
        ours.append(np.abs(one.mean - truth[-4:]).mean() / truth.mean())
        naive.append(np.abs(truth[-8:-4] - truth[-4:]).mean() / truth.mean())
        assert one.backtest is not None
    assert np.mean(ours) < np.mean(naive)


def test_a_series_alone_has_intervals_that_grow() -> None:
    (made,) = forecast_all([counted("one", visitors(120, 12))], 24, 12)
    assert isinstance(made, Forecast)
    width = made.high[0.95] - made.low[0.95]
    assert width[-1] > width[0] > 0
    assert (made.high[0.95] - made.low[0.95] > made.high[0.80] - made.low[0.80]).all()


def test_forecast_of_no_series_is_empty() -> None:
    assert forecast_all([], 4, 4) == []
