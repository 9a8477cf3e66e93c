"""The archive by day."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from haihe.base.web.chrome import Link
from haihe.base.web.languages import public_path
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain import days
from haihe.portal.domain.listing import teasers
from haihe.releases.baking import baked, depends_on


@baked
@in_its_language
def archive(request: HttpRequest) -> HttpResponse:
    depends_on("navigation", "days")
    found = days.archived_months()
    context = {"months": found, "latest": found[0] if found else None, "crumbs": [_archive()]}
    return render(request, "portal/archive.html", context)


@baked
@in_its_language
def month(request: HttpRequest, year: int, number: int) -> HttpResponse:
    depends_on("navigation", f"month:{year:04}-{number:02}")
    try:
        found = days.month(year, number, days.counts_of_month(_year(year), number))
    except ValueError:
        raise Http404 from None
    if not found.count:
        raise Http404
    return render(request, "portal/month.html", {"month": found, "crumbs": [_archive(), _month(found.first)]})


@baked
@in_its_language
def day(request: HttpRequest, year: int, number: int, of_month: int) -> HttpResponse:
    try:
        asked = dt.date(_year(year), number, of_month)
    except ValueError:
        raise Http404 from None
    listed = teasers(days.published_on(asked))
    before, after = days.neighbours(asked) if listed else (None, None)
    depends_on("navigation", f"day:{asked}", *(f"day:{one}" for one in (before, after) if one))
    if not listed:
        raise Http404
    context = {
        "day": asked,
        "teasers": listed,
        "before": Link(_day(before), days.day_path(before)) if before else None,
        "after": Link(_day(after), days.day_path(after)) if after else None,
        "crumbs": [_archive(), _month(asked), Link(_day(asked), days.day_path(asked))],
    }
    if after is None:
        depends_on("days")  # a later day gives it a way on
    return render(request, "portal/day.html", context)


def _year(asked: int) -> int:
    """A year with days before and after it in every zone. Raises ValueError of any other."""
    if not dt.MINYEAR < asked < dt.MAXYEAR:
        raise ValueError(asked)
    return asked


def _archive() -> Link:
    return Link(_("Archive by day"), public_path("/archive/"))


def _month(of: dt.date) -> Link:
    # Translators: how a month is written, in Django's date format characters
    return Link(date_format(of, _("F Y")), public_path(f"/archive/{of.year}/{of.month}/"))


def _day(of: dt.date) -> str:
    return str(date_format(of, _("j F Y")))
