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
    """A month in which something was published; `weeks` begin on Monday, and are empty where only it is counted."""

    year: int
    number: int
    count: int
    path: str
    weeks: list[list[Day]]

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.number, 1)


def counts_by_day(first: dt.date | None = None, last: dt.date | None = None) -> dict[dt.date, int]:
    """Day → how much was first published on it, in the active language's list; days without are left out.

    first, last   only these days and those between them; default: all there are, which reads every publication
    """
    zone = timezone.get_current_timezone()
    rows = for_readers(_between(first, last)).order_by().annotate(day=TruncDate("first_published_at", tzinfo=zone))
    return {row["day"]: row["count"] for row in rows.values("day").annotate(count=Count("pk"))}


def counts_of_month(year: int, number: int) -> dict[dt.date, int]:
    """As `counts_by_day`, of one month. Raises ValueError where there is no such month."""
    first = dt.date(year, number, 1)
    return counts_by_day(first, _last_of(first))


def archived_months() -> list[Month]:
    """Every month with something in it, the newest first and it alone with its days. The others are counted one by
    one, each a range of an index: days of everything there is are dear where it is much."""
    listed = for_readers(published())
    newest, oldest = (listed.order_by(way).values_list("first_published_at", flat=True).first()
                      for way in ("-first_published_at", "first_published_at"))  # fmt: skip
    if newest is None or oldest is None:
        return []
    at, last = timezone.localdate(newest), timezone.localdate(oldest)
    found = [month(at.year, at.month, counts_of_month(at.year, at.month))]
    first = at.replace(day=1)
    while (first := (first - dt.timedelta(days=1)).replace(day=1)) >= last.replace(day=1):
        count = for_readers(_between(first, _last_of(first))).order_by().count()
        if count:
            path = public_path(f"/archive/{first.year}/{first.month}/")
            found.append(Month(first.year, first.month, count, path, weeks=[]))
    return found


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
    return for_readers(_between(day, day)).order_by("first_published_at", "pk")


def neighbours(day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The nearest days before and after with something on them in the active language's list."""
    earlier = for_readers(_between(None, day - dt.timedelta(days=1)))
    later = for_readers(_between(day + dt.timedelta(days=1), None))
    moments = (
        earlier.order_by("-first_published_at").values_list("first_published_at", flat=True).first(),
        later.order_by("first_published_at").values_list("first_published_at", flat=True).first(),
    )
    before, after = (timezone.localdate(moment) if moment else None for moment in moments)
    return before, after


def _between(first: dt.date | None, last: dt.date | None) -> QuerySet[Publication]:
    """Everything public that first appeared on these days of the city's time."""
    found = published()
    if first is not None:
        found = found.filter(first_published_at__gte=_midnight(first))
    if last is not None:
        found = found.filter(first_published_at__lt=_midnight(last + dt.timedelta(days=1)))
    return found


def _last_of(first: dt.date) -> dt.date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
