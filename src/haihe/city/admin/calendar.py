"""The year with its holidays and make-up days."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haihe.city.admin.pages import page
from haihe.city.domain.calendar import FIRST_YEAR, LAST_YEAR, DayKind, default_calendar
from haihe.city.errors import CalendarFileBad

Month = tuple[date, list[list[DayKind | None]]]


def year(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Twelve months; what is special listed beneath; whether the year is provisional."""
    calendar = default_calendar()
    shown = year or timezone.localdate().year
    if not FIRST_YEAR <= shown <= LAST_YEAR:
        raise Http404
    problem, days = "", []
    try:
        days = calendar.days_of(shown)
    except CalendarFileBad as error:
        problem = str(error)
    return page(
        request,
        "calendar",
        _("Calendar %(year)s") % {"year": shown},
        months=_months(days),
        special=[day for day in days if day.name],
        working=sum(day.works for day in days),
        provisional=bool(days) and calendar.is_provisional(shown),
        source="" if problem else calendar.source(shown),
        problem=problem,
        file=f"calendar/{shown}.json",
        english=(get_language() or "").startswith("en"),
        before=max(shown - 1, FIRST_YEAR),
        after=min(shown + 1, LAST_YEAR),
    )


def _months(days: list[DayKind]) -> list[Month]:
    months: list[Month] = []
    for _number, group in groupby(days, key=lambda day: day.date.month):
        month = list(group)
        cells: list[DayKind | None] = [None] * month[0].date.weekday() + month  # weeks begin on Monday
        cells += [None] * (-len(cells) % 7)
        months.append((month[0].date, [cells[n : n + 7] for n in range(0, len(cells), 7)]))
    return months
