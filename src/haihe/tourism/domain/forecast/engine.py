"""Forecasts of all series of a file: examined, forecast by the recipe of their seasonality, with their intervals.

The same path for the command, the bench and the room. Nothing here looks at a clock, a network or another file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from haihe.tourism.domain.forecast import intervals
from haihe.tourism.domain.forecast.errors import ForecastAskedWrongly
from haihe.tourism.domain.forecast.fitting import DAILY, Fitted, fit
from haihe.tourism.domain.forecast.guards import Ready, Refusal, examine
from haihe.tourism.domain.forecast.panel import Floats
from haihe.tourism.domain.forecast.recipes import Recipe, recipe_for
from haihe.tourism.domain.forecast.regressors import Known
from haihe.tourism.domain.forecast.said import Said
from haihe.tourism.domain.forecast.series import Series
from haihe.tourism.domain.forecast.statistical import forecast_many, seasonal_naive
from haihe.tourism.domain.forecast.words import days_in_words

MOST_STEPS = 400
NEVER_CHANGED = Said(
    "It never changed; its width is that of counting alone, and nothing here could foresee a change.",
    "这个序列从未变化，区间只反映计数的误差，何时变化无从预见。",
)
SHORT = Said("It is shorter than two seasons, so its season is hardly known.", "不足两个季节周期，季节规律几乎未知。")
ZEROS = Said(
    "It is mostly zeros: the mean is a rate, and the intervals are those of its own past values.",
    "多数为零：均值是平均发生率，区间取自它自己过去的值。",
)


@dataclass(frozen=True)
class Forecast:
    """The next values of one series.

    mean, low, high   (horizon,) in the unit of the series; low and high by level: 0.80, 0.95
    season            steps of a season, as asked
    backtest          MASE of the recipe at its calibration origins; None where there was no room for one
    backtest_naive    MASE of the seasonal naive forecast at the same origins
    inside            share of the back-test's true values inside its intervals, by level; None as above
    models            what the mean is made of
    notes             what was mended, and what this forecast cannot know; whole sentences
    errors            (origins, horizon), forecast minus truth at the back-test's origins; None where there were none
    """

    unique_id: str
    mean: Floats
    low: dict[float, Floats]
    high: dict[float, Floats]
    season: int
    backtest: float | None
    backtest_naive: float | None
    inside: dict[float, float] | None
    models: tuple[str, ...]
    notes: tuple[str, ...]
    errors: Floats | None = None


def forecast_all(
    series: Sequence[Series],
    horizon: int,
    season: int,
    *,
    recipe: Recipe | None = None,
    today: date | None = None,
    countries: Sequence[str] = (),
    known: Known | None = None,
    jobs: int = 1,
) -> list[Forecast | Refusal]:
    """Forecast every series `horizon` steps ahead, in order of unique_id; what cannot be forecast is refused.

    season      steps of one seasonal cycle: 1 yearly, 4 quarterly, 12 monthly, 7 daily
    today       values after it make a series refused; None: no check
    countries   whose holidays daily series follow ("CN", "HK"): each series the ones that explain it best
    known       regressors of daily series, known ahead: events, weather
    jobs        processes and threads; changes the time taken, not the numbers

    Raises ForecastAskedWrongly.
    """
    if not 1 <= horizon <= MOST_STEPS:
        raise ForecastAskedWrongly("This horizon cannot be forecast.", thing=horizon)
    if not 1 <= season <= MOST_STEPS:
        raise ForecastAskedWrongly("There is no such seasonality.", thing=season)
    if known is not None and season != DAILY:
        raise ForecastAskedWrongly("Regressors are of use to daily series only (seasonality 7).", thing=season)
    recipe = recipe or recipe_for(season)
    ordered = sorted(series, key=lambda one: one.unique_id)
    examined = [examine(one, season, today=today) for one in ordered]
    plain = [one for one in examined if isinstance(one, Ready) and one.kind == "plain"]
    done: dict[str, Forecast] = {}
    if plain:
        fitted = fit(plain, horizon, season, recipe, countries=countries, known=known, jobs=jobs)
        done = {one.unique_id: one for one in _plain_forecasts(plain, fitted, season, recipe, countries, known)}
    return [
        one if isinstance(one, Refusal) else done.get(one.unique_id) or _odd_forecast(one, horizon, season)
        for one in examined
    ]


def _plain_forecasts(
    ready: Sequence[Ready], fitted: Fitted, season: int, recipe: Recipe, countries: Sequence[str], known: Known | None
) -> list[Forecast]:
    sizes, units = fitted.sizes(recipe.width), fitted.units(recipe.width)
    reached = intervals.arms(sizes, units, season, own=recipe.width.own, lean=recipe.width.lean)
    inside = intervals.shares_inside(sizes, {level: both / units for level, both in reached.items()})
    with np.errstate(invalid="ignore"):
        own, naive = (
            np.array([_mean(row) for row in np.abs(errors) / fitted.scales[:, None, None]])
            for errors in (fitted.errors, fitted.naive)
        )
    made = []
    for row, one in enumerate(ready):
        backtest = None if np.isnan(own[row]) else (float(own[row]), float(naive[row]))
        share = {level: float(values[row]) for level, values in inside.items()} if backtest else None
        notes = days_in_words(one, fitted.mean.shape[1], fitted.effects, row, countries, known)
        arms = {level: both[:, row] for level, both in reached.items()}
        made.append(
            _forecast(one, fitted.mean[row], arms, season, fitted.models, backtest, share, notes, fitted.errors[row])
        )
    return made


def _odd_forecast(one: Ready, horizon: int, season: int) -> Forecast:
    """A series that the recipe does not fit: constant, intermittent, or shorter than two seasons."""
    values, ahead = one.values, np.arange(1, horizon + 1)
    models: tuple[str, ...]
    if one.kind == "constant":
        models, mean = ("constant",), np.full(horizon, values[0])
        size = np.sqrt(max(float(values[0]), 1.0) * (1 + ahead / len(values)))
        note = NEVER_CHANGED
    elif one.kind == "zeros":
        mean = forecast_many(["imapa"], [values], horizon, season)["imapa"][0]
        return _zeros_forecast(one, mean, season)
    else:
        flat = forecast_many(["ses", "drift"], [values], horizon, 1)
        models, mean = ("ses", "drift", "snaive"), flat["ses"] + flat["drift"] + seasonal_naive(values, horizon, season)
        mean = mean / 3
        size = np.std(np.diff(values)) * np.sqrt(ahead) * (1 + 4 / len(values)) + np.sqrt(max(values.mean(), 1.0))
        note = SHORT
    arms = {level: intervals.NORMAL[level] * np.stack([size, size]) for level in intervals.LEVELS}
    return _forecast(one, mean, arms, season, models, None, None, (note,))


def _zeros_forecast(one: Ready, mean: Floats, season: int) -> Forecast:
    recent = one.values[-max(10 * season, 60) :]
    high = {
        level: np.maximum(np.full_like(mean, np.quantile(recent, (1 + level) / 2)), mean) for level in intervals.LEVELS
    }
    low = {
        level: np.minimum(np.full_like(mean, np.quantile(recent, (1 - level) / 2)), mean) for level in intervals.LEVELS
    }
    return Forecast(one.unique_id, mean, low, high, season, None, None, None, ("imapa",), (*one.notes, ZEROS))


def _forecast(
    one: Ready,
    mean: Floats,
    arms: dict[float, Floats],
    season: int,
    models: tuple[str, ...],
    backtest: tuple[float, float] | None,
    inside: dict[float, float] | None,
    notes: tuple[str, ...],
    errors: Floats | None = None,
) -> Forecast:
    """Visitors are never negative, so no bound is. arms: level -> (2, horizon), below and above."""
    low = {level: np.maximum(mean - below, 0.0) for level, (below, _above) in arms.items()}
    high = {level: mean + above for level, (_below, above) in arms.items()}
    own, naive = backtest or (None, None)
    return Forecast(one.unique_id, mean, low, high, season, own, naive, inside, models, (*one.notes, *notes), errors)


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
