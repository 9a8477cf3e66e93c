"""What is to be believed now of the next 72 hours at several places: how likely each passes a share of its capacity.

The same path for the command and the room. Holidays are learned from all places together (`effects`), the rest by place
(`crowding`). What it is worth is judged against climatology: how often such an hour was so on working days and on days
off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from haihe.tourism.domain.forecast.alerts import STAGES, Alert, Chance, Stage, count, decide
from haihe.tourism.domain.forecast.crowding import FARTHEST, LEAST_DAYS, History, chances, learn
from haihe.tourism.domain.forecast.effects import calendar_of, estimate
from haihe.tourism.domain.forecast.guards import Refusal
from haihe.tourism.domain.forecast.holiday_slots import holiday_days
from haihe.tourism.domain.forecast.panel import Floats
from haihe.tourism.domain.forecast.said import Said

EPOCH = date(1970, 1, 1).toordinal()
AHEAD = FARTHEST // 24 + 2  # days after the last whole one that chances may reach into
BOOKED_HOURS = 73


@dataclass(frozen=True)
class Watched:
    """A place as it is known now.

    capacity   approved (最大承载量), in the unit of its load
    first      day of the first row, from 0001-01-01
    load       (days, steps a day), 24 steps or one; NaN where unknown. Its last known value is the newest count
    booked     (days and those ahead, 73): reservations of each day as they stood so many hours before it; or None
    """

    name: str
    capacity: float
    first: int
    load: Floats
    booked: Floats | None = None

    @property
    def steps(self) -> int:
        return self.load.shape[1]

    @property
    def newest(self) -> int:
        """The last step that was counted; -1 where none was."""
        known = np.flatnonzero(np.isfinite(self.load.ravel()))
        return int(known[-1]) if len(known) else -1

    def hour(self, step: int) -> int:
        """Hours since 1970 on the place's clock; of a place without hours the last of the day."""
        days, within = divmod(step, self.steps)
        return (self.first - EPOCH + days) * 24 + (within if self.steps > 1 else 23)


@dataclass(frozen=True)
class Outlook:
    """The hours ahead of one place, those in which it is open.

    issued     the newest count
    expected   by hour, as a share of the capacity
    chances    by share and hour: chance, and how often it was so before
    """

    place: str
    issued: int
    hours: tuple[int, ...]
    expected: tuple[float, ...]
    chances: tuple[Chance, ...]


def look_ahead(
    places: Sequence[Watched], country: str = "CN", stages: Sequence[Stage] = STAGES
) -> list[Outlook | Refusal]:
    """The outlook of every place, in their order; one whose past is too short is refused."""
    days = [(one.newest + 1) // one.steps for one in places]
    able = [(one, count_) for one, count_ in zip(places, days, strict=True) if count_ >= LEAST_DAYS]
    histories = dict(zip((one.name for one, _days in able), _histories(able, country), strict=True))
    shares = sorted({stage.share for stage in stages})
    return [
        _outlook(one, histories[one.name], known, country, shares)
        if one.name in histories
        else Refusal(one.name, _too_few(known))
        for one, known in zip(places, days, strict=True)
    ]


def closed_hours(load: Floats) -> Floats:
    """(days, steps): an open hour of a day that has others: nobody was there. Not so after the newest."""
    known = np.isfinite(load)
    nobody: NDArray[np.bool_] = ~known & known.any(axis=1, keepdims=True)
    newest = int(np.flatnonzero(known.ravel())[-1])
    nobody &= (np.arange(load.size) <= newest).reshape(load.shape)
    return np.where(nobody, 0.0, load)


def _too_few(known: int) -> Said:
    english = f"it has {known} days of counts; {LEAST_DAYS} are needed"
    return Said(english, f"只有 {known} 天客流记录，至少需要 {LEAST_DAYS} 天")


def alerts_of(
    outlooks: Sequence[Outlook], places: Sequence[Watched], raised: Sequence[Alert], stages: Sequence[Stage] = STAGES
) -> list[Alert]:
    """What is to be told now: of the hours ahead, and of what was just counted."""
    told = decide([chance for one in outlooks for chance in one.chances], raised, stages)
    for place in places:
        newest = place.newest
        if newest >= 0:
            load = float(np.nanmax(place.load[newest // place.steps]))  # counts may come several at once
            told += count(place.name, place.hour(newest), load, place.capacity, raised)
    return told


def loads_of(place: Watched, since: int = 0) -> dict[tuple[str, int], float]:
    """What was counted from an hour on, as shares of the capacity."""
    flat = place.load.ravel()
    known = np.flatnonzero(np.isfinite(flat))
    hours = ((place.name, place.hour(int(step)), float(flat[step]) / place.capacity) for step in known)
    return {(name, hour): share for name, hour, share in hours if hour >= since}


def _histories(able: Sequence[tuple[Watched, int]], country: str) -> list[History]:
    if not able:
        return []
    totals = [np.nansum(one.load[:days], axis=1) for one, days in able]
    firsts = [one.first for one, _days in able]
    last = max(first + len(total) for first, total in zip(firsts, totals, strict=True)) + AHEAD
    found = estimate(totals, firsts, [calendar_of(country, min(firsts), last)], AHEAD)
    return [
        History(
            _reaching(one.load, days + AHEAD),
            None if one.booked is None else _reaching(one.booked, days + AHEAD),
            found.known[row],
            found.rough[row],
        )
        for row, (one, days) in enumerate(able)
    ]


def _reaching(values: Floats, days: int) -> Floats:
    """So many days, open where nothing is known."""
    full = np.full((days, values.shape[1]), np.nan)
    full[: min(days, len(values))] = values[:days]
    return full


def _outlook(place: Watched, history: History, days: int, country: str, shares: Sequence[float]) -> Outlook | Refusal:
    learned = learn(history, days)
    if learned is None:
        return Refusal(place.name, Said("its counts are too sparse to learn from", "客流记录太稀疏，无法学习"))
    issued = np.array([place.newest])
    rest = _rests(place.first, days + AHEAD, country)
    usual = {share: _climatology(place.load[:days], rest[:days], share * place.capacity) for share in shares}
    hours, expected, told = [], [], []
    for lead in range(1, FARTHEST * place.steps // 24 + 1):
        step = place.newest + lead
        day, within = divmod(step, place.steps)
        for share in shares:
            (chance,), (load,) = chances(learned, history, issued, lead, share * place.capacity)
            if not np.isfinite(chance):
                break
            before = float(usual[share][int(rest[day]), within])
            told.append(Chance(place.name, place.hour(step), place.hour(place.newest), share, float(chance), before))
        else:
            hours.append(place.hour(step))
            expected.append(float(load) / place.capacity)
    return Outlook(place.name, place.hour(place.newest), tuple(hours), tuple(expected), tuple(told))


def _climatology(load: Floats, rest: NDArray[np.bool_], limit: float) -> Floats:
    """(2, steps): how often it was so at this hour, on working days and on days off."""
    kinds = [load[rest == kind] for kind in (False, True)]
    return np.stack([((one >= limit).sum(axis=0) + 0.5) / (len(one) + 1) for one in kinds])


def _rests(first: int, count_: int, country: str) -> NDArray[np.bool_]:
    """Which days are off."""
    days = [date.fromordinal(first) + timedelta(days=step) for step in range(count_)]
    known = holiday_days(country, range(days[0].year, days[-1].year + 1)) if country else {}
    told = [known[day].rest if day in known else 0 for day in days]
    return np.array([rest > 0 or (rest == 0 and day.weekday() >= 5) for day, rest in zip(days, told, strict=True)])
