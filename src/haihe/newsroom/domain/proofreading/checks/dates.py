"""Dates and times that cannot be, or that disagree with their weekday or with each other."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.numbers import HAN_NUMBER, whole_number
from haihe.newsroom.domain.proofreading.settings import Settings

_YEAR = r"(?P<year>\d{4}|[〇零○一二三四五六七八九]{4})年"
_MONTH = rf"(?P<month>\d{{1,2}}|{HAN_NUMBER}{{1,3}})月(?:份)?"
_DAY = rf"(?P<day>\d{{1,2}}|{HAN_NUMBER}{{1,3}})(?P<unit>[日号])"
_FULL = re.compile(rf"(?<![\dA-Za-z.])(?:{_YEAR})?{_MONTH}{_DAY}(?!线)")
_ISO = re.compile(
    r"(?<![\d./-])(?P<year>[12]\d{3})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?![\d./-])"
)
_MONTH_ALONE = re.compile(r"(?<![\d.])(?:[12]\d{3}年)(?P<month>\d{1,2})月")
_WEEKDAY = re.compile(r"\s{0,2}[(\uff08\uff0c,]?\s{0,2}(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天])")
_TO = re.compile(r"\s{0,2}(?:至|到|—{1,2}|－|-|–|~|～)\s{0,2}")
_DAY_ONLY = re.compile(rf"{_DAY}")
_CLOCK = re.compile(r"(?<![\d:\uff1a.])(?P<hour>\d{1,2})[:\uff1a](?P<minute>\d{2})(?![\d:\uff1a%.])")
_CLOCK_HAN = re.compile(
    r"(?:上午|下午|晚上|早上|凌晨|中午|傍晚|晚|早)(?P<hour>\d{1,2})(?:时|点)(?:(?P<minute>\d{1,2})分)?"
)
_DAYS = "一二三四五六日"


@dataclass(frozen=True)
class Day:
    """A date as written. year: None where it is not said."""

    start: int
    end: int
    written: str
    year: int | None
    month: int
    day: int

    @property
    def possible(self) -> bool:
        if not (1 <= self.month <= 12 and self.day >= 1):
            return False
        return self.day <= calendar.monthrange(self.year or 2000, self.month)[1]


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    text = document.text
    days = sorted(_days(text), key=lambda one: one.start)
    for day in days:
        if not day.possible:
            yield _impossible(day)
        elif day.year is not None:
            yield from _wrong_weekday(text, day)
    yield from _wrong_periods(text, days)
    yield from _impossible_times(text)
    for match in _MONTH_ALONE.finditer(text):
        if not 1 <= int(match["month"]) <= 12:
            yield _finding(
                "impossible_date",
                Severity.ERROR,
                match.start(),
                match.group(),
                "没有这个月份",
                "There is no such month",
            )


def _days(text: str) -> Iterator[Day]:
    for pattern in (_FULL, _ISO):
        for match in pattern.finditer(text):
            year = whole_number(match["year"]) if match["year"] else None
            month, day = whole_number(match["month"]), whole_number(match["day"])
            lunar = text[: match.start()].endswith(("农历", "阴历", "夏历", "旧历", "腊月", "正月"))
            if month is not None and day is not None and not lunar and (year is None or 1 <= year <= 9999):
                yield Day(match.start(), match.end(), match.group(), year, month, day)


def _impossible(day: Day) -> Finding:
    last = calendar.monthrange(day.year or 2000, day.month)[1] if 1 <= day.month <= 12 else 0
    if not last:
        said = "没有这个月份", "There is no such month"
    elif day.month == 2 and day.day == 29:
        said = f"{day.year}年不是闰年，2月只有28日", f"{day.year} is no leap year"
    else:
        said = f"{day.month}月最多{last}日", f"Month {day.month} has {last} days"
    return _finding("impossible_date", Severity.ERROR, day.start, day.written, *said)


def _wrong_weekday(text: str, day: Day) -> Iterator[Finding]:
    match = _WEEKDAY.match(text, day.end)
    if match is None or day.year is None:
        return
    said = _DAYS.index(match["weekday"].replace("天", "日"))
    real = date(day.year, day.month, day.day).weekday()
    if said != real:
        start = match.start("weekday")
        yield _finding(
            "wrong_weekday",
            Severity.ERROR,
            start,
            match["weekday"],
            f"{day.year}年{day.month}月{day.day}日是星期{_DAYS[real]}",
            f"{day.year}-{day.month:02}-{day.day:02} is a {calendar.day_name[real]}",
            (_DAYS[real],),
        )


def _wrong_periods(text: str, days: list[Day]) -> Iterator[Finding]:
    starts = {day.start: day for day in days}
    for day in days:
        joined = _TO.match(text, day.end)
        if joined is None or not day.possible:
            continue
        later = starts.get(joined.end())
        if later is None:
            match = _DAY_ONLY.match(text, joined.end())
            number = whole_number(match["day"]) if match else None
            if match is None or number is None:
                continue
            if number < 1 or number > calendar.monthrange(day.year or 2000, day.month)[1]:
                yield _impossible(Day(match.start(), match.end(), match.group(), day.year, day.month, number))
                continue
            later = Day(match.start(), match.end(), match.group(), day.year, day.month, number)
        if later.possible and _ends_before(day, later):
            yield _finding(
                "end_before_start",
                Severity.ERROR,
                day.start,
                text[day.start : later.end],
                "结束日期早于开始日期",
                "It ends before it starts",
            )


def _ends_before(first: Day, last: Day) -> bool:
    """Without a year, a month that goes back may be of the next year: only one month can be compared."""
    if first.year is not None and last.year is not None:
        return (last.year, last.month, last.day) < (first.year, first.month, first.day)
    if last.year is not None:
        return False
    return first.month == last.month and last.day < first.day


def _impossible_times(text: str) -> Iterator[Finding]:
    before: re.Match[str] | None = None
    for match in _CLOCK.finditer(text):
        hour, minute = int(match["hour"]), int(match["minute"])
        score = re.search(r"[比胜负平分]\s{0,1}$", text[max(0, match.start() - 2) : match.start()])
        if (hour > 24 or (hour == 24 and minute)) and minute < 60 and not score:
            before = None
            continue  # a score or a ratio
        if minute > 59 and hour <= 24 and re.search(r"[日号午晚时间于在]\s?$", text[: match.start()][-2:]):
            yield _finding(
                "impossible_time", Severity.ERROR, match.start(), match.group(), "没有这个时刻", "There is no such time"
            )
        if before is not None and _TO.fullmatch(text[before.end() : match.start()]):
            from_hour, from_minute = int(before["hour"]), int(before["minute"])
            backwards = (hour, minute) < (from_hour, from_minute)
            if backwards and (hour >= 12) == (from_hour >= 12) and hour > 6:
                yield _finding(
                    "end_before_start",
                    Severity.WARNING,
                    before.start(),
                    text[before.start() : match.end()],
                    "结束时间早于开始时间",
                    "It ends before it starts",
                )
        before = match
    for match in _CLOCK_HAN.finditer(text):
        if int(match["hour"]) > 24 or int(match["minute"] or 0) > 59:
            yield _finding(
                "impossible_time", Severity.ERROR, match.start(), match.group(), "没有这个时刻", "There is no such time"
            )


def _finding(
    kind: str, severity: Severity, start: int, found: str, zh: str, en: str, suggestions: tuple[str, ...] = ()
) -> Finding:
    return Finding("dates", kind, severity, start, len(found), found, zh, en, suggestions)


CHECK = Check("dates", "日期、星期、时间", "dates, weekdays and times", look)
