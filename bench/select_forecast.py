"""Chooses the recipes of `recipes.toml` by rolling origin inside the training parts. Opens no test file.

    python bench/select_forecast.py [yearly|quarterly|monthly ...] [--data FOLDER]

Every origin leaves a whole horizon of the training part to judge by. Candidates are the mean and the median of two to
four models. Prints a table. Of the candidates within half a percent of the lowest mean MASE over the origins the one
of most models is chosen (then the lowest): so small a difference is chance, and more models run wild less often.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from forecast_data import COMPETITION, Floats, folder, known_part, monthly
from haihe.tourism.domain.forecast.boosting import Boosting, learn_and_predict
from haihe.tourism.domain.forecast.panel import line_up
from haihe.tourism.domain.forecast.statistical import forecast_many

GLOBAL = {
    "gbm": Boosting(),
    "gbm_small": replace(Boosting(), trees=50, leaves=6, least_in_leaf=200),
}
SEASONAL = ("snaive", "ets", "ces", "theta", "theta_optimised")
POOL = {
    "yearly": ("snaive", "drift", "ets", "ets_damped", "theta", "theta_optimised"),
    "quarterly": SEASONAL,
    "monthly": SEASONAL,
}
# Steps before the end. A whole horizon apart: overlapping origins would count the same good and bad years twice.
ORIGINS = {"yearly": (4, 8, 12), "quarterly": (8, 16), "monthly": (24, 48)}


def choose(
    frequency: str, series: dict[str, Floats], season: int, horizon: int
) -> list[tuple[float, list[float], str]]:
    """Every candidate with its MASE, mean over origins first and at each origin, best first."""
    values = [one for _name, one in sorted(series.items())]
    scales = np.array([np.abs(one[season:] - one[:-season]).mean() for one in values])
    costs: dict[str, list[float]] = {}
    for cut in ORIGINS[frequency]:
        begun = time.perf_counter()
        rows = [row for row, one in enumerate(values) if len(one) - cut >= max(2 * season + 2, 6) and scales[row] > 0]
        known = [values[row][:-cut] for row in rows]
        truth = np.array([values[row][len(values[row]) - cut :][:horizon] for row in rows])
        made = forecast_many(POOL[frequency], known, horizon, season)
        for name, settings in GLOBAL.items():
            predicted = learn_and_predict(line_up(known, season), horizon, settings)
            if predicted is not None:
                made[name] = predicted[0]
        for name, combined in _candidates(made):
            error = np.abs(combined - truth).mean(axis=1) / scales[rows]
            costs.setdefault(name, []).append(float(error.mean()))
        print(f"{frequency}, {cut} before the end: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    return sorted((float(np.mean(row)), row, name) for name, row in costs.items())


def _candidates(made: dict[str, Floats]) -> list[tuple[str, Floats]]:
    ways: dict[str, Callable[..., Floats]] = {"mean": np.mean, "median": np.median}
    found = list(made.items())
    for count in (2, 3, 4):
        for names in itertools.combinations(sorted(made), count):
            if {"gbm", "gbm_small"} <= set(names):
                continue
            stacked = np.stack([made[name] for name in names])
            for way, function in ways.items():
                if count > 2 or way == "mean":
                    found.append((f"{way}({', '.join(names)})", function(stacked, axis=0)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("frequencies", nargs="*", default=["yearly", "quarterly", "monthly"])
    parser.add_argument("--data", type=Path, default=folder())
    arguments = parser.parse_args()
    for frequency in arguments.frequencies:
        if frequency == "monthly":
            season, horizon, series = 12, 24, monthly(arguments.data)
        else:
            season, horizon, _above = COMPETITION[frequency]
            series = known_part(frequency, arguments.data / "tourism-competition")
        table = choose(frequency, series, season, horizon)
        print(f"\n{frequency}: {len(series)} series, origins {ORIGINS[frequency]}")
        for cost, each, name in [*table[:12], *(row for row in table[12:] if "(" not in row[2])]:
            print(f"  {cost:.3f}  {' '.join(f'{one:.3f}' for one in each)}  {name}", flush=True)


if __name__ == "__main__":
    main()
