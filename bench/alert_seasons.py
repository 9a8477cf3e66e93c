"""Alerts judged hour by hour: a simulated season with gates and reservations, and real daily series."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from forecast_data import Floats
from haihe.tourism.domain.forecast.crowding import History, chances, learn
from haihe.tourism.domain.forecast.effects import calendar_of, estimate
from haihe.tourism.domain.forecast.holiday_slots import holiday_days

LEADS = (1, 3, 6, 12, 24, 48, 72)  # hours
AGAIN = 28  # days between two learnings


@dataclass(frozen=True)
class Judged:
    """chance, usual (climatology), happened: (n,) over all issues and leads; days: number of the target's day."""

    chance: Floats
    usual: Floats
    happened: Floats
    lead: Floats
    days: Floats

    @property
    def skill(self) -> float:
        """Against climatology."""
        return float(1 - np.mean((self.chance - self.happened) ** 2) / np.mean((self.usual - self.happened) ** 2))


@dataclass(frozen=True)
class Place:
    """load (days, steps), booked (days, 73) or None, and what must be passed."""

    load: Floats
    booked: Floats | None
    share: float


def judge(first: date, places: Sequence[Place], begin: int, countries: Sequence[str]) -> Judged:
    """Chances of all hours after day `begin` as they would have been given, each known part alone to go by.

    first   day of all places' first value; they are equally long, and learn their holidays from one another
    """
    days, _steps = places[0].load.shape
    rest = np.array([_rests(first + timedelta(days=day), countries) for day in range(days)])
    parts: list[tuple[Floats, ...]] = []
    for start in range(begin, days - 4, AGAIN):
        stop = min(start + AGAIN, days - 4)
        effects = _effects(first, [place.load[:start] for place in places], stop + 4, countries)
        for place, (effect, rough) in zip(places, effects, strict=True):
            parts += _judge_place(place, History(place.load, place.booked, effect, rough), rest, start, stop)
    return Judged(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _judge_place(place: Place, history: History, rest: Floats, start: int, stop: int) -> list[tuple[Floats, ...]]:
    steps, share = history.steps, place.share
    booked = None if history.booked is None else history.booked[: stop + 4]
    history = History(history.load[: stop + 4], booked, history.effects, history.rough)
    learned = learn(history, start)
    if learned is None:
        return []
    usual = _climatology(place.load[:start], rest[:start], share)
    issued = np.arange(start * steps - 1, stop * steps - 1)
    parts = []
    for lead in sorted({max(1, hours * steps // 24) for hours in LEADS if hours * steps >= 24}):
        chance, _expected = chances(learned, history, issued, lead, share)
        target = issued + lead
        truth = place.load.ravel()[target]
        kept = np.isfinite(chance) & np.isfinite(truth)
        day = target // steps
        so = (truth >= share)[kept].astype(float)
        usually = usual[rest[day].astype(int), target % steps][kept]
        parts.append((chance[kept], usually, so, np.full(kept.sum(), lead * 24.0 / steps), day[kept].astype(float)))
    return parts


def _climatology(load: Floats, rest: Floats, share: float) -> Floats:
    """(2, steps): how often it was so at this hour, on working days and on days off."""
    return np.stack([((load[rest == kind] >= share).sum(axis=0) + 0.5) / ((rest == kind).sum() + 1) for kind in (0, 1)])


def _rests(day: date, countries: Sequence[str]) -> int:
    told = holiday_days(countries[0], [day.year]).get(day) if countries else None
    return int(day.weekday() >= 5 if told is None or told.rest == 0 else told.rest > 0)


def _effects(first: date, known: Sequence[Floats], until: int, countries: Sequence[str]) -> list[tuple[Floats, Floats]]:
    if not countries:
        return [(np.zeros(until), np.ones(until)) for _one in known]
    totals = [np.nansum(one, axis=1) for one in known]
    calendars = [calendar_of(one, first.toordinal(), first.toordinal() + until) for one in countries]
    found = estimate(totals, [first.toordinal()] * len(known), calendars, until - len(totals[0]))
    return list(zip(found.known, found.rough, strict=True))


def season(days: int, *, seed: int = 0, first: date = date(2022, 3, 1)) -> tuple[Floats, Floats]:
    """A simulated scenic place: (days, 24) visitors present, and (days, 73) reservations before each midnight.

    Weekends, holidays of China, summer, weather that lasts some days, and a day's own luck; six in ten book ahead,
    the farther ahead the fewer; visitors come by a curve over the day and stay about three hours.
    """
    draw = np.random.default_rng(seed)
    every = [first + timedelta(days=step) for step in range(days)]
    summer = np.array([0.35 * np.exp(-(((day.timetuple().tm_yday - 210) / 35.0) ** 2)) for day in every])
    resting = np.array([float(_rests(day, ["CN"])) for day in every])
    long = np.array([_holiday(day) for day in every])
    weather = np.zeros(days)
    for step in range(1, days):
        weather[step] = 0.6 * weather[step - 1] + draw.normal(0, 0.16)
    total = 9000 * np.exp(0.45 * resting + long + summer + weather + draw.normal(0, 0.12, days))
    curve = 0.6 * np.exp(-np.arange(73) / 40.0)
    booked = total[:, None] * curve * np.exp(draw.normal(0, 0.10, (days, 1)) + draw.normal(0, 0.03, (days, 73)))
    hours = np.arange(24)
    shape = np.exp(-(((hours - 10.5) / 2.2) ** 2)) * ((hours >= 8) & (hours <= 17))
    present = np.zeros((days, 24))
    for step in range(days):
        arrivals = draw.poisson(total[step] * _moved(shape, draw.normal(0, 0.3)))
        for stay, part in enumerate((0.15, 0.30, 0.30, 0.20, 0.05)):
            for hour in range(24):
                present[step, hour : min(hour + stay + 1, 20)] += part * arrivals[hour]
    return np.round(present), np.round(booked)


def _moved(shape: Floats, by: float) -> Floats:
    moved = np.interp(np.arange(24) - by, np.arange(24), shape)
    return np.asarray(moved / moved.sum())


def _holiday(day: date) -> float:
    told = holiday_days("CN", [day.year]).get(day)
    if told is None or told.rest <= 0:
        return 0.0
    return 0.6 if told.alike.startswith("long") else 0.25


def border(place: Path, begin: date = date(2023, 2, 6)) -> dict[str, tuple[date, Floats]]:
    """Daily passengers at Hong Kong's control points by direction and group, from the full opening on."""
    found: dict[str, dict[date, float]] = {}
    with gzip.open(place / "tourism-flows/hk_daily_passenger_traffic_2021-01_2025-06.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            day = date(*(int(part) for part in reversed(row["Date"].split("-"))))
            if day < begin:
                continue
            for group in ("Hong Kong Residents", "Mainland Visitors", "Other Visitors"):
                name = f"{row['Control Point']}, {row['Arrival / Departure']}, {group}"
                found.setdefault(name, {})[day] = float(row[group])
    longest = max(len(one) for one in found.values())
    return {
        name: (min(one), np.array([one[day] for day in sorted(one)]))
        for name, one in sorted(found.items())
        if len(one) == longest and np.median(list(one.values())) >= 100
    }


def sichuan(place: Path) -> dict[str, tuple[date, Floats]]:
    """Daily visitors of Jiuzhaigou and Siguniang, 2020-04 to 2021-09."""
    found = {}
    for name in ("jiuzhaigou", "siguniang"):
        with (place / f"tourism-flows/{name}_daily_visitors.csv").open(encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
        first = date(*(int(part) for part in rows[0]["date"].replace("/", "-").split("-")))
        found[name] = (first, np.array([float(row["tourist"]) for row in rows]))
    return found
