from __future__ import annotations

import numpy as np
import pytest

from haihe.tourism.domain.forecast.drift import Drift, most_drifted, watch


def seen(count: int, *, seed: int = 1, moved: float = 0.0, spread: float = 1.0, at: int = 40) -> Drift:
    """Forecasts of 1000 with 80% intervals for a deviation of 50; from `at` on what comes moves or spreads."""
    draw = np.random.default_rng(seed)
    after = np.arange(count) >= at
    truth = 1000 + 50 * draw.normal(0, 1, count) * np.where(after, spread, 1.0) + moved * after
    mean = np.full(count, 1000.0)
    return watch(truth, mean, mean - 64.08, mean + 64.08)


def test_forecasts_that_hold_are_seldom_called_drifted() -> None:
    states = [seen(90, seed=seed).state for seed in range(200)]
    assert states.count("holds") >= 180


@pytest.mark.parametrize(("moved", "word"), [(90.0, "above"), (-90.0, "below")])
def test_a_level_that_moved_is_found_with_its_beginning(moved: float, word: str) -> None:
    found = [seen(60, seed=seed, moved=moved) for seed in range(30)]
    assert {one.state for one in found} == {"level"}
    assert abs(np.median([one.since for one in found]) - 40) <= 3
    assert word in found[0].words


def test_a_spread_that_grew_is_found() -> None:
    states = [seen(80, seed=seed, spread=3.0).state for seed in range(30)]
    assert states.count("holds") <= 3


def test_one_odd_day_is_no_drift() -> None:
    truth = np.full(40, 1000.0)
    truth[20] = 9000
    mean = np.full(40, 1000.0)
    assert watch(truth, mean, mean - 60, mean + 60).state == "holds"


def test_few_and_unknown_values_are_not_judged() -> None:
    truth = np.full(30, np.nan)
    truth[:7] = 1000
    mean = np.full(30, 1000.0)
    assert watch(truth, mean, mean - 60, mean + 60).state == "too few"


def test_the_worst_come_first() -> None:
    found = {"calm": seen(60), "moved": seen(60, moved=200.0), "more": seen(60, moved=400.0)}
    assert [name for name, _one in most_drifted(found)] in (["more", "moved"], ["moved", "more"])
    assert len(most_drifted(found, 1)) == 1
