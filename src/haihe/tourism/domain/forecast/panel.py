"""Many series of different lengths as one matrix, and what the global model sees of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RECENT = 8  # growths of single steps that the model sees
YEARS = 4  # growths of whole seasons that it sees


@dataclass(frozen=True)
class Panel:
    """Series side by side, right-aligned: column `width - 1` is the last known value of each.

    values    (series, width), as observed; NaN left of each start
    logs      the same in natural logarithms; zeros count as half the smallest positive value of their series
    lengths   known values of each series
    scales    (series, width): mean |y[t] - y[t - season]| up to and with each column; NaN before the first
    """

    season: int
    values: Floats
    logs: Floats
    lengths: Ints
    scales: Floats

    @property
    def width(self) -> int:
        return self.values.shape[1]


def line_up(series: Sequence[Floats], season: int) -> Panel:
    """Stand series side by side. season: steps of one seasonal cycle, 1 where there is none."""
    lengths = np.array([len(one) for one in series], dtype=np.int64)
    width = int(lengths.max()) + (YEARS + 2) * season + RECENT
    values = np.full((len(series), width), np.nan)
    logs = values.copy()
    for row, one in enumerate(series):
        values[row, width - len(one) :] = one
        positive = one[one > 0]
        least = positive.min() if len(positive) else 1.0
        logs[row, width - len(one) :] = np.log(np.maximum(one, least / 2))
    changes = np.abs(values[:, season:] - values[:, :-season])
    counted = np.cumsum(~np.isnan(changes), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        known = np.nancumsum(changes, axis=1) / counted
    scales = np.full_like(values, np.nan)
    scales[:, season:] = known
    return Panel(season, values, logs, lengths, scales)


def base_column(origin: Ints, step: Ints, season: int) -> Ints:
    """The last known column of the same season as `step` steps after `origin`."""
    return origin - (season - step % season) % season


@dataclass(frozen=True)
class _Sums:
    """Running sums along a panel, so that a mean over any window is two look-ups."""

    total: Floats
    count: Ints

    @classmethod
    def of(cls, values: Floats) -> _Sums:
        empty = np.zeros((len(values), 1))
        return cls(
            np.hstack([empty, np.nancumsum(values, axis=1)]),
            np.hstack([empty, np.cumsum(~np.isnan(values), axis=1)]).astype(np.int64),
        )

    def mean(self, rows: Ints, first: Ints, last: Ints, least: int) -> Floats:
        """Mean of the columns first..last; NaN where fewer than `least` are known."""
        count = self.count[rows, last + 1] - self.count[rows, first]
        total = self.total[rows, last + 1] - self.total[rows, first]
        return np.where(count >= least, total / np.maximum(count, 1), np.nan)


class Seen:
    """What the global model sees of a panel at any (series, origin, step)."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        logs, season = panel.logs, panel.season
        changes = np.full_like(logs, np.nan)
        changes[:, season:] = logs[:, season:] - logs[:, :-season]
        self.changes = changes
        self.levels = _Sums.of(logs)
        self.change_sums = _Sums.of(changes)
        self.change_squares = _Sums.of(changes**2)
        self.change_sizes = _Sums.of(np.abs(changes))

    def features(self, rows: Ints, origins: Ints, steps: Ints) -> NDArray[np.float32]:
        """(n, features) for n triples: row of the panel, column of the last value known then, steps ahead from 1."""
        panel, season = self.panel, self.panel.season
        start = panel.width - panel.lengths[rows]
        known = origins - start + 1
        x = panel.logs
        last = x[rows, origins]
        columns: list[NDArray[Any]] = [steps, known]
        columns += [self.changes[rows, origins - back] for back in range(min(2 * season, RECENT) if season > 1 else 4)]
        if season > 1:
            columns += self._seasonal(rows, origins, steps)
        zero = np.zeros_like(origins)
        mean = self.change_sums.mean(rows, zero, origins, 1)
        columns += [
            mean,
            np.sqrt(np.maximum(self.change_squares.mean(rows, zero, origins, 2) - mean**2, 0)),
            self.change_sizes.mean(rows, zero, origins, 1),
            self.change_sums.mean(rows, np.maximum(origins - 3 * season, 0), origins, 1),
        ]
        span = np.minimum(known - 1, 3 * season)
        with np.errstate(invalid="ignore", divide="ignore"):
            columns += [
                (last - x[rows, origins - span]) / span,
                (last - x[rows, start]) / (known - 1),
                last - self.levels.mean(rows, zero, origins, 1),
                last,
            ]
        return np.column_stack(columns).astype(np.float32)

    def _seasonal(self, rows: Ints, origins: Ints, steps: Ints) -> list[Floats]:
        season, x = self.panel.season, self.panel.logs
        means = [
            self.levels.mean(rows, origins - (year + 1) * season + 1, origins - year * season, season)
            for year in range(YEARS + 1)
        ]
        base = base_column(origins, steps, season)
        same = [self.changes[rows, base - year * season] for year in range(3)]
        place = [x[rows, base - year * season] - means[year] for year in range(2)]
        return [*(means[year] - means[year + 1] for year in range(YEARS)), *same, *place]
