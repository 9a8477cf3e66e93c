"""Things that happen at an hour of the day or of the week, in the city's time zone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def last(hour: int, now: datetime, span: timedelta = DAY) -> datetime:
    """The last such hour at or before `now`; of a week, on Monday."""
    here = timezone.localtime(now)
    at = timezone.make_aware(datetime.combine(here.date(), time(hour)))
    if span == WEEK:
        at -= timedelta(days=here.weekday())
    return at if at <= now else at - span
