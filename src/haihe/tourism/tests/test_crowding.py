from __future__ import annotations

import numpy as np
import pytest

from haihe.tourism.domain.forecast.crowding import History, chances, learn, spans


def place(days: int, *, seed: int = 1, hours: int = 24) -> History:
    """A place open from 8 to 17 whose days are as full as their reservations say."""
    draw = np.random.default_rng(seed)
    size = np.exp(draw.normal(0, 0.35, days))
    shape = np.where((np.arange(hours) >= 8) & (np.arange(hours) < 18), 1.0, 0.0) if hours > 1 else np.ones(1)
    load = 1000 * size[:, None] * shape * np.exp(draw.normal(0, 0.05, (days, hours)))
    booked = 700 * size[:, None] * np.exp(-np.arange(73) / 60) * np.exp(draw.normal(0, 0.05, (days, 73)))
    return History(load, booked, np.zeros(days), np.ones(days))


def test_every_hour_ahead_has_one_regression() -> None:
    assert np.concatenate(spans(24)).tolist() == list(range(1, 73))
    assert np.concatenate(spans(1)).tolist() == [1, 2, 3]


@pytest.mark.parametrize("lead", [1, 8, 30, 72])
def test_reservations_tell_full_days_ahead(lead: int) -> None:
    history = place(240)
    learned = learn(history, 160)
    assert learned is not None
    issued = np.arange(160 * 24, 236 * 24)
    chance, expected = chances(learned, history, issued, lead, 1300.0)
    truth = history.load.ravel()[issued + lead]
    known = np.isfinite(chance)
    assert np.isin((issued + lead)[known] % 24, np.arange(8, 18)).all()
    so = truth[known] >= 1300
    assert 0.1 < so.mean() < 0.4
    skill = 1 - np.mean((chance[known] - so) ** 2) / np.mean((so.mean() - so) ** 2)
    assert skill > 0.5
    assert abs(chance[known].mean() - so.mean()) < 0.05
    assert np.median(np.abs(expected[known] / truth[known] - 1)) < 0.15


def test_chances_use_nothing_that_comes_later() -> None:
    history = place(120)
    learned = learn(history, 100)
    assert learned is not None
    issued = np.array([100 * 24 + 9])
    load = history.load.copy()
    load.ravel()[issued[0] + 1 :] = np.nan
    assert history.booked is not None
    booked = history.booked.copy()
    booked[103, :62] = np.nan  # reservations for day 103 stood so only nearer than 62 hours to its midnight
    later = History(load, booked, history.effects, history.rough)
    for lead in (1, 24, 48, 72):
        assert chances(learned, later, issued, lead, 1200.0) == chances(learned, history, issued, lead, 1200.0)


def test_learning_uses_nothing_that_comes_later() -> None:
    history = place(120)
    load = history.load.copy()
    load[100:] *= 9
    one, other = learn(history, 100), learn(History(load, history.booked, history.effects, history.rough), 100)
    assert one is not None
    assert other is not None
    for key, weight in one.weights.items():
        np.testing.assert_array_equal(weight, other.weights[key])


def test_doubt_about_a_holiday_draws_chances_to_the_middle() -> None:
    history = place(200, hours=1)
    learned = learn(history, 160)
    assert learned is not None
    issued = np.arange(165, 190)
    sure, _expected = chances(learned, history, issued, 2, 1300.0)
    rough = History(history.load, history.booked, history.effects, np.full(200, 3.0))
    doubted, _expected = chances(learned, rough, issued, 2, 1300.0)
    assert (np.abs(doubted - 0.5) <= np.abs(sure - 0.5) + 0.05).all()
    assert doubted.std() < sure.std()


def test_a_young_place_and_closed_days_stop_nothing() -> None:
    assert learn(place(60), 60) is None
    history = place(160)
    load = history.load.copy()
    load[40:60] = np.nan
    load[90:95] = 0.0
    holes = History(load, None, history.effects, history.rough)
    learned = learn(holes, 150)
    assert learned is not None
    chance, _expected = chances(learned, holes, np.arange(150 * 24, 156 * 24), 24, 1300.0)
    assert ((chance > 0) & (chance < 1))[np.isfinite(chance)].all()
    assert np.isfinite(chance).any()
