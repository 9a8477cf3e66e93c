"""Forecasts of all series of a file: examined, forecast by the recipe of their seasonality, with their intervals.

The same path for the command, the bench and the room. Nothing here looks at a clock, a network or another file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from haihe.tourism.domain.forecast import intervals
from haihe.tourism.domain.forecast.boosting import enough_windows, learn_and_predict
from haihe.tourism.domain.forecast.errors import ForecastAskedWrongly
from haihe.tourism.domain.forecast.guards import Ready, Refusal, examine
from haihe.tourism.domain.forecast.panel import Floats, Panel, line_up
from haihe.tourism.domain.forecast.recipes import GLOBAL, Recipe, recipe_for
from haihe.tourism.domain.forecast.series import Series
from haihe.tourism.domain.forecast.statistical import forecast_many, seasonal_naive

MOST_STEPS = 400
CALIBRATION = 240  # errors a step that calibration looks for before it goes further back
MOST_ORIGINS = 12


@dataclass(frozen=True)
class Forecast:
    """The next values of one series.

    mean, low, high   (horizon,) in the unit of the series; low and high by level: 0.80, 0.95
    season            steps of a season, as asked
    backtest          MASE of the recipe at its calibration origins; None where there was no room for one
    backtest_naive    MASE of the seasonal naive forecast at the same origins
    notes             what was mended, and what this forecast cannot know; whole sentences
    """

    unique_id: str
    mean: Floats
    low: dict[float, Floats]
    high: dict[float, Floats]
    season: int
    backtest: float | None
    backtest_naive: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Fitted:
    """Point forecasts of the plain series, and the errors of the same recipe at origins inside the known part.

    made      model -> (series, horizon)
    errors    (series, origins, horizon), forecast minus truth; NaN where unknown
    naive     the same of the seasonal naive forecast
    scales    (series,), mean absolute seasonal-naive error of the known part
    before    (series, origins), the same as known at each origin
    """

    panel: Panel
    made: dict[str, Floats]
    mean: Floats
    errors: Floats
    naive: Floats
    scales: Floats
    before: Floats


def forecast_all(
    series: Sequence[Series],
    horizon: int,
    season: int,
    *,
    recipe: Recipe | None = None,
    today: date | None = None,
    jobs: int = 1,
) -> list[Forecast | Refusal]:
    """Forecast every series `horizon` steps ahead, in order of unique_id; what cannot be forecast is refused.

    season   steps of one seasonal cycle: 1 yearly, 4 quarterly, 12 monthly, 7 daily
    today    values after it make a series refused; None: no check
    jobs     processes and threads; changes the time taken, not the numbers

    Raises ForecastAskedWrongly.
    """
    if not 1 <= horizon <= MOST_STEPS:
        raise ForecastAskedWrongly("This horizon cannot be forecast.", thing=horizon)
    if not 1 <= season <= MOST_STEPS:
        raise ForecastAskedWrongly("There is no such seasonality.", thing=season)
    recipe = recipe or recipe_for(season)
    ordered = sorted(series, key=lambda one: one.unique_id)
    examined = [examine(one, season, today=today) for one in ordered]
    plain = [one for one in examined if isinstance(one, Ready) and one.kind == "plain"]
    done: dict[str, Forecast] = {}
    if plain:
        fitted = fit(plain, horizon, season, recipe, jobs=jobs)
        done = {one.unique_id: one for one in _plain_forecasts(plain, fitted, season, recipe)}
    return [
        one if isinstance(one, Refusal) else done.get(one.unique_id) or _odd_forecast(one, horizon, season)
        for one in examined
    ]


def fit(ready: Sequence[Ready], horizon: int, season: int, recipe: Recipe, *, jobs: int = 1) -> Fitted:
    """Every model of the recipe at the end of the series and at calibration origins before it."""
    values = [one.values for one in ready]
    panel = line_up(values, season)
    cuts = calibration_cuts(panel, horizon)
    everywhere = GLOBAL in recipe.models and enough_windows(panel, horizon, recipe.boosting, cuts[-1])
    names = recipe.models if everywhere else recipe.alone
    made = _at_cuts(names, values, horizon, season, (0, *cuts), jobs)
    if everywhere:
        ahead = learn_and_predict(panel, horizon, recipe.boosting, threads=jobs)
        behind = learn_and_predict(panel, horizon, recipe.boosting, hold_back=cuts[-1], ask=cuts, threads=jobs)
        if ahead and behind:
            for cut, predicted in {**ahead, **behind}.items():
                made[cut][GLOBAL] = _tame(predicted, made[cut]["snaive"], values, cut)
    means = {cut: recipe.combined(made[cut]) for cut in made}
    errors = np.stack([_errors(panel, means[cut], cut, horizon) for cut in cuts], axis=1)
    naive = np.stack([_errors(panel, made[cut]["snaive"], cut, horizon) for cut in cuts], axis=1)
    before = np.stack([_scales(panel, cut) for cut in cuts], axis=1)
    return Fitted(panel, made[0], means[0], errors, naive, _scales(panel), before)


def calibration_cuts(panel: Panel, horizon: int) -> tuple[int, ...]:
    """Steps before the end where the recipe is tried: two horizons back, for few series further."""
    count = len(panel.lengths)
    cuts = [horizon]
    step = max(1, horizon // 2) if count < CALIBRATION else horizon
    while len(cuts) < MOST_ORIGINS:
        following = cuts[-1] + step
        room = int((panel.lengths - following >= max(2 * panel.season + 2, 6)).sum())
        if room < count / 2 or (len(cuts) >= 2 and count * len(cuts) >= CALIBRATION):
            break
        cuts.append(following)
    return tuple(cuts)


def _at_cuts(
    names: Sequence[str], values: Sequence[Floats], horizon: int, season: int, cuts: Sequence[int], jobs: int
) -> dict[int, dict[str, Floats]]:
    """Statistical models at every cut; a series too short at a cut gets NaN there."""
    single = list(dict.fromkeys(["snaive", *(name for name in names if name != GLOBAL)]))
    least = max(2 * season + 2, 6)
    tasks = [(row, cut) for cut in cuts for row, one in enumerate(values) if len(one) - cut >= least]
    made = forecast_many(
        single, [values[row][: len(values[row]) - cut] for row, cut in tasks], horizon, season, jobs=jobs
    )
    result = {cut: {name: np.full((len(values), horizon), np.nan) for name in single} for cut in cuts}
    for place, (row, cut) in enumerate(tasks):
        for name in single:
            result[cut][name][row] = made[name][place]
    return result


def _tame(predicted: Floats, naive: Floats, values: Sequence[Floats], cut: int) -> Floats:
    """Where the global model leaves the range that a series could reach, its naive forecast stands instead."""
    highest = np.array([one[: max(len(one) - cut, 1)].max() for one in values])
    wild = ~np.isfinite(predicted) | (predicted > 5 * highest[:, None])
    return np.where(wild, naive, predicted)


def _errors(panel: Panel, mean: Floats, cut: int, horizon: int) -> Floats:
    width = panel.width - cut
    truth = panel.values[:, width : width + horizon]
    full = np.full_like(mean, np.nan)
    full[:, : truth.shape[1]] = mean[:, : truth.shape[1]] - truth
    return full


def _scales(panel: Panel, cut: int = 0) -> Floats:
    """Each series' seasonal-naive error; where that is zero, the noise of a count."""
    scales = panel.scales[:, panel.width - 1 - cut]
    floor = np.sqrt(np.maximum(np.nanmean(panel.values, axis=1), 1.0))
    return np.where(scales > 0, scales, floor)


def _plain_forecasts(ready: Sequence[Ready], fitted: Fitted, season: int, recipe: Recipe) -> list[Forecast]:
    widths = intervals.half_widths(
        fitted.errors / fitted.before[:, :, None], fitted.scales, season, own=recipe.intervals == "own"
    )
    with np.errstate(invalid="ignore"):
        own, naive = (
            np.array([_mean(row) for row in np.abs(errors) / fitted.scales[:, None, None]])
            for errors in (fitted.errors, fitted.naive)
        )
    return [
        _forecast(
            one,
            fitted.mean[row],
            {level: width[row] for level, width in widths.items()},
            season,
            backtest=(own[row], naive[row]),
        )
        for row, one in enumerate(ready)
    ]


def _odd_forecast(one: Ready, horizon: int, season: int) -> Forecast:
    """A series that the recipe does not fit: constant, intermittent, or shorter than two seasons."""
    values, ahead = one.values, np.arange(1, horizon + 1)
    if one.kind == "constant":
        mean = np.full(horizon, values[0])
        size = np.sqrt(max(float(values[0]), 1.0) * (1 + ahead / len(values)))
        note = "It never changed; its width is that of counting alone, and nothing here could foresee a change."
    elif one.kind == "zeros":
        mean = forecast_many(["imapa"], [values], horizon, season)["imapa"][0]
        return _zeros_forecast(one, mean, season)
    else:
        flat = forecast_many(["ses", "drift"], [values], horizon, 1)
        mean = (flat["ses"] + flat["drift"] + seasonal_naive(values, horizon, season)) / 3
        size = np.std(np.diff(values)) * np.sqrt(ahead) * (1 + 4 / len(values)) + np.sqrt(max(values.mean(), 1.0))
        note = "It is shorter than two seasons, so its season is hardly known."
    widths = {level: intervals.NORMAL[level] * size for level in intervals.LEVELS}
    return _forecast(one, mean, widths, season, note=note)


def _zeros_forecast(one: Ready, mean: Floats, season: int) -> Forecast:
    recent = one.values[-max(10 * season, 60) :]
    high = {
        level: np.maximum(np.full_like(mean, np.quantile(recent, (1 + level) / 2)), mean) for level in intervals.LEVELS
    }
    low = {
        level: np.minimum(np.full_like(mean, np.quantile(recent, (1 - level) / 2)), mean) for level in intervals.LEVELS
    }
    note = "It is mostly zeros: the mean is a rate, and the intervals are those of its own past values."
    return Forecast(one.unique_id, mean, low, high, season, None, None, (*one.notes, note))


def _forecast(
    one: Ready,
    mean: Floats,
    widths: dict[float, Floats],
    season: int,
    *,
    backtest: tuple[float, float] | None = None,
    note: str = "",
) -> Forecast:
    """Visitors are never negative, so no bound is."""
    own, naive = (None if value is None or np.isnan(value) else float(value) for value in backtest or (None, None))
    return Forecast(
        one.unique_id,
        mean,
        {level: np.maximum(mean - width, 0.0) for level, width in widths.items()},
        {level: mean + width for level, width in widths.items()},
        season,
        own,
        naive,
        (*one.notes, note) if note else one.notes,
    )


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
