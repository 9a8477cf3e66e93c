"""Paying fees 稿酬支付: what is open, what a payment takes up, and what each payee is told of a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.city import may
from haihe.newsroom.domain.sharing.fees import CENT
from haihe.newsroom.models import FeeEntry, FeePayment, PaidEntry

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person


class NothingToPay(HaiheError):
    """Nothing is open for this payee, or what is open comes to less than nothing."""

    permanent = True
    hint = gettext_lazy("Look at the lines: they may be paid already, or taken back.")


class UndoNeedsReason(HaiheError):
    """Who takes a payment back says why."""

    permanent = True
    hint = gettext_lazy("Write one sentence for the history.")


@dataclass(frozen=True)
class Account:
    """One payee of one unit, as one organisation pays them. amount, open: yuan earned in a span, and of it unpaid."""

    organisation: int
    payee: str
    contributor: int
    unit: str
    texts: int
    amount: Decimal
    open: Decimal

    @property
    def paid(self) -> Decimal:
        return self.amount - self.open


def accounts(entries: QuerySet[FeeEntry]) -> list[Account]:
    """By payee, unit and paying organisation, the most earned first."""
    names = ("organisation", "payee", "contributor", "contributor__name")
    due = Q(kind=FeeEntry.Kind.DUE)
    rows = entries.order_by().values(*names)
    counted = rows.annotate(
        earned=Sum("amount"), open=Sum("amount", filter=Q(paid=None)), texts=Count("pk", filter=due)
    )
    found = [
        Account(
            row["organisation"], row["payee"], row["contributor"], row["contributor__name"], row["texts"],
            _cents(row["earned"]), _cents(row["open"]),
        )
        for row in counted
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.amount, one.payee, one.unit))


def of_payee(entries: QuerySet[FeeEntry], organisation: int, payee: str, contributor: int) -> QuerySet[FeeEntry]:
    """The lines of one account."""
    return entries.filter(organisation=organisation, payee=payee, contributor=contributor)


def pay(
    entries: QuerySet[FeeEntry], organisation: Organisation, by: Person, *, paid_on: date, reference: str = ""
) -> FeePayment:
    """One payment for every line among `entries` that is open; they are of one account.

    Raises PermissionDenied, NothingToPay.
    """
    if not may(by, "manage_people", organisation):
        raise PermissionDenied
    with transaction.atomic():
        lines = list(entries.filter(organisation=organisation, paid=None).select_for_update(of=("self",)))
        amount = sum((line.amount for line in lines), Decimal(0))
        if amount <= 0:
            raise NothingToPay(thing=lines[0].payee if lines else organisation)
        made = FeePayment.objects.create(
            organisation=organisation,
            payee=lines[0].payee,
            contributor=lines[0].contributor,
            amount=amount,
            paid_on=paid_on,
            reference=reference.strip()[:100],
            by=by,
            at=timezone.now(),
        )
        PaidEntry.objects.bulk_create(PaidEntry(entry=line, payment=made) for line in lines)
        detail = {"amount": str(amount), "lines": [line.pk for line in lines], "reference": made.reference}
        audit.record("fees.pay", by=by, thing=str(made.pk), organisation=organisation, detail=detail)
    return made


def undo(payment: FeePayment, by: Person, why: str) -> None:
    """Take a payment back: its lines are open again, the payment stays and says so. Twice does nothing.

    Raises PermissionDenied, UndoNeedsReason.
    """
    if not may(by, "manage_people", payment.organisation):
        raise PermissionDenied
    if not why.strip():
        raise UndoNeedsReason(thing=payment)
    with transaction.atomic():
        held = FeePayment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        if held.undone_at is not None:
            return
        lines = list(held.lines.values_list("pk", flat=True))
        held.lines.all().delete()
        held.undone_at, held.undone_by, held.undone_why = timezone.now(), by, why.strip()[:500]
        held.save(update_fields=["undone_at", "undone_by", "undone_why"])
        detail = {"lines": lines, "why": held.undone_why}
        audit.record("fees.unpay", by=by, thing=str(held.pk), organisation=held.organisation, detail=detail)


def _cents(amount: Decimal | None) -> Decimal:
    return Decimal(amount or 0).quantize(CENT)
