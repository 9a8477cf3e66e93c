"""Paying fees, the statement of one payee, and what correspondents contributed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.base.web.keys import key_of
from haihe.city import visible_to
from haihe.city.models import Organisation
from haihe.newsroom.admin.fees import after, lines_of, month_of, seen_lines, span_of
from haihe.newsroom.domain.sharing import contributing, fees, paying
from haihe.newsroom.models import Correspondent, FeePayment

_NEEDS = "manage_people"


def statement(request: HttpRequest) -> HttpResponse:
    """What one payee earned in one month and what of it was paid, to be printed or saved."""
    account, month = _account(request.GET), month_of(request.GET.get("month", ""))
    lines = paying.of_payee(lines_of(request.user, month), *account).order_by("at", "pk")
    if not lines.exists():
        raise Http404
    if request.GET.get("as") == "csv":
        answer = HttpResponse(fees.as_csv(lines), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="statement-{month:%Y-%m}.csv"'
        return answer
    (sums,) = paying.accounts(lines)
    context = {
        "month": month,
        "sums": sums,
        "payer": get_object_or_404(Organisation, pk=account[0]),
        "lines": [(line, fees.payment_of(line)) for line in lines],
        "query": urlencode({**request.GET.dict(), "as": "csv"}),
    }
    return render(request, "newsroom/sharing/statement.html", context)


@require_POST
def pay(request: HttpRequest) -> HttpResponse:
    """One payment for all that is open for one payee: of one month, or of any."""
    account, month = _account(request.POST), request.POST.get("month", "")
    lines = lines_of(request.user, month_of(month)) if month else seen_lines(request.user)
    payer = get_object_or_404(visible_to(request.user, Organisation.objects.all(), _NEEDS), pk=account[0])
    try:
        made = paying.pay(
            paying.of_payee(lines, *account),
            payer,
            request.user,
            paid_on=_day(request.POST.get("paid_on", "")),
            reference=request.POST.get("reference", ""),
        )
        messages.success(
            request, _("Paid: %(amount)s yuan to %(payee)s.") % {"amount": made.amount, "payee": made.payee}
        )
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
    return redirect(f"{reverse('newsroom_fees')}?{urlencode({'month': month} if month else {'open': 1})}")


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a payment back."""
    payment = get_object_or_404(visible_to(request.user, FeePayment.objects.all(), _NEEDS), pk=pk)
    try:
        paying.undo(payment, request.user, request.POST.get("why", ""))
        messages.success(request, _("Taken back: what it paid is open again."))
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
    return redirect("newsroom_payments")


def payments(request: HttpRequest) -> HttpResponse:
    """The newest payments, those that were taken back too."""
    rows = visible_to(request.user, FeePayment.objects.all(), _NEEDS)
    rows = rows.select_related("organisation", "contributor", "by", "undone_by").order_by("-at", "-pk")
    return render(request, "newsroom/sharing/payments.html", {"payments": rows[:200]})


def correspondents(request: HttpRequest) -> HttpResponse:
    """What each correspondent contributed in a month."""
    month = month_of(request.GET.get("month", ""))
    rows = visible_to(request.user, Correspondent.objects.all(), _NEEDS)
    context = {
        "month": month,
        "previous": month - timedelta(days=1),
        "next": after(month),
        "rows": contributing.contributions(rows, *span_of(month)),
    }
    return render(request, "newsroom/sharing/correspondents.html", context)


def _account(said: Any) -> tuple[int, str, int]:
    """Paying organisation, payee, unit."""
    payer, unit = key_of(said.get("payer")), key_of(said.get("unit"))
    if not (payer and unit):
        raise Http404
    return payer, said.get("payee", ""), unit


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("fees/statement/", statement, name="newsroom_statement"),
        path("fees/pay/", pay, name="newsroom_pay"),
        path("fees/payments/", payments, name="newsroom_payments"),
        path("fees/payments/<int:pk>/undo/", undo, name="newsroom_payment_undo"),
        path("fees/correspondents/", correspondents, name="newsroom_correspondents"),
    ]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for action, name in (
        ("fees.pay", gettext_lazy("Pay fees")),
        ("fees.unpay", gettext_lazy("Take a payment of fees back")),
    ):
        actions.register_action(action, name, name)
