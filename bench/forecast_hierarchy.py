"""TourismLarge and TourismSmall made to add up, as the published comparison scores them.

The last twelve months (four quarters) are the test part. Scores are those of HierarchicalForecast's published baselines
(github.com/Nixtla/hierarchicalforecast, experiments/hierarchical_baselines): the squared error over that of the naive
forecast inside the known part, which its table calls relMSE, and the scaled CRPS over all series at once. Models and
way were chosen by the same scores at earlier origins; docs/forecast.md says how.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from figures import Figure
from forecast_data import Floats
from haihe.tourism.domain.forecast.reconciling import Hierarchy, Reconciled, reconcile
from haihe.tourism.domain.forecast.statistical import forecast_many

SHARES = np.arange(1, 100) / 100


@dataclass(frozen=True)
class Asked:
    """One data set: steps of a season (and of the horizon), what is run, and the published best.

    origins   before the end, whose errors tell how far to trust each series
    apart     steps between them
    """

    season: int
    models: tuple[str, ...]
    combine: str
    method: str
    origins: int
    apart: int
    relative: float
    crps: float


ASKED = {
    "tourismlarge": Asked(12, ("ces", "theta_optimised", "snaive"), "mean", "ols", 3, 12, 0.1375, 0.1313),
    "tourismsmall": Asked(
        4, ("ets", "theta_optimised", "snaive", "seasonal_mean"), "median", "ols", 13, 1, 0.1002, 0.0649
    ),
}


def figures(place: Path, jobs: int) -> list[Figure]:
    found = []
    for name, asked in ASKED.items():
        tree, values = load(place / "tourism-hierarchical" / name)
        known, truth = values[:, : -asked.season], values[:, -asked.season :]
        made = reconciled(tree, known, asked, jobs)
        relative, crps = score(made, known, truth)
        for what, value, best in (("relative MSE", relative, asked.relative), ("scaled CRPS", crps, asked.crps)):
            found.append(Figure(f"{name} {what}", value, "", "published best", best, bar="ratio <= 1"))
    return found


def load(folder: Path) -> tuple[Hierarchy, Floats]:
    """The tree, and (series, steps) in its order."""
    ending = ".csv.gz" if (folder / "data.csv.gz").exists() else ".csv"
    names, rows = _table(folder / f"data{ending}")
    _bottom, sums = _table(folder / f"agg_mat{ending}")
    order = [names.index(row[0]) for row in sums]
    values = np.array([[float(cell) for cell in row[1:]] for row in rows]).T[order]
    return Hierarchy(
        tuple(row[0] for row in sums), np.array([[float(cell) for cell in row[1:]] for row in sums])
    ), values


def reconciled(tree: Hierarchy, known: Floats, asked: Asked, jobs: int) -> Reconciled:
    """Forecasts of the next season that add up, from the known part alone."""
    steps, season = known.shape[1], asked.season
    back = [0, *(season + asked.apart * number for number in range(asked.origins))]
    cuts = [cut for cut in back if steps - cut >= 4 * season]
    parts = [row[: steps - cut] for cut in cuts for row in known]
    single = np.stack(list(forecast_many(asked.models, parts, season, season, jobs=jobs).values()))
    made = np.median(single, axis=0) if asked.combine == "median" else single.mean(axis=0)
    made = made.reshape(len(cuts), len(known), season)
    errors = [made[place] - known[:, steps - cut : steps - cut + season] for place, cut in enumerate(cuts) if cut]
    return reconcile(made[0], np.hstack(errors), tree, method=asked.method)


def score(made: Reconciled, known: Floats, truth: Floats) -> tuple[float, float]:
    """Relative mean squared error, and scaled CRPS."""
    relative = float(np.mean((made.mean - truth) ** 2) / np.mean(np.diff(known, axis=1) ** 2))
    away = truth[:, :, None] - made.quantiles(SHARES)
    loss = np.maximum(SHARES * away, (SHARES - 1) * away)
    return relative, float(2 * loss.mean() * truth.size / np.abs(truth).sum())


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        header, *rows = list(csv.reader(lines))
    return header[1:], rows
