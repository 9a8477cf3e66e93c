"""How likely a place fills up in the next 72 hours, from its gates and its reservations.

Learned is the logarithm of the load against its base: the same hour of the four weeks before, holiday effects moved to
where they fall. What is known at the time tells how far the hours ahead will stray from it: the last day and week, the
hour just counted, and how many have booked against how many had booked so far ahead of time on those earlier days.
Ridge regression by hour and how far ahead; its own past errors are the distribution, so that chances need no assumed
shape. On days whose holiday effect is in doubt the errors are stretched by as much.
Places without hours (one value a day) are the same with one step a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from haihe.tourism.domain.forecast.panel import Floats, Ints

WEEKS = 4  # before, that make the base
FARTHEST = 72  # hours ahead
SPANS = (1, 2, 3, 6, 12, 24, 48, 72)  # hours ahead that share one regression, up to and with each
OPEN = 0.05  # of the busiest hour; hours below it are closed and warned of never
FLOOR = 0.02  # of the median hour with visitors
LEAST_DAYS = 70  # to learn from
LEAST = 30  # errors to learn from
RIDGE = 5.0
LARGEST = 4_000  # errors kept a span
EVERY = 5  # issue hours learned from beyond NEAR hours ahead; no divisor of 24, so that every hour gets its turn
NEAR = 6


@dataclass(frozen=True)
class History:
    """What is known of a place.

    load      (days, steps a day), visitors present or counted; NaN where unknown or still to come
    booked    (days, hours), reservations for each day as they stood so many hours before its midnight, 0 to 72; or None
    effects   (days,), logarithmic effect of holidays, days ahead included; zeros where there is none
    rough     (days,), >= 1, how many times an ordinary day's error a day has
    """

    load: Floats
    booked: Floats | None
    effects: Floats
    rough: Floats

    @property
    def steps(self) -> int:
        return self.load.shape[1]


@dataclass(frozen=True)
class Learned:
    """By span of lead time and step of the day: a regression, and its errors in order.

    open_steps   steps of a day with visitors
    floor        visitors that are as good as none; logarithms begin there
    """

    weights: dict[tuple[int, int], Floats]
    errors: dict[tuple[int, int], Floats]
    open_steps: Ints
    floor: float


def learn(history: History, days: int) -> Learned | None:
    """What the first `days` days of a history teach; None where they are too few."""
    if days < LEAST_DAYS:
        return None
    known = history.load[:days][history.load[:days] > 0]
    floor = FLOOR * float(np.median(known)) if len(known) else 1.0
    seen = _Seen(_until(history, days), floor)
    with np.errstate(invalid="ignore"):
        usual = np.nanmean(history.load[:days], axis=0)
    open_steps = np.flatnonzero(usual >= OPEN * np.nanmax(usual))
    every = np.arange((7 * WEEKS + 7) * history.steps, days * history.steps)
    weights, errors = {}, {}
    for span, leads in enumerate(spans(history.steps)):
        issued = every[:: EVERY if leads[-1] > NEAR else 1]
        origins = np.repeat(issued, len(leads))
        targets = origins + np.tile(leads, len(issued))
        kept = (targets < days * history.steps) & np.isin(targets % history.steps, open_steps)
        kept[kept] = np.isfinite(seen.away[targets[kept]])
        origins, targets = origins[kept], targets[kept]
        inputs, truth = seen.inputs(origins, targets), seen.away[targets]
        for step in open_steps:
            here = targets % history.steps == step
            if here.sum() < LEAST:
                return None
            weight = _ridge(inputs[here], truth[here])
            weights[span, int(step)] = weight
            errors[span, int(step)] = np.sort(_thinned(truth[here] - inputs[here] @ weight))
    return Learned(weights, errors, open_steps, floor)


def chances(learned: Learned, history: History, issued: Ints, lead: int, limit: float) -> tuple[Floats, Floats]:
    """Chances that the load passes `limit`, and its expected value, `lead` steps after each of `issued`.

    issued    steps from the start of the history, the last known value each
    returns   (n,), (n,); NaN where the target lies in closed hours or nothing is known to go by
    """
    targets = issued + lead
    span = next(place for place, leads in enumerate(spans(history.steps)) if lead <= leads[-1])
    seen = _Seen(history, learned.floor)
    inputs = seen.inputs(issued, targets)
    chance, expected = np.full(len(issued), np.nan), np.full(len(issued), np.nan)
    for step in learned.open_steps:
        here = (targets % history.steps == step) & np.isfinite(seen.base[targets])
        middle = seen.base[targets[here]] + inputs[here] @ learned.weights[span, int(step)]
        short = (np.log(limit + learned.floor) - middle) / history.rough[targets[here] // history.steps]
        errors = learned.errors[span, int(step)]
        chance[here] = (len(errors) - np.searchsorted(errors, short) + 0.5) / (len(errors) + 1)
        expected[here] = np.exp(middle) - learned.floor
    return chance, expected


def spans(steps: int) -> list[Ints]:
    """Leads in steps, by the regression that serves them."""
    hours = np.arange(1, FARTHEST * steps // 24 + 1) * 24 // steps
    bounds = (0, *SPANS)
    found = [np.flatnonzero((hours > low) & (hours <= high)) + 1 for low, high in pairwise(bounds)]
    return [leads for leads in found if len(leads)]


class _Seen:
    """Base and departures of a history; a departure uses nothing later than its own step."""

    def __init__(self, history: History, floor: float) -> None:
        self.history, steps = history, history.steps
        logs = np.log(history.load + floor)
        calm = logs - history.effects[:, None]
        self.base = (_weeks_before(calm) + history.effects[:, None]).ravel()
        self.away = logs.ravel() - self.base
        self.day = _trailing(self.away, steps)
        self.week = _trailing(self.away, 7 * steps)
        self.booked = _booked_away(history) if history.booked is not None else None

    def inputs(self, origins: Ints, targets: Ints) -> Floats:
        """(n, features) of what is known at `origins` on `targets`."""
        steps = self.history.steps
        days = targets // steps
        now = np.nan_to_num(self.away[origins])
        same_day = days == origins // steps
        before = targets - steps * np.maximum(np.ceil((targets - origins) / steps).astype(int), 1)
        columns = [np.ones(len(origins)), self.day[origins], self.week[origins], now, now * same_day]
        columns.append(np.nan_to_num(self.away[before]))
        columns.append(self.history.effects[days])
        if self.booked is not None:
            hours = np.clip(np.ceil((days * steps - origins - 1) * 24 / steps), 0, self.booked.shape[1] - 1).astype(int)
            told = np.nan_to_num(self.booked[days, hours])
            columns += [told, told * same_day]
        return np.column_stack(columns)


def _until(history: History, days: int) -> History:
    booked = history.booked[:days] if history.booked is not None else None
    return History(history.load[:days], booked, history.effects[:days], history.rough[:days])


def _weeks_before(values: Floats) -> Floats:
    """Mean of the same weekday in the `WEEKS` weeks before, by day (first axis); NaN where none is known."""
    total, count = np.zeros_like(values), np.zeros_like(values)
    for week in range(1, WEEKS + 1):
        shifted = np.full_like(values, np.nan)
        shifted[7 * week :] = values[: -7 * week]
        known = np.isfinite(shifted)
        total += np.where(known, shifted, 0.0)
        count += known
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _trailing(values: Floats, span: int) -> Floats:
    """Mean of the last `span` known values up to and with each; 0 where none is known."""
    known = np.isfinite(values)
    total = np.cumsum(np.concatenate([[0.0], np.where(known, values, 0.0)]))
    count = np.cumsum(np.concatenate([[0], known]))
    first = np.maximum(np.arange(len(values)) + 1 - span, 0)
    last = np.arange(len(values)) + 1
    return np.asarray((total[last] - total[first]) / np.maximum(count[last] - count[first], 1))


def _booked_away(history: History) -> Floats:
    assert history.booked is not None
    logs = np.log1p(history.booked) - history.effects[:, None]
    return np.asarray(logs - _weeks_before(logs))


def _ridge(inputs: Floats, truth: Floats) -> Floats:
    limit = 4 * float(np.std(truth))
    gram = inputs.T @ inputs + RIDGE * np.eye(inputs.shape[1])
    return np.asarray(np.linalg.solve(gram, inputs.T @ np.clip(truth, -limit, limit)))


def _thinned(errors: Floats) -> Floats:
    return errors[:: max(1, len(errors) // LARGEST)]
