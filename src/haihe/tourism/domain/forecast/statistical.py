"""Statistical models of one series each, by name; the work is statsforecast's.

A model takes the known values and returns the next ones. What comes out wild (not finite, or far outside what the
series ever did) is replaced by the seasonal naive forecast: a few wild forecasts cost more than all fine tuning
(Athanasopoulos, Hyndman, Song, Wu 2011).
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from haihe.tourism.domain.forecast.panel import Floats

LONGEST_SEASON = 24  # exponential smoothing holds a state per season; above this it forecasts without season
MEMORY = 730  # steps, two years of days; smoothing has forgotten what lies further back, yet pays for it
YEARS_MEANT = 8  # that a seasonal mean reaches back
WILD = 4.0  # times the range of the series beyond its extremes


def _ets(season: int) -> Any:
    from statsforecast.models import AutoETS

    return AutoETS(season_length=season)


def _damped(season: int) -> Any:
    from statsforecast.models import AutoETS

    return AutoETS(season_length=season, damped=True)


def _ces(season: int) -> Any:
    from statsforecast.models import AutoCES

    return AutoCES(season_length=season)


def _theta(season: int) -> Any:
    from statsforecast.models import AutoTheta

    return AutoTheta(season_length=season)


def _optimised_theta(season: int) -> Any:
    from statsforecast.models import DynamicOptimizedTheta

    return DynamicOptimizedTheta(season_length=season)


def _arima(season: int) -> Any:
    from statsforecast.models import AutoARIMA

    return AutoARIMA(season_length=season)


def _drift(season: int) -> Any:
    from statsforecast.models import RandomWalkWithDrift

    return RandomWalkWithDrift()


def _smoothing(season: int) -> Any:
    from statsforecast.models import SimpleExponentialSmoothingOptimized

    return SimpleExponentialSmoothingOptimized()


def _intermittent(season: int) -> Any:
    from statsforecast.models import IMAPA

    return IMAPA()


MODELS: dict[str, Callable[[int], Any]] = {
    "ets": _ets,
    "ets_damped": _damped,
    "ces": _ces,
    "theta": _theta,
    "theta_optimised": _optimised_theta,
    "arima": _arima,
    "drift": _drift,
    "ses": _smoothing,
    "imapa": _intermittent,
}


def seasonal_naive(values: Floats, horizon: int, season: int) -> Floats:
    """The last season again and again; where there is no whole season yet, the last value."""
    if len(values) < season:
        season = 1
    return np.resize(values[-season:], horizon)


def seasonal_mean(values: Floats, horizon: int, season: int) -> Floats:
    """Each season's mean over the last years, moved half way to the level of the last one; the last value before that.

    What a place does in a year is in part chance, and the next year forgets it.
    """
    years = min(len(values) // season, YEARS_MEANT)
    if years == 0:
        return seasonal_naive(values, horizon, season)
    known = values[len(values) - years * season :]
    level = known.mean()
    factor = (1 + known[-season:].mean() / level) / 2 if level > 0 else 1.0
    return np.resize(known.reshape(years, season).mean(axis=0) * factor, horizon)


PLAIN = {"snaive": seasonal_naive, "seasonal_mean": seasonal_mean}  # they cannot fail


def forecast_one(name: str, values: Floats, horizon: int, season: int) -> Floats:
    """`horizon` values after `values` by the model `name`; seasonal naive where the model fails or runs wild."""
    if name in PLAIN:
        return PLAIN[name](values, horizon, season)
    plain = seasonal_naive(values, horizon, season)
    values = values[-MEMORY:]
    fitting = season if season <= LONGEST_SEASON and len(values) >= 2 * season + 2 else 1
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            made = np.asarray(MODELS[name](fitting).forecast(y=np.ascontiguousarray(values), h=horizon)["mean"], float)
    except Exception:  # whatever the fit dies of, the series still has its naive forecast
        return plain
    low, high = values.min(), values.max()
    reach = WILD * (high - low)
    if made.shape != (horizon,) or not np.isfinite(made).all() or made.min() < low - reach or made.max() > high + reach:
        return plain
    return np.maximum(made, 0.0)


def forecast_many(
    names: Sequence[str], series: Sequence[Floats], horizon: int, season: int, *, jobs: int = 1
) -> dict[str, Floats]:
    """Every model over every series: name -> (series, horizon). Same numbers whatever the number of jobs."""
    names = list(dict.fromkeys(names))
    if jobs <= 1 or len(series) * len(names) < 64:
        rows = _some(names, list(series), horizon, season)
    else:
        pieces = [list(series[start : start + 20]) for start in range(0, len(series), 20)]
        with ProcessPoolExecutor(jobs, initializer=_alone) as pool:
            done = pool.map(_some, *zip(*((names, piece, horizon, season) for piece in pieces), strict=True))
            rows = [row for piece in done for row in piece]
    made = np.array(rows).reshape(len(series), len(names), horizon)
    return {name: made[:, place] for place, name in enumerate(names)}


def _some(names: list[str], series: list[Floats], horizon: int, season: int) -> list[list[Floats]]:
    return [[forecast_one(name, values, horizon, season) for name in names] for values in series]


def _alone() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
