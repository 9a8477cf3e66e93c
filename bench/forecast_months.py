"""Real monthly series of the data folder, their newest two years held out: the recipe beside the models it is made of.

No monthly series of the tourism competition is in the data folder. These are of the same kind and length: nights in
Australia's regions, arrivals and departures by country. They tell whether months are weaker than one model alone, not
what MASE the competition would give. ARIMA of twelve months takes seconds a series, so it runs on some of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from figures import Figure
from forecast_data import Floats, monthly
from haihe.tourism.domain.forecast.engine import Forecast, forecast_all
from haihe.tourism.domain.forecast.series import Series
from haihe.tourism.domain.forecast.statistical import forecast_many

SEASON, HELD_OUT = 12, 24
EVERY = 3  # of 329 series; so many are enough for a global model
ARIMA_EVERY = 5  # of those
SINGLE = ("snaive", "ets", "theta")
SLACK = {0.80: 2.0, 0.95: 1.5}  # percentage points of coverage


def figures(place: Path, jobs: int) -> list[Figure]:
    """MASE beside each model, and how often the truth lay inside the intervals."""
    every = EVERY * int(os.environ.get("HAIHE_BENCH_SERIES", "1"))
    series = list(monthly(place).items())[::every]
    known = {name: one[:-HELD_OUT] for name, one in series}
    truth = np.stack([one[-HELD_OUT:] for _name, one in series])
    scales = np.array([np.abs(one[SEASON:] - one[:-SEASON]).mean() for one in known.values()])
    told = [Series(name, np.arange(len(one)), one, False) for name, one in known.items()]
    made = [one for one in forecast_all(told, HELD_OUT, SEASON, jobs=jobs) if isinstance(one, Forecast)]
    single = forecast_many(SINGLE, list(known.values()), HELD_OUT, SEASON, jobs=jobs)
    some = slice(None, None, ARIMA_EVERY)
    arima = forecast_many(["arima"], list(known.values())[some], HELD_OUT, SEASON, jobs=jobs)["arima"]
    costs = _costs(np.stack([one.mean for one in made]), truth, scales)
    note = f"{len(made)} series, {HELD_OUT} months held out"
    found = [
        Figure("monthly MASE", _mean(costs), "", name, _mean(_costs(one, truth, scales)), bar="ratio <= 1", note=note)
        for name, one in single.items()
    ]
    peer = _mean(_costs(arima, truth[some], scales[some]))
    note = f"{len(arima)} of the series"
    found.append(Figure("monthly MASE", _mean(costs[some]), "", "arima", peer, bar="ratio <= 1", note=note))
    return [*found, *(_coverage(made, truth, level, slack) for level, slack in SLACK.items())]


def _costs(forecast: Floats, truth: Floats, scales: Floats) -> Floats:
    """(series,) mean absolute scaled error."""
    return np.asarray(np.abs(forecast - truth).mean(axis=1) / scales)


def _mean(costs: Floats) -> float:
    return float(costs.mean())


def _coverage(made: list[Forecast], truth: Floats, level: float, slack: float) -> Figure:
    inside = [(one.low[level] <= came) & (came <= one.high[level]) for one, came in zip(made, truth, strict=True)]
    reached = float(100 * np.mean(inside))
    name = f"monthly coverage, distance from {level:.0%}"
    return Figure(name, abs(reached - 100 * level), "points", bar=f"value <= {slack}", note=f"{reached:.1f}%")
