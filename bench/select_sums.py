"""Chooses what TourismSmall is forecast with, by rolling origin inside its known part: its last year is cut off first.

    python bench/select_sums.py [--data FOLDER]

Candidates are the mean and the median of one to four models in each way to reconcile, scored as forecast_hierarchy.py
does at five origins. Of those within half a percent of the lowest mean CRPS the one of most models is chosen (then the
lowest).
"""

from __future__ import annotations

import argparse
import itertools
import os
from pathlib import Path

import numpy as np

from forecast_data import Floats, folder
from forecast_hierarchy import ASKED, load, score
from haihe.tourism.domain.forecast.reconciling import METHODS, Hierarchy, reconcile
from haihe.tourism.domain.forecast.statistical import forecast_many

NAME, SEASON = "tourismsmall", 4
POOL = ("ets", "ces", "theta", "theta_optimised", "snaive", "seasonal_mean")
ORIGINS = (4, 5, 6, 7, 8)  # steps before the end of the known part
CHANCE, SHOWN = 1.005, 12


def judge(made: Floats, known: Floats, tree: Hierarchy, method: str) -> tuple[float, float]:
    """CRPS and relative MSE, mean over the origins. made: (cuts, series, season), from 0, 1, 2... steps back."""
    steps, found = known.shape[1], []
    truth = [known[:, steps - cut : steps - cut + SEASON] for cut in range(len(made))]
    for cut in ORIGINS:
        before = range(cut + SEASON, min(cut + SEASON + ASKED[NAME].origins, len(made)))
        errors = np.hstack([made[back] - truth[back] for back in before])
        found.append(score(reconcile(made[cut], errors, tree, method=method), known[:, : steps - cut], truth[cut]))
    relative, crps = np.mean(found, axis=0)
    return float(crps), float(relative)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=folder())
    tree, values = load(parser.parse_args().data / "tourism-hierarchical" / NAME)
    known = values[:, :-SEASON]
    cuts = range(known.shape[1] - 3 * SEASON + 1)  # three years are left to learn from
    parts = [row[: known.shape[1] - cut] for cut in cuts for row in known]
    single = {
        name: one.reshape(len(cuts), len(known), SEASON)
        for name, one in forecast_many(POOL, parts, SEASON, SEASON, jobs=os.cpu_count() or 1).items()
    }
    table = []
    for count in (1, 2, 3, 4):
        for names in itertools.combinations(POOL, count):
            stacked = np.stack([single[name] for name in names])
            for way, made in (("mean", stacked.mean(axis=0)), ("median", np.median(stacked, axis=0)))[
                : 2 if count > 2 else 1
            ]:
                table += [(*judge(made, known, tree, method), names, way, method) for method in METHODS]
    table.sort()
    near = [row for row in table if row[0] <= CHANCE * table[0][0]]
    chosen = min(near, key=lambda row: (-len(row[2]), row[0]))
    for crps, relative, names, way, method in [*table[:SHOWN], chosen]:
        print(f"  {crps:.4f}  {relative:.4f}  {way}({', '.join(names)}), {method}")
    print("chosen: the last line")


if __name__ == "__main__":
    main()
