"""A city's year of our own making: every stream, with seasons, weekends, holidays and weather. Seeded; pure Python.

Nothing in it is observed: it shows what the pages look like, and the hotels, stations and visitors are invented.
"""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from haihe.tourism.domain.contracts.contract import Contract

DAYS = 790  # two years and two months: every holiday beside that of the year before
ORIGINS = {
    "local": 0.34,
    "beijing": 0.24,
    "hebei": 0.18,
    "shandong": 0.1,
    "liaoning": 0.05,
    "other": 0.07,
    "abroad": 0.02,
}
FAIR_DAYS, FAIR_RATE = 10, 1.35  # the newest days, when a fair nobody announced makes rooms dearer
REVENUE_LATE = 20  # days after a month until its revenue is out
PAYERS = {"local": 0.4, "beijing": 0.28, "hebei": 0.2, "other": 0.12}
Rows = Iterator[list[object]]


@dataclass(frozen=True)
class Day:
    """A day: how busy the city is (1: usual), and its weather."""

    date: date
    busy: float
    holiday: bool
    high: float
    low: float
    rain: float


def days(last: date, count: int = DAYS, seed: int = 1) -> list[Day]:
    """The last `count` days up to `last`."""
    from haihe.tourism.domain.forecast.holiday_slots import holiday_days

    chance = random.Random(seed)  # noqa: S311  the same city each time
    dates = [last - timedelta(days=back) for back in range(count - 1, -1, -1)]
    special = holiday_days("CN", range(dates[0].year, last.year + 1))
    made = []
    for day in dates:
        season = math.sin((day.timetuple().tm_yday - 105) / 365.25 * 2 * math.pi)
        high = 14 + 14 * season + chance.gauss(0, 3)
        rain = max(0.0, chance.gauss(-9, 10)) * (1.6 if season > 0.5 else 0.6)
        slot = special.get(day)
        rest = slot.rest if slot else 0
        holiday = rest > 0
        weekend = day.weekday() >= 5 and rest >= 0
        busy = 1 + 0.28 * season + (0.45 if weekend else 0) + (1.1 if holiday else 0) - (0.15 if rest < 0 else 0)
        busy *= (0.72 if rain > 8 else 1) * chance.lognormvariate(0, 0.07)
        busy *= 1 + 0.06 * (day - dates[0]).days / 365  # the city grows a little
        made.append(Day(day, busy, holiday, round(high, 1), round(high - 8 - chance.random() * 3, 1), round(rain, 1)))
    return made


def csv_of(contract: Contract, year: list[Day], seed: int = 7) -> bytes:
    """A file of one stream, as its source would send it: Chinese headings, codes of the contract, UTF-8."""
    chance = random.Random(f"{seed}:{contract.id}")  # noqa: S311
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n")
    write.writerow([column.label for column in contract.columns])
    write.writerows(MAKERS[contract.id](year, chance))
    return text.getvalue().encode()


def _entry_exit(year: list[Day], chance: random.Random) -> Rows:
    ports = {"P01": ("air", 1.0), "P02": ("sea", 0.22), "P03": ("sea", 0.12)}
    kinds = [("mainland", "CHN", 900), ("hmt", "HKG", 160), ("hmt", "TWN", 90), ("foreign", "JPN", 150)]
    kinds += [("foreign", "KOR", 220), ("foreign", "RUS", 90), ("foreign", "USA", 60), ("foreign", "DEU", 40)]
    for day in year:
        for port, (mode, size) in ports.items():
            if port == "P02" and day.date.toordinal() % 4:
                continue
            for direction in ("in", "out"):
                for kind, country, usual in kinds:
                    persons = _count(usual * size * day.busy * (4 if port == "P02" else 1), chance)
                    yield [day.date, port, direction, mode, kind, country, persons, max(1, persons // 150)]


def _transport(year: list[Day], chance: random.Random) -> Rows:
    stations = {"S01": ("air", 9000), "S02": ("rail", 30000), "S03": ("rail", 22000), "S04": ("rail", 6000)}
    stations |= {"S05": ("road", 5000)}
    for day in year:
        for station, (mode, usual) in stations.items():
            for leg in ("arrive", "depart"):
                for origin, share in (("beijing", 0.4), ("hebei", 0.25), ("shandong", 0.2), ("other", 0.15)):
                    passengers = _count(usual * share * (0.55 + 0.45 * day.busy), chance)
                    seats = int(usual * share * 1.9)
                    yield [day.date, station, mode, leg, origin, seats // 300 + 1, seats, min(passengers, seats)]


def _lodging(year: list[Day], chance: random.Random) -> Rows:
    fill = {"star5": 0.55, "star4": 0.52, "star3": 0.44, "limited": 0.6, "homestay": 0.4}
    classes = {
        "star5": (320, 780),
        "star4": (240, 460),
        "star3": (120, 260),
        "limited": (150, 290),
        "homestay": (12, 420),
    }
    houses = []
    for number in range(1, 33):
        kind = list(classes)[number % 5]
        rooms, rate = classes[kind]
        houses.append((f"H{number:03}", kind, f"D0{1 + number % 4}", int(rooms * chance.uniform(0.7, 1.3)), rate))
    fair = year[-1].date - timedelta(days=FAIR_DAYS)
    for day in year:
        dearer = FAIR_RATE if day.date > fair else 1.0
        for house, kind, district, rooms, rate in houses:
            sold = min(rooms, _count(rooms * min(0.97, fill[kind] * day.busy**0.7), chance))
            guests = _count(sold * 0.95, chance)
            revenue = sold * rate * dearer * (0.85 + 0.18 * day.busy) * chance.uniform(0.95, 1.05)
            abroad = min(guests, _count(guests * (0.09 if kind == "star5" else 0.02), chance))
            nights = int(sold * chance.uniform(1.5, 1.7))
            yield [day.date, house, kind, district, rooms, sold, guests, abroad, nights, f"{revenue:.2f}"]


def _consumption(year: list[Day], chance: random.Random) -> Rows:
    trades = {"lodging": 380, "catering": 95, "transport": 60, "sights": 110, "shopping": 180, "fun": 140}
    weights = {"lodging": 0.5, "catering": 2.2, "transport": 1.4, "sights": 0.6, "shopping": 1.5, "fun": 0.6}
    for day in year:
        for district, size in (("D01", 1.0), ("D02", 0.8), ("D03", 0.55), ("D04", 0.35)):
            for trade, ticket in trades.items():
                for payment, share in (("qr", 0.72), ("card", 0.28)):
                    for origin, part in PAYERS.items():
                        count = _count(9000 * size * weights[trade] * share * part * day.busy, chance)
                        amount = count * ticket * chance.uniform(0.92, 1.08)
                        yield [day.date, district, trade, payment, origin, count, f"{amount:.2f}"]


def _visits(year: list[Day], chance: random.Random) -> Rows:
    spots = {"V01": (14000, 0, 60000), "V02": (4200, 0, 9000), "V03": (1500, 60, 4000), "V04": (2600, 25, 12000)}
    for day in year:
        for spot, (usual, price, capacity) in spots.items():
            if spot == "V02" and day.date.weekday() == 0 and not day.holiday:
                continue  # the museum is closed on Mondays
            for channel, share in (("booked", 0.62), ("window", 0.14), ("free", 0.24)):
                for origin, part in ORIGINS.items():
                    visitors = _count(usual * share * part * day.busy**1.25, chance)
                    reserved = int(visitors * chance.uniform(1.06, 1.2)) if channel == "booked" else 0
                    revenue = 0 if channel == "free" else visitors * price
                    yield [day.date, spot, channel, origin, reserved, visitors, revenue, capacity]


SPOTS = {"V01": (14000, 60000), "V02": (4200, 9000), "V03": (1500, 4000), "V04": (2600, 12000)}
HOURS = (0.05, 0.1, 0.15, 0.16, 0.14, 0.12, 0.11, 0.09, 0.05, 0.03)  # of a day's admissions, from 8 to 17
STAYS = (1.0, 0.8, 0.45, 0.15)  # of those who came so many hours ago, how many are still there
SNAPSHOTS = {72: 0.1, 48: 0.2, 24: 0.38, 12: 0.5, 0: 0.6}  # hours before a day -> share of it that has booked


def _gates(year: list[Day], chance: random.Random) -> Rows:
    for day in year:
        for spot, (usual, capacity) in SPOTS.items():
            if spot == "V02" and day.date.weekday() == 0 and not day.holiday:
                continue
            whole = usual * day.busy**1.25
            entered = [_count(whole * share, chance) for share in HOURS]
            for at, came in enumerate(entered):
                present = sum(round(entered[at - ago] * stay) for ago, stay in enumerate(STAYS) if ago <= at)
                yield [day.date, spot, 8 + at, came, present, capacity // 3]


def _reservations(year: list[Day], chance: random.Random) -> Rows:
    """Also of the three days to come, as far as one can have booked for them yet."""
    ahead = [Day(day.date + timedelta(days=7), *(getattr(day, name) for name in PLAIN)) for day in year[-7:][:3]]
    for back, day in [*((0, day) for day in year), *enumerate(ahead, start=1)]:
        for spot, (usual, _capacity) in SPOTS.items():
            for hours, share in SNAPSHOTS.items():
                if not back or hours > 24 * (back - 1) + 6:
                    yield [day.date, spot, hours, _count(usual * day.busy**1.25 * share, chance)]


PLAIN = ("busy", "holiday", "high", "low", "rain")


def _survey(year: list[Day], chance: random.Random) -> Rows:
    number = 0
    for day in year:
        for _sheet in range(14):
            number += 1
            origin = chance.choices([*ORIGINS], [*ORIGINS.values()])[0]
            purpose = chance.choices(["leisure", "family", "business", "other"], [60, 20, 15, 5])[0]
            far = chance.uniform(2, 60) if origin == "local" else chance.uniform(60, 1400)
            nights = (
                0
                if origin in ("local", "hebei") and chance.random() < 0.75
                else chance.choices([0, 1, 2, 3], [3, 4, 2, 1])[0]
            )
            hours = round(chance.uniform(3, 12) + 24 * nights, 1)
            spend = round(chance.lognormvariate(5.4, 0.5) + nights * chance.uniform(350, 700), 2)
            mark = chance.choices([1, 2, 3, 4, 5], [1, 3, 12, 46, 38])[0]
            weight = round(day.busy * chance.uniform(900, 1500), 1)
            yield [day.date, f"Q{number:05}", origin, purpose, round(far, 1), hours, nights, spend, mark, weight]


def _media(year: list[Day], chance: random.Random) -> Rows:
    for day in year:
        for channel, usual in (("wechat", 42000), ("weibo", 65000), ("video", 210000), ("site", 9000)):
            reads = _count(usual * day.busy**0.6, chance)
            clicks = int(reads * chance.uniform(0.004, 0.011))
            yield [day.date, channel, reads, int(reads * chance.uniform(0.02, 0.05)), clicks, round(clicks * 1.9, 2)]


def _industry(year: list[Day], chance: random.Random) -> Rows:
    usual = {"scenic": (86, 9400, 21000), "hotel": (640, 31000, 88000), "agency": (410, 7800, 39000)}
    usual |= {"culture": (2900, 68000, 120000)}
    out = year[-1].date - timedelta(days=REVENUE_LATE)
    months = sorted({day.date.replace(day=1) for day in year})
    for first in (one for one in months if year[0].date <= one and (one + timedelta(days=32)).replace(day=1) <= out):
        busy = sum(day.busy for day in year if day.date.replace(day=1) == first)
        for industry, (units, staff, revenue) in usual.items():
            grown = revenue * busy / 36 * chance.uniform(0.97, 1.03)
            yield [first, industry, units, int(staff * chance.uniform(0.98, 1.02)), round(grown, 1)]


def _weather(year: list[Day], chance: random.Random) -> Rows:
    for day in year:
        yield [day.date, day.high, day.low, day.rain]


def _count(mean: float, chance: random.Random) -> int:
    return max(0, round(mean * chance.lognormvariate(0, 0.06)))


MAKERS: dict[str, Callable[[list[Day], random.Random], Rows]] = {
    "entry-exit": _entry_exit,
    "transport": _transport,
    "lodging": _lodging,
    "consumption": _consumption,
    "visits": _visits,
    "gates": _gates,
    "reservations": _reservations,
    "survey": _survey,
    "media": _media,
    "industry": _industry,
    "weather": _weather,
}
