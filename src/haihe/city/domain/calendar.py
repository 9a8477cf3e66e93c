"""The working-day calendar of China: weekends, public holidays and make-up days 调休.

Every autumn the State Council announces how next year's holidays are arranged, and which weekend days are worked to
make them longer. The announcements from 2001 on come with the `holidays` library. A year that it does not know yet is
*provisional*: its holidays are computed from the law, make-up days are missing. As soon as the announcement is out, an
operator may write it into `calendar/<year>.json` in the home folder (see `calendar_file`); that file then holds for
the year. Lunar dates come from `lunar_python`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from haihe.city.domain.calendar_file import YearFile, read_year_file
from haihe.city.errors import YearOutOfRange

if TYPE_CHECKING:  # 10 MB that only those need who ask for a day
    import holidays

FIRST_YEAR, LAST_YEAR = 1950, 2099
_DAY = timedelta(days=1)


class Kind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"  # a day off that is no ordinary weekend
    MAKE_UP = "make_up"  # 调休上班: a weekend day that is worked


@dataclass(frozen=True)
class DayKind:
    """What a day is.

    name, name_en   of the holiday, or of the holiday a make-up day pays for; empty on ordinary days
    provisional     the arrangement of this year is not announced: make-up days are missing
    lunar           "二〇二六年正月初一"
    """

    date: date
    kind: Kind
    name: str
    name_en: str
    provisional: bool
    lunar: str

    @property
    def works(self) -> bool:
        return self.kind in (Kind.WORKDAY, Kind.MAKE_UP)


@dataclass(frozen=True)
class _Day:
    works: bool
    name: str
    name_en: str


class WorkingCalendar:
    """The calendar of one city.

    folder   where the operator's year files lie; None: none
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def day_kind(self, day: date) -> DayKind:
        """What `day` is. Raises YearOutOfRange, CalendarFileBad."""
        special = self._arranged(day)
        weekend = day.weekday() >= 5
        if special is None:
            kind = Kind.WEEKEND if weekend else Kind.WORKDAY
        elif special.works:
            kind = Kind.MAKE_UP
        else:
            kind = Kind.HOLIDAY
        name, name_en = (special.name, special.name_en) if special else ("", "")
        return DayKind(day, kind, name, name_en, self.is_provisional(day.year), lunar_date(day))

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`. Raises YearOutOfRange, CalendarFileBad."""
        special = self._arranged(day)
        return special.works if special is not None else day.weekday() < 5

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it, when n is negative). n = 0: `day` itself, or the next working
        day when it is none. Raises YearOutOfRange, CalendarFileBad."""
        step = _DAY if n >= 0 else -_DAY
        left = abs(n)
        if left == 0:
            while not self.is_working_day(day):
                day += _DAY
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + n * _DAY) for n in range(1, (end - start).days + 1))

    def is_provisional(self, year: int) -> bool:
        """Whether the arrangement of `year` is still to be announced. Raises YearOutOfRange, CalendarFileBad."""
        return self._file(year) is None and not _announced(_known(year))

    def source(self, year: int) -> str:
        """Where the arrangement of `year` comes from: the operator's own words; empty: the library's."""
        file = self._file(year)
        return file.source if file else ""

    def days_of(self, year: int) -> list[DayKind]:
        """Every day of a year, in order. Raises YearOutOfRange, CalendarFileBad."""
        first = date(_known(year), 1, 1)
        return [self.day_kind(first + n * _DAY) for n in range((date(year, 12, 31) - first).days + 1)]

    def _arranged(self, day: date) -> _Day | None:
        file = self._file(_known(day.year))
        # The announcement for a year may make a day of the December before a working day.
        following = self._file(day.year + 1) if day.month == 12 and day.year < LAST_YEAR else None
        for one in (following, file):
            if one is not None and day in one.days:
                entry = one.days[day]
                return _Day(entry.works, entry.name, entry.name_en)
        return None if file is not None else _announcement(day.year).get(day)

    def _file(self, year: int) -> YearFile | None:
        if self.folder is None:
            return None
        return read_year_file(self.folder / f"{year}.json", year)


class _Default:
    @cached_property
    def calendar(self) -> WorkingCalendar:
        from haihe.base.config import load

        return WorkingCalendar(load().home / "calendar")


_default = _Default()


def default_calendar() -> WorkingCalendar:
    """The calendar of this installation."""
    return _default.calendar


def is_working_day(day: date) -> bool:
    """`WorkingCalendar.is_working_day` of this installation."""
    return default_calendar().is_working_day(day)


def add_working_days(day: date, n: int) -> date:
    """`WorkingCalendar.add_working_days` of this installation."""
    return default_calendar().add_working_days(day, n)


def day_kind(day: date) -> DayKind:
    """`WorkingCalendar.day_kind` of this installation."""
    return default_calendar().day_kind(day)


def lunar_date(day: date) -> str:
    """The date of the Chinese calendar: 二〇二六年正月初一."""
    from lunar_python import Solar

    return str(Solar.fromYmd(day.year, day.month, day.day).getLunar().toString())


def _known(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearOutOfRange(thing=year)
    return year


@lru_cache(maxsize=8)
def _library(year: int, language: str) -> holidays.HolidayBase:
    import holidays

    return holidays.country_holidays("CN", years=[year, min(year + 1, LAST_YEAR)], language=language)


@lru_cache(maxsize=64)
def _announced(year: int) -> bool:
    # Since 2001 no announcement came without make-up days, so a year without any has not been announced.
    return any(day.year == year for day in _library(year, "zh_CN").weekend_workdays)


@lru_cache(maxsize=64)
def _announcement(year: int) -> dict[date, _Day]:
    """Days of `year` that are not what their weekday says, with the holiday each belongs to."""
    chinese, english = _library(year, "zh_CN"), _library(year, "en_US")
    off = {day for day in chinese if chinese[day]}
    days = {day: _Day(False, *_holiday_of(day, off, chinese, english)) for day in off if day.year == year}
    for day in sorted(off):
        for made_up in _dates_in(chinese[day]):
            if made_up.year == year:
                days[made_up] = _Day(True, *_holiday_of(day, off, chinese, english))
    for day in chinese.weekend_workdays:
        if day.year == year and day not in days:
            days[day] = _Day(True, "", "")
    return days


def _holiday_of(
    day: date, off: set[date], chinese: holidays.HolidayBase, english: holidays.HolidayBase
) -> tuple[str, str]:
    """Name of the holiday a day off belongs to: its own, or the nearest named one in the same run of days off."""
    for distance in range(12):
        for near in (day - distance * _DAY, day + distance * _DAY):
            if near in off and not _dates_in(chinese[near]) and _one_run(day, near, off):
                return _plain(chinese[near]), _plain(english[near])
    return _plain(chinese[day]), _plain(english[day])


def _one_run(one: date, other: date, off: set[date]) -> bool:
    first, last = min(one, other), max(one, other)
    between = (first + n * _DAY for n in range((last - first).days + 1))
    return all(day in off or day.weekday() >= 5 for day in between)


def _plain(name: str) -> str:
    return re.sub(r"(（补假[^）]*）| \(observed[^)]*\))", "", name)


def _dates_in(name: str) -> list[date]:
    return [date.fromisoformat(found) for found in re.findall(r"\d{4}-\d{2}-\d{2}", name)]
