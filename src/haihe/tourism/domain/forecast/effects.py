"""What holidays, events and weather do to daily series: estimated, taken out before forecasting, put back afterwards.

A day's logarithm is its level (moving median), its weekday, its slot (`holiday_slots`) and what regressors add. A day
off is first taken for a weekend day and a make-up day for a working day; a slot's effect is what it does beyond that.
Slot effects are means over the years a series has seen, drawn to what series that behave alike lead to expect:
a factorisation of low rank over all series of the file, and empirical Bayes around it (Efron and Morris 1975).
Regressors are a ridge regression of what is left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from haihe.tourism.domain.forecast.holiday_slots import holiday_days
from haihe.tourism.domain.forecast.panel import Floats, Ints

LEVEL = 21  # days of the moving median
AGEING = 0.7  # what a year's holiday counts, against the year after it
REMEMBERED = 364  # days that tell a weekday
LEAST = 0.01  # of the usual value; below it a place is as good as closed
FARTHEST = 3.0  # noise widths beyond its effect that a holiday still tells the models something
RIDGE = 20.0  # ordinary days that speak against a regressor
NAIVE_WIDTH = 1.25  # standard deviations in a mean absolute error, were it normal
RANK = 3  # ways to behave on holidays that series may mix
SWEEPS = 12


@dataclass(frozen=True)
class Effects:
    """Logarithmic effects on every day of each series and of its forecast.

    known    per series (length + horizon,): effect of weekday shift, slot and regressors
    rough    the same shape, >= 1: how many times an ordinary day's error a day has
    calm     per series (length,): the values with their effects taken out
    """

    known: list[Floats]
    rough: list[Floats]
    calm: list[Floats]


@dataclass(frozen=True)
class Calendar:
    """One country's slots as numbers, over all days that any series or forecast touches.

    first     day of the first number, from 0001-01-01
    names     of the slots; number 0 is an ordinary day
    numbers   per day
    rest      per day: 1 off, -1 worked though a weekend, 0 as its weekday says
    alike     per slot: the number of its class, 0 none
    """

    first: int
    names: tuple[str, ...]
    numbers: Ints
    rest: Ints
    alike: Ints

    def of(self, first: int, count: int) -> tuple[Ints, Ints]:
        """Slots and rest of `count` days."""
        place = slice(first - self.first, first - self.first + count)
        return self.numbers[place], self.rest[place]


def calendar_of(country: str, first: int, last: int) -> Calendar:
    """The calendar from day `first` to and with `last`; without a country every day is ordinary.

    Raises ForecastAskedWrongly.
    """
    years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
    known = holiday_days(country, years) if country else {}
    told = [known.get(date.fromordinal(day)) for day in range(first, last + 1)]
    alike = {one.slot: one.alike for one in known.values()}
    names = ("", *sorted(alike))
    place = {name: number for number, name in enumerate(names)}
    classes = ["", *sorted(set(alike.values()) - {""})]
    return Calendar(
        first,
        names,
        np.array([place[one.slot] if one else 0 for one in told], np.int64),
        np.array([one.rest if one else 0 for one in told], np.int64),
        np.array([classes.index(alike.get(name, "")) for name in names], np.int64),
    )


def estimate(
    values: Sequence[Floats],
    first_days: Sequence[int],
    calendars: Sequence[Calendar],
    horizon: int,
    *,
    hold_back: int = 0,
    regressors: Sequence[Floats | None] | None = None,
) -> Effects:
    """Effects learned from all but the last `hold_back` values, for all values and `horizon` days after them.

    values       per series, one value a day
    first_days   the day of the first value of each
    calendars    one or more; each series keeps to the one that explains it best
    regressors   per series (length + horizon, k), known ahead, NaN where not; or None
    """
    parts = [
        min((_Part(one[: len(one) - hold_back], day, calendar) for calendar in calendars), key=lambda part: part.cost)
        for one, day in zip(values, first_days, strict=True)
    ]
    known: list[Floats] = [np.zeros(0)] * len(values)
    rough, calm = list(known), list(known)
    for calendar in calendars:
        rows = [row for row, part in enumerate(parts) if part.calendar is calendar]
        if not rows:
            continue
        effects, wide = _slot_effects([parts[row] for row in rows], calendar)
        for place, row in enumerate(rows):
            part, one = parts[row], values[row]
            numbers, _rest = calendar.of(part.first, len(one) + horizon)
            effect = effects[place, numbers] + part.shift(len(one) + horizon)
            extra = regressors[row] if regressors is not None else None
            if extra is not None:
                effect = effect + _regressed(part, effects[place], extra)
            known[row], rough[row] = effect, wide[place, numbers]
            calm[row] = part.calmed(one, effect[: len(one)], numbers[: len(one)])
    return Effects(known, rough, calm)


def parts_of(
    values: Sequence[Floats], first_days: Sequence[int], calendar: Calendar
) -> list[tuple[Floats, Floats, Floats]]:
    """Level (in the unit of the values), weekday factor and holiday factor of every day of each series."""
    parts = [_Part(one, day, calendar) for one, day in zip(values, first_days, strict=True)]
    effects, _wide = _slot_effects(parts, calendar)
    return [
        (
            np.maximum(np.exp(part.level) - part.floor, 0.0),
            np.exp(part.weekday[_weekdays(part.first, len(part.left))]),
            np.exp(effects[row, part.numbers] + part.shift(len(part.left))),
        )
        for row, part in enumerate(parts)
    ]


class _Part:
    """The known part of one series, taken apart: level, weekday, and what is left over (natural logarithms)."""

    def __init__(self, values: Floats, first: int, calendar: Calendar) -> None:
        self.first, self.calendar = first, calendar
        self.numbers, _rest = calendar.of(first, len(values))
        positive = values[values > 0]
        self.floor = LEAST * float(np.median(positive)) if len(positive) else 1.0
        self.alive = values > self.floor
        self.weekday = np.zeros(7)
        logs = np.log(values + self.floor)
        ordinary = self.numbers == 0
        self.left = np.zeros(len(values))
        self.level = np.full(len(values), _median(logs[self.alive]) if self.alive.any() else 0.0)
        if ordinary.sum() >= 2 * 7:
            place = _weekdays(first, len(values))
            for _pass in range(2):
                rest = logs - self.weekday[place]
                level = _level(rest, ordinary)
                recent = ordinary & (np.arange(len(values)) >= len(values) - REMEMBERED)
                recent = recent if recent.sum() >= 14 else ordinary
                shift = np.array([_median((rest - level)[recent & (place == one)]) for one in range(7)])
                self.weekday = self.weekday + shift - shift.mean()
            self.level = level
            self.left = logs - self.weekday[place] - level - self.shift(len(values))
        sizes = np.abs(self.left[ordinary & self.alive])
        self.noise = max(1.4826 * _median(sizes) if len(sizes) else 0.1, 0.02)
        week = ordinary[7:] & ordinary[:-7] & self.alive[7:] & self.alive[:-7]
        steps = np.abs(logs[7:] - logs[:-7])[week]
        self.usual = max(NAIVE_WIDTH * float(steps.mean()) if len(steps) else 0.1, self.noise)
        self.cost = float(np.minimum(np.abs(self.left[self.alive]), 1.0).sum())

    def shift(self, count: int) -> Floats:
        """What a day off does by being like a weekend day, and a make-up day by being like a working day."""
        _numbers, rest = self.calendar.of(self.first, count)
        usual = self.weekday[_weekdays(self.first, count)]
        other = np.where(rest > 0, self.weekday[5:].mean(), self.weekday[:5].mean())
        return np.where(rest != 0, other - usual, 0.0)

    def calmed(self, values: Floats, effect: Floats, numbers: Ints) -> Floats:
        """Values without their effects. What a holiday did beyond its effect is kept only as far as noise goes."""
        count = len(self.left)
        over = self.left - (effect - self.shift(len(values)))[:count]
        limit = FARTHEST * self.noise
        beyond = np.zeros(len(values))
        beyond[:count] = np.where(numbers[:count] > 0, over - np.clip(over, -limit, limit), 0.0)
        told = np.maximum(np.exp(np.log(values + self.floor) - effect - beyond) - self.floor, 0.0)
        return np.where((numbers > 0) | (effect != 0), told, values)


def _weekdays(first: int, count: int) -> Ints:
    """0 is a Monday."""
    return (first - 1 + np.arange(count)) % 7


def _level(rest: Floats, ordinary: NDArray[np.bool_]) -> Floats:
    """Moving median over ordinary days, straight across the others."""
    every = np.arange(len(rest))
    filled = np.interp(every, every[ordinary], rest[ordinary])
    padded = np.pad(filled, LEVEL // 2, mode="edge")
    level = np.median(np.lib.stride_tricks.sliding_window_view(padded, LEVEL), axis=1)
    return np.interp(every, every[ordinary], level[ordinary])


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else 0.0


def _slot_effects(parts: Sequence[_Part], calendar: Calendar) -> tuple[Floats, Floats]:
    """(series, slots): effects, and how rough these days are; nothing for ordinary days."""
    count, kinds = len(parts), len(calendar.names)
    weight, total, square, seen = (np.zeros((count, kinds)) for _one in range(4))
    for row, part in enumerate(parts):
        used = (part.numbers > 0) & part.alive
        numbers, left = part.numbers[used], part.left[used]
        share = AGEING ** ((len(part.left) - 1 - np.flatnonzero(used)) // 365)
        weight[row] = np.bincount(numbers, share, kinds)
        total[row] = np.bincount(numbers, share * left, kinds)
        square[row] = np.bincount(numbers, share * left**2, kinds)
        seen[row] = np.bincount(numbers, minlength=kinds)
    noise, usual = (np.array(sizes)[:, None] for sizes in zip(*((one.noise, one.usual) for one in parts), strict=True))
    own = np.where(weight > 0, total / np.maximum(weight, 1e-9), 0.0)
    within = _within(square, weight, own, seen, noise) * noise**2
    expected = _expected(own, weight / within, calendar)
    between = _between(own - expected, weight, within, calendar)
    trust = weight / (weight + within / between)
    effects = expected + trust * (own - expected)
    effects[:, 0] = 0.0
    doubt = within + within * between / (weight * between + within)
    rough = np.sqrt(1 + doubt / usual**2)
    rough[:, 0] = 1.0
    return effects, rough


def _within(square: Floats, weight: Floats, own: Floats, seen: Floats, noise: Floats) -> float:
    """Variance of one slot from year to year, in units of the variance of ordinary days."""
    twice = (seen >= 2) & (np.arange(seen.shape[1]) > 0)
    if not twice.any():
        return 2.0
    spread = square / np.maximum(weight, 1e-9) - own**2
    ratio = spread * seen / np.maximum(seen - 1, 1) / noise**2
    return max(float(np.mean(np.minimum(ratio[twice], 25.0))), 1.0)


def _expected(own: Floats, precision: Floats, calendar: Calendar) -> Floats:
    """(series, slots): what series that behave alike lead to expect.

    Of a slot that nobody saw yet: what its like in other holidays does.
    """
    shape = _low_rank(own, precision)
    there: NDArray[np.bool_] = np.any(precision > 0, axis=0)
    classes = np.zeros((len(calendar.names), int(calendar.alike.max()) + 1))
    classes[np.arange(len(calendar.names)), calendar.alike] = there
    classes[:, 0] = 0.0
    alike = (shape @ classes / (classes.sum(axis=0) + 1.0))[:, calendar.alike]
    return np.where(there[None, :], shape, alike)


def _low_rank(own: Floats, precision: Floats) -> Floats:
    """The matrix of rank `RANK` nearest to `own` where it is known, both factors held small: alternating ridge."""
    rank = min(RANK, *own.shape)
    left, sizes, right = np.linalg.svd(np.where(precision > 0, own, 0.0), full_matrices=False)
    signs = np.where(right[np.arange(len(right)), np.abs(right).argmax(axis=1)] < 0, -1.0, 1.0)
    slots = (right * signs[:, None])[:rank].T * np.sqrt(sizes[:rank])
    series = (left * signs)[:, :rank] * np.sqrt(sizes[:rank])
    ridge = np.eye(rank)
    weighted = precision * own
    for _sweep in range(SWEEPS):
        series = np.linalg.solve(
            np.einsum("is,sr,sq->irq", precision, slots, slots) + ridge, (weighted @ slots)[:, :, None]
        )[:, :, 0]
        slots = np.linalg.solve(
            np.einsum("is,ir,iq->srq", precision, series, series) + ridge, (weighted.T @ series)[:, :, None]
        )[:, :, 0]
    return np.asarray(series @ slots.T)


def _between(away: Floats, weight: Floats, within: Floats, calendar: Calendar) -> Floats:
    """(series, slots): variance of true effects around what is expected, by holiday, in proportion to the noise."""
    kinds = np.array([name.partition(" · ")[0] for name in calendar.names])
    excess = np.where(weight > 0, away**2 / within - 1 / np.maximum(weight, 0.1), 0.0)
    variance = np.ones(len(kinds))
    for kind in sorted(set(kinds)):
        columns = kinds == kind
        count = (weight[:, columns] > 0).sum()
        variance[columns] = max(float(np.minimum(excess[:, columns], 25.0).sum()) / max(count, 1), 0.25)
    return variance[None, :] * within


def _regressed(part: _Part, effects: Floats, extra: Floats) -> Floats:
    """(length + horizon,): what regressors add, by ridge regression on what slots leave over; nothing from NaN."""
    count = len(part.left)
    given = np.isfinite(extra)
    seen = [column[:count][given[:count, place]] for place, column in enumerate(extra.T)]
    middle = np.array([_median(column) for column in seen])
    scale = np.array([float(np.std(column)) if len(column) else 0.0 for column in seen])
    inputs = np.where(given & (scale > 0), (extra - middle) / np.where(scale > 0, scale, 1.0), 0.0)
    rest = np.clip(part.left - effects[part.numbers], -4 * part.usual, 4 * part.usual)
    design = inputs[:count][part.alive]
    gram = design.T @ design + RIDGE * np.eye(design.shape[1])
    return np.asarray(inputs @ np.linalg.solve(gram, design.T @ rest[part.alive]))
