"""The fee ledger 稿酬 and its settings: rates, correspondents, the rule of sharing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import BooleanColumn, DateColumn
from wagtail.snippets.models import register_snippet

from haihe.base.errors import HaiheError
from haihe.city import organisations_for, visible_to
from haihe.city.admin.menus import RoleItem
from haihe.city.wagtail_gate import SettingsViewSet
from haihe.newsroom.domain.sharing import fees, paying
from haihe.newsroom.models import Correspondent, FeeEntry, FeeRate, SharingRule

_PER_PAGE = 50
_NEEDS = "manage_people"


def index(request: HttpRequest) -> HttpResponse:
    """One month's lines and what each payee earned in it; `as=csv` gives the same lines as a file. `open=1`: only what
    nobody was paid yet, of any month."""
    month = month_of(request.GET.get("month", ""))
    unpaid = request.GET.get("open") == "1"
    entries = seen_lines(request.user).filter(paid=None) if unpaid else lines_of(request.user, month)
    if request.GET.get("as") == "csv":
        answer = HttpResponse(fees.as_csv(entries), content_type="text/csv; charset=utf-8")
        name = "open" if unpaid else f"{month:%Y-%m}"
        answer["Content-Disposition"] = f'attachment; filename="fees-{name}.csv"'
        return answer
    page = Paginator(entries, _PER_PAGE).get_page(request.GET.get("p", "1"))
    earned = paying.accounts(entries)
    context = {
        "month": month,
        "unpaid": unpaid,
        "previous": month - timedelta(days=1),
        "next": after(month),
        "page": page,
        "earned": earned,
        "total": sum((one.amount for one in earned), Decimal(0)),
        "total_open": sum((one.open for one in earned), Decimal(0)),
        "today": timezone.localdate(),
        "has_rate": visible_to(request.user, FeeRate.objects.all(), _NEEDS).exists(),
        "manages": bool(organisations_for(request.user, _NEEDS)),
    }
    return render(request, "newsroom/sharing/fees.html", context)


@require_POST
def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one line right by another."""
    entry = get_object_or_404(visible_to(request.user, FeeEntry.objects.all(), _NEEDS), pk=pk)
    try:
        amount = Decimal(request.POST.get("amount", "").strip() or "0")
        if not amount.is_finite() or abs(amount) >= 10**8:
            raise InvalidOperation
        fees.adjust(entry, amount, request.POST.get("why", ""), by=request.user)
        messages.success(request, _("A line was added."))
    except InvalidOperation:
        messages.error(request, _("The amount is no number. Write yuan, such as -20.00."))
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
    month = timezone.localdate(entry.at)
    return redirect(f"{reverse('newsroom_fees')}?month={month:%Y-%m}")


def seen_lines(person: Any) -> QuerySet[FeeEntry]:
    """The lines that a person may see, the newest first: of organisations whose people they manage."""
    seen = visible_to(person, FeeEntry.objects.all(), _NEEDS)
    return seen.select_related("contributor", "organisation", "by", "paid__payment").order_by("-at", "-pk")


def lines_of(person: Any, month: date) -> QuerySet[FeeEntry]:
    """Those of one month."""
    begin, end = span_of(month)
    return seen_lines(person).filter(at__gte=begin, at__lt=end)


def span_of(month: date) -> tuple[datetime, datetime]:
    """First moment of a month and of the next."""
    begin, end = (timezone.make_aware(datetime(day.year, day.month, 1)) for day in (month, after(month)))
    return begin, end


def month_of(text: str) -> date:
    """The first day of "2026-11"; of this month where it is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


def after(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


class RateViewSet(SettingsViewSet):
    model = FeeRate
    icon = "tag"
    menu_label = gettext_lazy("Rates of fees")
    menu_order = 740
    list_display = ["organisation", "section", "basis", "amount", DateColumn("since", label=gettext_lazy("from"))]
    panels = [
        FieldPanel("organisation"),
        FieldPanel("section"),
        FieldRowPanel([FieldPanel("basis"), FieldPanel("amount"), FieldPanel("since")]),
    ]


class CorrespondentViewSet(SettingsViewSet):
    model = Correspondent
    icon = "user"
    menu_label = gettext_lazy("Correspondents")
    menu_order = 730
    list_display = ["name", "unit", "organisation", BooleanColumn("active", label=gettext_lazy("active"))]
    search_fields = ["name", "unit"]
    panels = [FieldPanel("organisation"), FieldPanel("name"), FieldPanel("unit"), FieldPanel("active")]


class SharingRuleViewSet(SettingsViewSet):
    model = SharingRule
    icon = "group"
    menu_label = gettext_lazy("Rules of sharing")
    menu_order = 705
    list_display = ["organisation", BooleanColumn("goes_with_source", label=gettext_lazy("goes with its source"))]
    panels = [FieldPanel("organisation"), FieldPanel("goes_with_source")]


for viewset in (SharingRuleViewSet, CorrespondentViewSet, RateViewSet):
    register_snippet(viewset)


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("fees/", index, name="newsroom_fees"),
        path("fees/<int:pk>/adjust/", adjust, name="newsroom_fee_adjust"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return RoleItem(
        gettext_lazy("Fees"), reverse("newsroom_fees"), icon_name="list-ol", name="fees", order=116, needs=_NEEDS
    )
