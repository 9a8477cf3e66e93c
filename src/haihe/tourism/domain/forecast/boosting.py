"""One gradient-boosted model for all series of a file: what one series is too short to show, many show together.

Direct: the step ahead is a feature. Learned is log(y[origin + step] / last known value of the same season), absolute
error, each window weighed by what it costs in MASE. After Montero-Manso and Hyndman 2021, "Principles and algorithms
for forecasting groups of time series: locality and globality".
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin for one another starve on a busy machine

import lightgbm
import numpy as np

from haihe.tourism.domain.forecast.panel import Floats, Ints, Panel, Seen, base_column

WORTH_THREADS = 30_000  # windows; below this threads wait for one another longer than they work
LARGEST_CHANGE = 2.0  # natural logarithm; a window that changes more is an accident, not a lesson


@dataclass(frozen=True)
class Boosting:
    """Settings of the global model; the recipe of a frequency names those that differ.

    windows   most (series, origin, step) triples to learn from, drawn with a fixed seed
    fewest    with fewer windows than this there is no global model
    """

    trees: int = 300
    rate: float = 0.05
    leaves: int = 31
    least_in_leaf: int = 50
    seeds: int = 2
    windows: int = 120_000
    fewest: int = 2_000
    weigh: bool = True


def learn_and_predict(
    panel: Panel, horizon: int, settings: Boosting, *, hold_back: int = 0, ask: Sequence[int] = (0,), threads: int = 1
) -> dict[int, Floats] | None:
    """Train on the panel but its last `hold_back` columns; forecast from `ask` steps before the end.

    returns   for each of `ask` an array (series, horizon); None where there are too few windows to learn from
    """
    seen = Seen(panel)
    windows = _windows(panel, horizon, settings, hold_back)
    if windows is None:
        return None
    rows, origins, steps = windows
    threads = threads if len(rows) > WORTH_THREADS else 1
    base = panel.logs[rows, base_column(origins, steps, panel.season)]
    change = np.clip(panel.logs[rows, origins + steps] - base, -LARGEST_CHANGE, LARGEST_CHANGE)
    data = lightgbm.Dataset(
        seen.features(rows, origins, steps),
        change,
        weight=_weights(panel, rows, origins, base) if settings.weigh else None,
        params={"verbose": -1, "max_bin": 127, "num_threads": threads},
        free_raw_data=False,
    )
    asked = {back: _asked(panel, horizon, back) for back in ask}
    inputs = {back: seen.features(*triple) for back, triple in asked.items()}
    total = {back: np.zeros(len(triple[0])) for back, triple in asked.items()}
    for seed in range(settings.seeds):
        model = lightgbm.train(_parameters(settings, seed, threads), data, num_boost_round=settings.trees)
        for back in ask:
            total[back] += np.asarray(model.predict(inputs[back], num_threads=threads)) / settings.seeds
    return {back: _levels(panel, horizon, asked[back], total[back]) for back in ask}


def enough_windows(panel: Panel, horizon: int, settings: Boosting, hold_back: int) -> bool:
    """Whether there is enough to learn from with the last `hold_back` columns held back."""
    return _windows(panel, horizon, settings, hold_back) is not None


def _parameters(settings: Boosting, seed: int, threads: int) -> dict[str, object]:
    return {
        "objective": "l1",
        "learning_rate": settings.rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.least_in_leaf,
        "feature_fraction": 0.7,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "max_bin": 127,
        "verbose": -1,
        "num_threads": threads,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
    }


def _windows(panel: Panel, horizon: int, settings: Boosting, hold_back: int) -> tuple[Ints, Ints, Ints] | None:
    """Every triple whose target is known and not held back, thinned evenly to the settings' number."""
    end = panel.width - hold_back
    first = panel.width - panel.lengths + max(2 * panel.season - 1, 2)
    room = np.maximum(end - 1 - first, 0)  # origins per series that leave at least one step
    rows = np.repeat(np.arange(len(room)), room)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(room) - room, room)
    origins = first[rows] + within
    total = len(rows) * horizon
    if total < settings.fewest:
        return None
    if total > settings.windows:
        picked = np.sort(np.random.default_rng(0).choice(total, settings.windows, replace=False))
    else:
        picked = np.arange(total)
    rows, origins, steps = rows[picked // horizon], origins[picked // horizon], picked % horizon + 1
    kept = origins + steps < end
    if kept.sum() < settings.fewest:
        return None
    return rows[kept], origins[kept], steps[kept]


def _weights(panel: Panel, rows: Ints, origins: Ints, base: Floats) -> Floats:
    """What a relative error costs in units of the series' own seasonal-naive error, bounded, mean 1."""
    with np.errstate(invalid="ignore", divide="ignore"):
        cost = np.exp(base) / panel.scales[rows, origins]
    cost = np.where(np.isfinite(cost), cost, 1.0)
    cost = np.clip(cost, *np.quantile(cost, [0.05, 0.95]))
    return np.asarray(cost / cost.mean())


def _asked(panel: Panel, horizon: int, back: int) -> tuple[Ints, Ints, Ints]:
    rows = np.repeat(np.arange(len(panel.lengths)), horizon)
    steps = np.tile(np.arange(1, horizon + 1), len(panel.lengths))
    return rows, np.full(len(rows), panel.width - 1 - back), steps


def _levels(panel: Panel, horizon: int, asked: tuple[Ints, Ints, Ints], change: Floats) -> Floats:
    rows, origins, steps = asked
    base = panel.logs[rows, base_column(origins, steps, panel.season)]
    return np.asarray(np.exp(base + change).reshape(-1, horizon))
