"""How wide intervals are to be, judged inside the training parts. Opens no test file.

    python bench/select_intervals.py [yearly|quarterly|monthly ...] [--data FOLDER]

Each series is cut off before its end, the shipped recipe forecasts from there with its calibration at origins before
that, and what came is held against the intervals. Months leave their newest two years out: bench_forecast_monthly.py
judges by them. Candidates: how far scales are drawn to a series' own errors, from the newest calibration origin or from
all. Prints coverage at each end, its mean, and the mean interval score (Gneiting and Raftery 2007; in units of the
seasonal-naive error, lower is better). Chosen is whose mean coverages lie nearest to what they promise, both together.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from forecast_data import COMPETITION, Floats, folder, known_part, monthly
from haihe.tourism.domain.forecast.fitting import Fitted, fit
from haihe.tourism.domain.forecast.guards import Ready, examine
from haihe.tourism.domain.forecast.intervals import LEVELS, half_widths
from haihe.tourism.domain.forecast.recipes import recipe_for
from haihe.tourism.domain.forecast.series import Series

ENDS = {"yearly": (4, 6, 8), "quarterly": (8, 12, 16), "monthly": (24, 36)}  # steps before the end of the known part
SHARES = (0.0, 0.25, 0.5, 0.75)
MONTHS_KEPT_OUT, MONTHS_EVERY = 24, 6  # of the months' series every sixth: they take longest


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


def judge(fitted: Fitted, truth: Floats, season: int, *, own: float, newest: bool) -> Judged:
    sizes = (fitted.errors / fitted.before)[:, : 1 if newest else None]
    miss = np.abs(fitted.mean - truth)
    coverage, score = {}, {}
    for level, width in half_widths(sizes, fitted.units, season, own=own).items():
        coverage[level] = float(100 * (miss <= width).mean())
        beyond = 2 / (1 - level) * np.maximum(miss - width, 0)
        score[level] = float(((2 * width + beyond) / fitted.scales[:, None]).mean())
    return Judged(coverage, score)


def known_of(frequency: str, place: Path) -> tuple[dict[str, Floats], int, int]:
    """Series, season and horizon of a frequency."""
    if frequency == "monthly":
        series = list(monthly(place).items())[::MONTHS_EVERY]
        return {name: one[:-MONTHS_KEPT_OUT] for name, one in series}, 12, 24
    season, horizon, _above = COMPETITION[frequency]
    return known_part(frequency, place / "tourism-competition"), season, horizon


def far_from(found: list[Judged]) -> float:
    """How far the mean coverages lie from what they promise, in percentage points, both levels together."""
    return float(sum(abs(np.mean([one.coverage[level] for one in found]) - 100 * level) for level in LEVELS))


def in_words(found: list[Judged]) -> str:
    parts = []
    for level in LEVELS:
        each = " ".join(f"{one.coverage[level]:.1f}" for one in found)
        mean = np.mean([one.coverage[level] for one in found])
        score = np.mean([one.score[level] for one in found])
        parts.append(f"{level:.0%}: {each} mean {mean:.1f} score {score:.2f}")
    return "  ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("frequencies", nargs="*", default=["yearly", "quarterly", "monthly"])
    parser.add_argument("--data", type=Path, default=folder())
    arguments = parser.parse_args()
    for frequency in arguments.frequencies:
        series, season, horizon = known_of(frequency, arguments.data)
        ends = [at_end(series, season, horizon, back) for back in ENDS[frequency]]
        print(f"\n{frequency}: {len(series)} series, {ENDS[frequency]} steps before the end", flush=True)
        table = {
            f"own {own:.0%}, {'newest origin' if newest else 'all origins'}": [
                judge(fitted, truth, season, own=own, newest=newest) for fitted, truth in ends
            ]
            for own in SHARES
            for newest in (False, True)
        }
        for name in sorted(table, key=lambda name: far_from(table[name])):
            print(f"  {name:24}  {in_words(table[name])}", flush=True)


if __name__ == "__main__":
    main()
