"""Forecasts measured: accuracy and intervals on the tourism competition's test parts beside seasonal naive, ETS, Theta
and ARIMA, and what it costs. Months, sums, holiday weeks, alerts and the nightly run are measured by the other
bench_forecast_*.py, each short enough to have the machine for itself.

    python bench/bench_forecast.py [accuracy|months|hierarchy|holidays|alerts|nightly ...]

The recipes were chosen by select_forecast.py and select_intervals.py, which see no test part. ARIMA takes ten times all
the rest: its figures are those of the data folder's `reproduced_accuracy_*.csv` (R's forecast package, by the data's
publisher); with HAIHE_BENCH_ARIMA=run they are statsforecast's, made in the same run. HAIHE_BENCH_SERIES takes every
n-th series only, to try the script.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure
from forecast_data import COMPETITION, Floats, folder, known_part, test_part
from forecast_hierarchy import figures as hierarchy_figures
from forecast_holidays import alert_figures, holiday_figures, nightly
from forecast_months import figures as month_figures
from haihe.tourism.domain.forecast.engine import Forecast, forecast_all
from haihe.tourism.domain.forecast.recipes import recipe_for
from haihe.tourism.domain.forecast.series import Series
from haihe.tourism.domain.forecast.statistical import forecast_many

ASKED = {"yearly": 2.58, "quarterly": 1.42}  # MASE
SINGLE = ("snaive", "ets", "theta")
SLACK = {0.80: 2.0, 0.95: 1.5}  # percentage points of coverage
MOST_MINUTES, NIGHTLY, MOST_MEGABYTES = 8.0, 15.0, 2048.0


class Judged:
    """Forecasts beside the truth, in units of each series' seasonal-naive error in its known part."""

    def __init__(self, made: list[Forecast], known: dict[str, Floats], truth: dict[str, Floats], season: int) -> None:
        parts = [known[one.unique_id] for one in made]
        scale = np.array([np.abs(part[season:] - part[:-season]).mean() for part in parts])
        units = scale[:, None]
        self.miss = np.stack([truth[one.unique_id] - one.mean for one in made]) / units
        self.below = {level: np.stack([one.mean - one.low[level] for one in made]) / units for level in SLACK}
        self.above = {level: np.stack([one.high[level] - one.mean for one in made]) / units for level in SLACK}

    @property
    def mase(self) -> float:
        return float(np.abs(self.miss).mean())

    def beside(self, other: Judged) -> Judged:
        """The values of both, one a row, as if they were one step each."""
        both = copy(self)
        both.miss = np.concatenate([self.miss.reshape(-1, 1), other.miss.reshape(-1, 1)])
        for name in ("below", "above"):
            mine, others = getattr(self, name), getattr(other, name)
            joined = {
                level: np.concatenate([mine[level].reshape(-1, 1), others[level].reshape(-1, 1)]) for level in mine
            }
            setattr(both, name, joined)
        return both

    def is_inside(self, level: float, factor: float = 1.0) -> NDArray[np.bool_]:
        """(series, horizon) whether the true value lies inside the interval made `factor` times as wide."""
        found = (self.miss >= -factor * self.below[level]) & (self.miss <= factor * self.above[level])
        return np.asarray(found)

    def coverage(self, level: float, factor: float = 1.0) -> float:
        """Share of true values inside the intervals made `factor` times as wide, in percent."""
        return float(100 * self.is_inside(level, factor).mean())

    def width(self, level: float, factor: float = 1.0) -> float:
        return float(factor * (self.below[level] + self.above[level]).mean())

    def width_at(self, level: float, coverage: float) -> float:
        """Mean width once the intervals are stretched to that coverage."""
        low, high = 0.0, 100.0
        for _halving in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if self.coverage(level, middle) < coverage else (low, middle)
        return self.width(level, high)


def run(parts: tuple[str, ...] = ("accuracy",)) -> list[Figure]:
    place = folder()
    if not (place / "tourism-competition").is_dir():
        print(f"no data folder ({place}); HAIHE_TEST_DATA names it", file=sys.stderr)
        return []
    jobs = os.cpu_count() or 1
    known: dict[str, Callable[[], list[Figure]]] = {
        "accuracy": lambda: _accuracy(place / "tourism-competition"),
        "months": lambda: month_figures(place, jobs),
        "hierarchy": lambda: hierarchy_figures(place, jobs),
        "holidays": lambda: holiday_figures(place, jobs),
        "alerts": lambda: alert_figures(place),
        "nightly": _nightly,
    }
    figures: list[Figure] = []
    for part in parts:
        made = known[part]()
        for figure in made:  # the whole takes long: what is measured is seen at once
            print(json.dumps(figure.as_json(), ensure_ascii=False), file=sys.stderr, flush=True)
        figures += made
    return figures


def _accuracy(place: Path) -> list[Figure]:
    figures: list[Figure] = []
    seconds = 0.0
    judged: list[Judged] = []
    singles: list[dict[str, Judged]] = []
    for frequency in COMPETITION:
        made, ours, single, taken = _frequency(frequency, place)
        figures += made
        judged.append(ours)
        singles.append(single)
        seconds += taken
    whole = reduce(Judged.beside, judged)
    alone = {name: reduce(Judged.beside, [one[name] for one in singles]) for name in SINGLE}
    best = alone[min(alone, key=lambda name: alone[name].mase)]
    for level in SLACK:
        each = np.concatenate([one.is_inside(level).mean(axis=1) for one in judged])
        values = np.concatenate([one.is_inside(level).ravel() for one in judged])
        figures.append(_coverage("all series", level, each, f"; of {len(values)} values {100 * values.mean():.1f}%"))
        figures.append(_width("all series", level, whole, best))
    name = "all series of the competition folder"
    return [*figures, Figure(name, seconds / 60, "min", "limit", MOST_MINUTES, bar="ratio <= 1"), _memory()]


def _coverage(whose: str, level: float, each: Floats, also: str = "") -> Figure:
    """How far the coverage, the mean over series as MASE is one, lies from what is promised. each: (series,) shares."""
    reached = float(100 * each.mean())
    name = f"{whose} coverage, distance from {level:.0%}"
    note = f"{reached:.1f}%, mean over {len(each)} series{also}"
    return Figure(name, abs(reached - 100 * level), "points", bar=f"value <= {SLACK[level]}", note=note)


def _width(whose: str, level: float, ours: Judged, best: Judged) -> Figure:
    """Mean width beside that of the best single model, its intervals stretched to the same coverage."""
    name = f"{whose} mean width of {level:.0%} at equal coverage"
    peer = best.width_at(level, ours.coverage(level))
    return Figure(name, ours.width(level), "scales", "best single model", peer, bar="ratio <= 1")


def _nightly() -> list[Figure]:
    """2,000 daily series of three years, 14 days ahead, with the calendar."""
    count = 2_000 // int(os.environ.get("HAIHE_BENCH_SERIES", "1"))
    series = nightly(count)
    begun = time.perf_counter()
    made = forecast_all(series, 14, 7, countries=["CN"], jobs=os.cpu_count() or 1)
    seconds = time.perf_counter() - begun
    note = f"{len(made)} series"
    return [
        Figure("nightly run of daily series", seconds / 60, "min", "limit", NIGHTLY, bar="ratio <= 1", note=note),
        _memory(),
    ]


def _memory() -> Figure:
    """Peak of this process and its largest child."""
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    note = f"main process {peaks[0]:.0f}, largest child {peaks[1]:.0f}"
    total = peaks[0] + (os.cpu_count() or 1) * peaks[1]
    return Figure("memory, all processes", total, "MB", "limit", MOST_MEGABYTES, bar="ratio <= 1", note=note)


def _frequency(frequency: str, place: Path) -> tuple[list[Figure], Judged, dict[str, Judged], float]:
    """Its figures, our forecasts judged, those of single models, and the seconds that ours took."""
    season, horizon, _above = COMPETITION[frequency]
    every = int(os.environ.get("HAIHE_BENCH_SERIES", "1"))
    known = dict(list(known_part(frequency, place).items())[::every])
    truth = test_part(frequency, place)
    series = [Series(name, np.arange(len(one)), one, False) for name, one in known.items()]

    def judge(models: tuple[str, ...] | None = None) -> Judged:
        recipe = recipe_for(season)
        if models:
            recipe = replace(recipe, models=models, alone=models)
        made = forecast_all(series, horizon, season, recipe=recipe, jobs=os.cpu_count() or 1)
        return Judged([one for one in made if isinstance(one, Forecast)], known, truth, season)

    begun = time.perf_counter()
    ours = judge()
    seconds = time.perf_counter() - begun
    single = {name: judge((name,)) for name in SINGLE}
    costs = {name: one.mase for name, one in single.items()} | _arima(frequency, place, known, truth)
    figures = [
        Figure(f"{frequency} MASE", ours.mase, "", name, cost, bar=f"value <= {ASKED[frequency]}")
        for name, cost in costs.items()
    ]
    best = single[min(single, key=lambda name: single[name].mase)]
    for level in SLACK:
        figures.append(_coverage(frequency, level, ours.is_inside(level).mean(axis=1)))
        figures.append(_width(frequency, level, ours, best))
    return figures, ours, single, seconds


def _arima(frequency: str, place: Path, known: dict[str, Floats], truth: dict[str, Floats]) -> dict[str, float]:
    season, horizon, _above = COMPETITION[frequency]
    if os.environ.get("HAIHE_BENCH_ARIMA") != "run":
        with (place / f"reproduced_accuracy_{frequency}.csv").open(encoding="utf-8") as lines:
            rows = {(row["method"], row["measure"]): row for row in csv.DictReader(lines)}
        return {"arima (read)": float(rows["ARIMA", "MASE"][f"1-{horizon}"])}
    made = forecast_many(["arima"], list(known.values()), horizon, season, jobs=os.cpu_count() or 1)["arima"]
    errors = [
        np.abs(truth[name] - forecast).mean() / np.abs(one[season:] - one[:-season]).mean()
        for (name, one), forecast in zip(known.items(), made, strict=True)
    ]
    return {"arima": float(np.mean(errors))}


if __name__ == "__main__":
    for figure in run(tuple(sys.argv[1:])) if sys.argv[1:] else run():
        print(figure.as_json())
