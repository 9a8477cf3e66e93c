"""What each day is in the calendar of holidays, so that a day can be compared with the same day of another year.

A *slot* is a day's place in a holiday: the third day of Spring Festival by the lunar calendar, the last day off but one
of National Day, the eve of a long weekend, a Sunday that is worked (调休). Days with the same slot are alike though
their dates differ; a holiday week is compared slot by slot and never by date. Arrangements come from the `holidays`
library, lunar dates from `lunar_python`; both are computed, nothing is fetched. A year whose make-up days are not
announced yet has its statutory holidays only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from lunar_python import Lunar

from haihe.tourism.domain.forecast.errors import ForecastAskedWrongly

LUNAR_AROUND = 15  # days before and after 正月初一 that have a slot of their own; the last is the Lantern Festival
LUNAR = ("CN", "HK", "MO", "TW")  # where Spring Festival is counted by lunar days
FROM_START = 4  # a day off is counted from the start of its holiday up to here, then from its end
LONG = 5  # days off in a row that are a long holiday: with two days around it, not one
CHINESE = {
    "national": "National Day",
    "labour": "Labor Day",
    "qingming": "Tomb-Sweeping Day",
    "dragon boat": "Dragon Boat Festival",
    "mid-autumn": "Mid-Autumn Festival",
    "new year": "New Year's Day",
}
MAKE_UP = "make-up day"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """A day that is not ordinary.

    slot    "national · long d2"; a day with the same slot in another year is like it
    alike   "long d2": its place without its holiday; "" where that says nothing
    rest    1 where it is a day off, -1 where a weekend day is worked, else 0
    """

    slot: str
    alike: str = ""
    rest: int = 0


def holiday_days(country: str, years: Iterable[int]) -> dict[date, Day]:
    """Days that are not ordinary. country: ISO 3166 code ("CN", "HK").

    Raises ForecastAskedWrongly for a country without a calendar.
    """
    if country not in holidays.list_supported_countries():
        raise ForecastAskedWrongly("No calendar of holidays is known for this country.", thing=country)
    found: dict[date, Day] = {}
    for year in years:
        found.update(_year(country, year))
    return found


@lru_cache(maxsize=256)
def provisional(country: str, year: int) -> bool:
    """Whether the make-up days of a Chinese year are still to be announced; they were every year since 2001."""
    if country != "CN" or year < 2001:
        return False
    return not any(day.year == year for day in holidays.country_holidays("CN", years=[year]).weekend_workdays)


@lru_cache(maxsize=256)
def _year(country: str, year: int) -> dict[date, Day]:
    """One year, holidays across its ends included."""
    calendar = holidays.country_holidays(country, years=[year - 1, year, year + 1], language=_language(country))
    worked = set(getattr(calendar, "weekend_workdays", ()))
    found = {day: Day(MAKE_UP, rest=-1) for day in worked}
    resting = set()
    for run in _runs_off(set(calendar), worked):
        resting.update(run)
        kind = _kind(country, [calendar[day] for day in run if day in calendar])
        for day, place in _places(run).items() if kind else ():
            if day in run or day not in found:
                found[day] = Day(f"{kind} · {place}", place, int(day in run))
    if country in LUNAR:
        for around in (year, year + 1):
            found.update(_spring(around, resting, worked))
    return {day: slot for day, slot in found.items() if day.year == year}


def _spring(year: int, resting: set[date], worked: set[date]) -> dict[date, Day]:
    new_year = lunar_new_year(year)
    found = {}
    for distance in range(-LUNAR_AROUND, LUNAR_AROUND + 1):
        day = new_year + distance * _DAY
        place = _PLACES_OF_SPRING.get(distance, "")
        found[day] = Day(f"spring · {distance:+d}", place and f"long {place}", int(day in resting) - int(day in worked))
    return found


_PLACES_OF_SPRING = dict(
    zip(
        range(-3, 9),
        ["eve 2", "eve 1", "d1", "d1", "d2", "d3", "d4", "last-2", "last-1", "last", "after 1", "after 2"],
        strict=True,
    )
)


def _language(country: str) -> str | None:
    return "en_US" if "en_US" in holidays.list_localized_countries().get(country, []) else None


@lru_cache(maxsize=256)
def lunar_new_year(year: int) -> date:
    """正月初一 of the lunar year that begins in `year`."""
    first = Lunar.fromYmd(year, 1, 1).getSolar()
    return date(first.getYear(), first.getMonth(), first.getDay())


def _runs_off(off: set[date], worked: set[date]) -> list[list[date]]:
    """Days off in a row that hold a holiday, weekends beside it included."""

    def rests(day: date) -> bool:
        return day in off or (day.weekday() >= 5 and day not in worked)

    runs: list[list[date]] = []
    for day in sorted(off):
        if runs and day <= runs[-1][-1]:
            continue
        first = last = day
        while rests(first - _DAY):
            first -= _DAY
        while rests(last + _DAY):
            last += _DAY
        runs.append([first + step * _DAY for step in range((last - first).days + 1)])
    return runs


def _kind(country: str, names: list[str]) -> str:
    if country == "CN":
        return next((kind for kind, name in CHINESE.items() if any(name in one for one in names)), "")
    return re.sub(r" \(.*?\)", "", names[0]) if names else ""


def _places(run: list[date]) -> dict[date, str]:
    """Where in its holiday a day lies: counted from the start, then from the end, then the days around."""
    length = len(run)
    size = "single" if length == 1 else "short" if length < LONG else "long"
    places = {}
    for step, day in enumerate(run):
        left = length - 1 - step
        if step < FROM_START and (step <= left or length == 1):
            places[day] = f"{size} d{step + 1}"
        else:
            places[day] = f"{size} last-{left}" if left else f"{size} last"
    for step in range(1, 3 if length >= LONG else 2):
        places[run[0] - step * _DAY] = f"{size} eve {step}"
        places[run[-1] + step * _DAY] = f"{size} after {step}"
    return places
