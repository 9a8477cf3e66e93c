"""How wide intervals are to be, judged inside the training parts. Opens no test file.

    python bench/select_intervals.py [yearly|quarterly|monthly ...] [--data FOLDER]

Each series is cut off before its end, the shipped recipe forecasts from there with its calibration at origins before
that, and what came is held against the intervals. Months leave their newest two years out: bench_forecast_monthly.py
judges by them. Candidates: what errors are measured in (`Width`). Prints coverage at each end, its mean, and the mean
interval score (Gneiting and Raftery 2007; in units of the seasonal-naive error, lower is better).

Of the candidates whose mean coverages lie within what is asked (80 ± 2, 95 ± 1.5) those are taken whose scores, in
units of the plainest candidate's, lie within half a percent of the lowest mean; of these the one that uses least (then
the lowest). Where none lies within, the one that lies nearest. The two halves of the series are judged apart as well.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from forecast_data import COMPETITION, Floats, folder, known_part, monthly
from haihe.tourism.domain.forecast.fitting import Fitted, fit
from haihe.tourism.domain.forecast.guards import Ready, examine
from haihe.tourism.domain.forecast.intervals import LEVELS, arms
from haihe.tourism.domain.forecast.measures import Width
from haihe.tourism.domain.forecast.recipes import recipe_for
from haihe.tourism.domain.forecast.series import Series

ENDS = {"yearly": (4, 6, 8), "quarterly": (8, 12, 16), "monthly": (24, 36, 48)}  # steps before the known end
CANDIDATES = [
    Width(own=own, relative=relative, apart=apart, lean=lean)
    for own, relative, apart, lean in itertools.product(
        (0.0, 0.1, 0.2, 0.3, 0.4, 0.5), (0.0, 0.2, 0.4), (0.0, 0.5, 1.0), (0.0, 0.5)
    )
]
PLAINEST = CANDIDATES[0]
SLACK = {0.80: 2.0, 0.95: 1.5}  # percentage points of coverage
CHANCE = 1.005
SHOWN = 12
MONTHS_KEPT_OUT, MONTHS_EVERY = 24, 2  # of the months' series every second: they take longest


@dataclass(frozen=True)
class Judged:
    """At one end: (series,) shares covered in percent and interval scores, by level."""

    coverage: dict[float, Floats]
    score: dict[float, Floats]


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


def judge(fitted: Fitted, truth: Floats, season: int, width: Width) -> Judged:
    over = fitted.mean - truth
    coverage, score = {}, {}
    reached = arms(fitted.sizes(width), fitted.units(width), season, own=width.own, lean=width.lean)
    for level, (below, above) in reached.items():
        coverage[level] = 100 * ((over <= below) & (over >= -above)).mean(axis=1)
        beyond = 2 / (1 - level) * (np.maximum(over - below, 0) + np.maximum(-over - above, 0))
        score[level] = ((below + above + beyond) / fitted.scales[:, None]).mean(axis=1)
    return Judged(coverage, score)


def known_of(frequency: str, place: Path) -> tuple[dict[str, Floats], int, int]:
    """Series, season and horizon of a frequency."""
    if frequency == "monthly":
        series = list(monthly(place).items())[::MONTHS_EVERY]
        return {name: one[:-MONTHS_KEPT_OUT] for name, one in series}, 12, 24
    season, horizon, _above = COMPETITION[frequency]
    return known_part(frequency, place / "tourism-competition"), season, horizon


def choose(table: Mapping[Width, Sequence[Judged]]) -> Width:
    within = {
        width: found for width, found in table.items() if all(_far(found, level) <= SLACK[level] for level in LEVELS)
    }
    if not within:
        return min(table, key=lambda width: sum(_far(table[width], level) for level in LEVELS))
    costs = {width: cost(found, table[PLAINEST]) for width, found in within.items()}
    near = [width for width in costs if costs[width] <= CHANCE * min(costs.values())]
    return min(near, key=lambda width: (sum(share > 0 for share in astuple(width)), costs[width]))


def cost(found: Sequence[Judged], plainest: Sequence[Judged]) -> float:
    """Interval score in units of the plainest candidate's, mean over the levels."""
    return float(np.mean([_score(found, level) / _score(plainest, level) for level in LEVELS]))


def _score(found: Sequence[Judged], level: float) -> float:
    return float(np.mean([one.score[level].mean() for one in found]))


def _far(found: Sequence[Judged], level: float) -> float:
    """How far the mean coverage lies from what it promises, in percentage points."""
    return abs(float(np.mean([one.coverage[level].mean() for one in found])) - 100 * level)


def in_words(found: Sequence[Judged]) -> str:
    parts = []
    for level in LEVELS:
        each = " ".join(f"{one.coverage[level].mean():.1f}" for one in found)
        mean = np.mean([one.coverage[level].mean() for one in found])
        halves = [np.mean([one.coverage[level][half::2].mean() for one in found]) for half in (0, 1)]
        apart = " ".join(f"{half:.1f}" for half in halves)
        parts.append(f"{level:.0%}: {each} mean {mean:.1f} (halves {apart}) score {_score(found, level):.2f}")
    return "  ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("frequencies", nargs="*", default=["yearly", "quarterly", "monthly"])
    parser.add_argument("--data", type=Path, default=folder())
    arguments = parser.parse_args()
    for frequency in arguments.frequencies:
        series, season, horizon = known_of(frequency, arguments.data)
        ends = [at_end(series, season, horizon, back) for back in ENDS[frequency]]
        table = {width: [judge(*end, season, width) for end in ends] for width in CANDIDATES}
        chosen = choose(table)
        print(f"\n{frequency}: {len(series)} series, {ENDS[frequency]} steps before the end", flush=True)
        best = sorted(CANDIDATES, key=lambda width: cost(table[width], table[PLAINEST]))[:SHOWN]
        for width in dict.fromkeys([PLAINEST, *best, chosen]):
            print(f"  {_named(width)}  {cost(table[width], table[PLAINEST]):.3f}  {in_words(table[width])}")
        print(f"  chosen: {_named(chosen)}", flush=True)


def _named(width: Width) -> str:
    return f"own {width.own} relative {width.relative} apart {width.apart} lean {width.lean}"


if __name__ == "__main__":
    main()
