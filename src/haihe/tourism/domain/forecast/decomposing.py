"""What a daily series is made of: its level, its weekday, its holidays, and what is left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from haihe.tourism.domain.forecast.effects import Calendar, calendar_of, parts_of
from haihe.tourism.domain.forecast.guards import Ready
from haihe.tourism.domain.forecast.panel import Floats

__all__ = ["Parts", "decompose"]


@dataclass(frozen=True)
class Parts:
    """One series taken apart; level * weekday * holiday * rest is the series, day by day.

    level      in its unit: the moving median of what an ordinary day of an ordinary weekday would be
    weekday    factor by day of the week
    holiday    factor of a day's place in its holiday, 1 on ordinary days
    rest       factor that none of them explains
    """

    level: Floats
    weekday: Floats
    holiday: Floats
    rest: Floats


def decompose(series: Sequence[Ready], country: str = "CN") -> list[Parts | None]:
    """Take daily series apart; holidays are learned from all of them. None: its days are not known, or are too few."""
    dated = {row: first for row, one in enumerate(series) if (first := one.first_day(0)) is not None}
    found: list[Parts | None] = [None] * len(series)
    if not dated:
        return found
    last = max(first + len(series[row].values) for row, first in dated.items())
    calendar: Calendar = calendar_of(country, min(dated.values()), last)
    made = parts_of([series[row].values for row in dated], list(dated.values()), calendar)
    for row, (level, weekday, holiday) in zip(dated, made, strict=True):
        whole = level * weekday * holiday
        with np.errstate(divide="ignore", invalid="ignore"):
            found[row] = Parts(level, weekday, holiday, np.where(whole > 0, series[row].values / whole, 1.0))
    return found
