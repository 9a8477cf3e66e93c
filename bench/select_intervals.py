"""How wide intervals are to be, judged inside the training parts of the competition. Opens no test file.

    python bench/select_intervals.py [yearly|quarterly ...] [--data FOLDER]

Each series is cut off whole horizons before its end, the shipped recipe forecasts from there with its calibration at
origins before that, and what came is held against the intervals. Candidates: errors pooled or drawn to the series' own,
from the newest calibration origin or from all. Prints coverage at each end, its mean, and the mean interval score
(Gneiting and Raftery 2007; in units of the seasonal-naive error, lower is better).
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from forecast_data import COMPETITION, Floats, folder, known_part
from haihe.tourism.domain.forecast.fitting import Fitted, fit
from haihe.tourism.domain.forecast.guards import Ready, examine
from haihe.tourism.domain.forecast.intervals import LEVELS, half_widths
from haihe.tourism.domain.forecast.recipes import recipe_for
from haihe.tourism.domain.forecast.series import Series

ENDS = (1, 2)  # horizons before the end of the training part
CANDIDATES = [(own, newest) for own in (True, False) for newest in (False, True)]


@dataclass(frozen=True)
class Judged:
    """coverage in percent and interval score, by level"""

    coverage: dict[float, float]
    score: dict[float, float]


def at_end(series: dict[str, Floats], season: int, horizon: int, back: int) -> tuple[Fitted, Floats]:
    """The recipe `back` steps before the end, and what came then: (series, horizon)."""
    ready: list[Ready] = []
    truth = []
    for name, values in sorted(series.items()):
        found = examine(Series(name, np.arange(len(values) - back), values[:-back], False), season)
        if isinstance(found, Ready) and found.kind == "plain" and len(found.values) == len(values) - back:
            ready.append(found)
            truth.append(values[len(values) - back :][:horizon])
    fitted = fit(ready, horizon, season, recipe_for(season), jobs=os.cpu_count() or 1)
    return fitted, np.stack(truth)


def judge(fitted: Fitted, truth: Floats, season: int, *, own: bool, newest: bool) -> Judged:
    sizes = (fitted.errors / fitted.before)[:, : 1 if newest else None]
    miss = np.abs(fitted.mean - truth)
    coverage, score = {}, {}
    for level, width in half_widths(sizes, fitted.units, season, own=own).items():
        coverage[level] = float(100 * (miss <= width).mean())
        beyond = 2 / (1 - level) * np.maximum(miss - width, 0)
        score[level] = float(((2 * width + beyond) / fitted.scales[:, None]).mean())
    return Judged(coverage, score)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("frequencies", nargs="*", default=["yearly", "quarterly"])
    parser.add_argument("--data", type=Path, default=folder())
    arguments = parser.parse_args()
    for frequency in arguments.frequencies:
        season, horizon, _above = COMPETITION[frequency]
        series = known_part(frequency, arguments.data / "tourism-competition")
        ends = [at_end(series, season, horizon, horizon * back) for back in ENDS]
        print(f"\n{frequency}: {len(series)} series, {ENDS} horizons of {horizon} before the end", flush=True)
        for own, newest in CANDIDATES:
            found = [judge(fitted, truth, season, own=own, newest=newest) for fitted, truth in ends]
            name = f"{'own' if own else 'pooled'}, {'newest origin' if newest else 'all origins'}"
            print(f"  {name:24}", end="")
            for level in LEVELS:
                each = " ".join(f"{one.coverage[level]:.1f}" for one in found)
                mean = np.mean([one.coverage[level] for one in found])
                score = np.mean([one.score[level] for one in found])
                print(f"  {level:.0%}: {each} mean {mean:.1f} score {score:.2f}", end="")
            print(flush=True)


if __name__ == "__main__":
    main()
