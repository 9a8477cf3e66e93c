"""The meter of the rate of errors 差错率 in the admin: a month, each organisation, against 3 in 10,000."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from haihe.city.admin.menus import RoleItem
from haihe.newsroom.admin.fees import after, month_of
from haihe.newsroom.domain import metering
from haihe.newsroom.domain.proofreading.error_rate import ALLOWED


def index(request: HttpRequest) -> HttpResponse:
    month = month_of(request.GET.get("month", ""))
    begin, end = (timezone.make_aware(datetime(day.year, day.month, 1)) for day in (month, after(month)))
    context = {
        "month": month,
        "previous": month - timedelta(days=1),
        "next": after(month),
        "meters": [(one, _share(one)) for one in metering.meters(request.user, begin, end)],
        "corrected": [(one, round(one.corrections)) for one in metering.most_corrected(request.user, begin, end)],
        "allowed": ALLOWED,
    }
    return render(request, "newsroom/errors.html", context)


def _share(meter: metering.Meter) -> int:
    """How far the hand stands: 100 is twice what is allowed."""
    return min(100, round(50 * meter.after.per_10000 / ALLOWED))


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [path("errors/", index, name="newsroom_errors")]


@hooks.register("register_reports_menu_item")
def menu_item() -> MenuItem:
    label = gettext_lazy("Rate of errors")
    return RoleItem(label, reverse("newsroom_errors"), icon_name="warning", name="errors", order=100, needs="view")
