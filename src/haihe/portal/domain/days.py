"""The archive by day: what was first published when, in the city's time."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from haihe.base.web.languages import public_path
from haihe.portal.domain.listing import for_readers, published
from haihe.releases.models import Publication


@dataclass(frozen=True)
class Day:
    """One field of a month's sheet; `number` 0 stands for a field before the first or after the last."""

    number: int = 0
    count: int = 0
    path: str = ""


@dataclass(frozen=True)
class Month:
    """A month in which something was published; `weeks` begin on Monday."""

    year: int
    number: int
    count: int
    path: str
    weeks: list[list[Day]]

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.number, 1)


def counts_by_day() -> dict[dt.date, int]:
    """Day → how much was first published on it, in the active language's list; days without are left out."""
    zone = timezone.get_current_timezone()
    rows = for_readers(published()).order_by().annotate(day=TruncDate("first_published_at", tzinfo=zone))
    return {row["day"]: row["count"] for row in rows.values("day").annotate(count=Count("pk"))}


def months(counts: dict[dt.date, int]) -> list[Month]:
    """Every month with something in it, the newest first."""
    found = sorted({(day.year, day.month) for day in counts}, reverse=True)
    return [month(year, number, counts) for year, number in found]


def month(year: int, number: int, counts: dict[dt.date, int]) -> Month:
    """The sheet of one month. Raises ValueError where there is no such month."""
    dt.date(year, number, 1)
    weeks = [
        [_day(year, number, day, counts) if day else Day() for day in week]
        for week in calendar.Calendar(firstweekday=0).monthdayscalendar(year, number)
    ]
    total = sum(day.count for week in weeks for day in week)
    return Month(year, number, total, public_path(f"/archive/{year}/{number}/"), weeks)


def _day(year: int, month_: int, day: int, counts: dict[dt.date, int]) -> Day:
    count = counts.get(dt.date(year, month_, day), 0)
    return Day(day, count, day_path(dt.date(year, month_, day)) if count else "")


def day_path(day: dt.date) -> str:
    return public_path(f"/archive/{day.year}/{day.month}/{day.day}/")


def published_on(day: dt.date) -> QuerySet[Publication]:
    """What was first published on a day of the city's time, the earliest first."""
    start = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    return for_readers(published().filter(first_published_at__gte=start, first_published_at__lt=end)).order_by(
        "first_published_at", "pk"
    )


def neighbours(day: dt.date, counts: dict[dt.date, int]) -> tuple[dt.date | None, dt.date | None]:
    """The nearest days before and after with something on them."""
    before = max((one for one in counts if one < day), default=None)
    return before, min((one for one in counts if one > day), default=None)
