"""Whether forecasts still hold: what came, against what was promised.

Every true value falls somewhere in its forecast's distribution. While forecasts hold, misses come out on both sides
alike and as often as promised. A sum of signed misses finds a level that moved, a sum of their sizes a spread that
grew (two CUSUM charts, Page 1954); the binomial distribution says whether intervals are missed more often than by
chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from haihe.tourism.domain.forecast.panel import Floats
from haihe.tourism.domain.forecast.said import Said

SLACK = 0.5  # standard deviations that a miss may lie off before it adds up
LIMIT = 5.0  # standard deviations of sum; with that slack one false alarm in some 465 steps a side
LARGEST = 4.0  # a single miss counts no more than so many: one odd day is no drift
CHANCE = 0.001  # of as many missed intervals, below which they are too narrow
LEAST = 8  # values to judge


@dataclass(frozen=True)
class Drift:
    """What the watch says of one series.

    state     "holds", "too few", "level" (moved), "spread" (grew) or "intervals" (missed too often)
    since     the step at which it began, from 0; None while it holds
    inside    share of values within the 80% interval
    words     one sentence, in both languages
    """

    state: str
    since: int | None
    inside: float
    words: str


def watch(truth: Floats, mean: Floats, low80: Floats, high80: Floats) -> Drift:
    """Judge the one-step (or equally far) forecasts of one series against what came; all (n,), in order of time.

    Values not yet known are NaN and left out.
    """
    known = np.flatnonzero(np.isfinite(truth))
    if len(known) < LEAST:
        english = f"{len(known)} values are in; {LEAST} are needed to judge."
        return Drift("too few", None, float("nan"), Said(english, f"已有 {len(known)} 个值，判断需要 {LEAST} 个。"))
    truth, mean, low, high = (one[known] for one in (truth, mean, low80, high80))
    inside = float(np.mean((truth >= low) & (truth <= high)))
    width = np.maximum((high - low) / (2 * 1.2816), 1e-9 * np.maximum(np.abs(mean), 1.0))
    miss = np.clip((truth - mean) / width, -LARGEST, LARGEST)
    for sign, word in ((1.0, "above"), (-1.0, "below")):
        begun = _cusum(sign * miss - SLACK)
        if begun is not None:
            size = float(np.mean((truth - mean)[begun:] / np.maximum(mean[begun:], 1e-9)))
            words = Said(
                f"From value {begun + 1} on what came lies {word} the forecast, by {abs(size):.0%} on average.",
                f"从第 {begun + 1} 个值起，实际值{'高' if sign > 0 else '低'}于预测，平均相差 {abs(size):.0%}。",
            )
            return Drift("level", int(known[begun]), inside, words)
    begun = _cusum(np.abs(miss) - math.sqrt(2 / math.pi) - SLACK)
    if begun is not None:
        words = Said(
            f"From value {begun + 1} on misses are larger than promised, to both sides.",
            f"从第 {begun + 1} 个值起，偏差大于预期，两个方向都有。",
        )
        return Drift("spread", int(known[begun]), inside, words)
    missed = round((1 - inside) * len(truth))
    if _binomial_tail(len(truth), missed, 0.2) < CHANCE:
        english = f"{missed} of {len(truth)} values fell outside their 80% interval."
        words = Said(english, f"{len(truth)} 个值中有 {missed} 个落在 80% 区间之外。")
        return Drift("intervals", 0, inside, words)
    english = f"{inside:.0%} of {len(truth)} values fell inside their 80% interval."
    return Drift("holds", None, inside, Said(english, f"{len(truth)} 个值中有 {inside:.0%} 落在 80% 区间之内。"))


def most_drifted(found: dict[str, Drift], count: int = 20) -> Sequence[tuple[str, Drift]]:
    """Series that no longer hold, the worst covered first."""
    moved = [(name, one) for name, one in found.items() if one.since is not None]
    return sorted(moved, key=lambda item: (item[1].inside, item[0]))[:count]


def _cusum(steps: Floats) -> int | None:
    """Where the sum began that passed its limit and still stands above it; None where it does not."""
    total, begun = 0.0, 0
    for place, step in enumerate(steps):
        if total == 0.0:
            begun = place
        total = max(total + float(step), 0.0)
    return begun if total > LIMIT else None


def _binomial_tail(count: int, least: int, share: float) -> float:
    """Chance of `least` or more of `count`."""
    return sum(math.comb(count, one) * share**one * (1 - share) ** (count - one) for one in range(least, count + 1))
