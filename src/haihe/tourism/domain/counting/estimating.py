"""How many there were, from lists that each saw a part: dual-system estimation, whole or by strata, with intervals.

Method: Chapman 1951 for two lists; Sekar & Deming 1949 for strata; log-normal interval of what no list saw (Chao 1987).
Within a stratum the lists must be independent. Where they are not, because who books also carries a phone, strata that
part such people (age, origin, way of booking) are what makes the estimate right: see `stratified`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = {0.80: 1.2815515655446004, 0.95: 1.959963984540054}


@dataclass(frozen=True)
class Overlap:
    """Two lists of one stratum.

    first, second   persons on each
    both            persons on both
    both_variance   of `both`, where it was estimated from sketches; 0: counted
    """

    first: float
    second: float
    both: float
    both_variance: float = 0.0

    @property
    def seen(self) -> float:
        """Persons on at least one."""
        return self.first + self.second - self.both


@dataclass(frozen=True)
class Estimate:
    """total, its variance, and low and high by level (0.80, 0.95); seen: persons on at least one list."""

    total: float
    variance: float
    seen: float
    low: dict[float, float]
    high: dict[float, float]


def dual_system(lists: Overlap) -> Estimate:
    """Of two lists. Raises ValueError where the overlap is larger than a list."""
    return stratified([lists])


def stratified(strata: Sequence[Overlap]) -> Estimate:
    """The sum over strata, each estimated by itself. Raises ValueError."""
    total = variance = seen = 0.0
    for one in strata:
        if not 0 <= one.both <= min(one.first, one.second):
            raise ValueError(f"{one.both} on both lists, but {one.first} and {one.second} on each")
        estimate = (one.first + 1) * (one.second + 1) / (one.both + 1) - 1
        only_first, only_second = one.first - one.both, one.second - one.both
        spread = (one.first + 1) * (one.second + 1) * only_first * only_second
        total += estimate
        variance += spread / ((one.both + 1) ** 2 * (one.both + 2))
        variance += (estimate / (one.both + 1)) ** 2 * one.both_variance
        seen += one.seen
    return _with_interval(total, variance, seen)


def _with_interval(total: float, variance: float, seen: float) -> Estimate:
    unseen = total - seen
    low, high = {}, {}
    for level, z in LEVELS.items():
        if unseen <= 0 or variance <= 0:
            low[level], high[level] = total, total
            continue
        factor = math.exp(z * math.sqrt(math.log1p(variance / unseen**2)))
        low[level], high[level] = seen + unseen / factor, seen + unseen * factor
    return Estimate(total, variance, seen, low, high)
