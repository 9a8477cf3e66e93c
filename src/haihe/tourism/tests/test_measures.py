"""What errors are measured in: a series' own changes, and what shows that this time it may be more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from haihe.tourism.domain.forecast.engine import Forecast, forecast_all
from haihe.tourism.domain.forecast.measures import Measures, Width, measure, scales
from haihe.tourism.domain.forecast.panel import line_up
from haihe.tourism.domain.forecast.recipes import recipe_for
from haihe.tourism.tests.made import counted, visitors

MADE = {
    "drift": np.array([[110.0, 120.0], [9.0, 9.0]]),
    "ets": np.array([[104.0, 106.0], [9.0, 9.0]]),
}


def measured(series: list[np.ndarray], cut: int = 0) -> Measures:
    return measure(line_up(series, 1), MADE, ("drift", "ets"), (MADE["drift"] + MADE["ets"]) / 2, cut)


def test_models_that_lie_apart_widen_the_unit_by_their_share() -> None:
    one = measured([np.array([80.0, 90, 100]), np.array([5.0, 7, 9])])
    assert one.scale.tolist() == [10, 2]
    assert one.apart.tolist() == [5, 0]  # 3 and 7 from the mean of the two
    assert one.unit(Width(own=0)).tolist() == [10, 2]
    assert one.unit(Width(own=0, apart=0.5)).tolist() == [12.5, 2]


def test_the_unit_follows_the_present_level_as_far_as_asked() -> None:
    grown = 100 * 1.1 ** np.arange(20)
    series = [grown, np.zeros(20)]
    relative = np.log(1.1) * grown[-2:].mean()
    for share in (0.2, 1.0):
        unit = measured(series).unit(Width(own=0, relative=share))
        assert unit[0] == pytest.approx(np.diff(grown).mean() ** (1 - share) * relative**share)
        assert unit[1] == 1  # nothing ever came: the noise of a count, no relative size to go by
        before = measured(series, 6).unit(Width(own=0, relative=share))[0]
        assert before == pytest.approx(measured([grown[:-6], grown]).unit(Width(own=0, relative=share))[0])


def test_a_series_that_fell_to_nothing_is_not_measured_by_nothing() -> None:
    fallen = np.concatenate([np.tile([1000.0, 1200], 10), [1.0, 1.0]])
    unit = measured([fallen, fallen]).unit(Width(own=0, relative=1))
    np.testing.assert_allclose(unit, 0.01 * scales(line_up([fallen], 1))[0])


def test_a_series_whose_models_disagree_gets_a_wider_interval_than_its_like() -> None:
    """The same changes on the way, but one ends with a jump, which drift carries on and the naive forecast does not."""
    calm = visitors(24, 1, noise=0.02)
    jumped = np.concatenate([calm[:-1], [calm[-1] * 1.6]])
    series = [counted("calm", calm), counted("jumped", jumped)]
    recipe = replace(recipe_for(1), models=("drift", "ses", "snaive"), alone=("drift", "ses", "snaive"))
    ratio = []
    for width in (Width(own=0), Width(own=0, apart=2)):
        one, other = forecast_all(series, 2, 1, recipe=replace(recipe, width=width))
        assert isinstance(one, Forecast)
        assert isinstance(other, Forecast)
        ratio.append((other.high[0.8] - other.low[0.8]).mean() / (one.high[0.8] - one.low[0.8]).mean())
    assert ratio[1] > ratio[0]
