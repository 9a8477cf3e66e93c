"""Fees that were paid: a payment takes up lines of the ledger, each line once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.newsroom.models.sharing import FeeEntry


class FeePayment(models.Model):
    """Yuan that one payee got for some lines of the ledger 稿酬支付; taken back, not deleted, where it was a mistake.

    amount      sum of its lines
    reference   number of the voucher or transfer
    """

    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="fee_payments")
    payee = models.CharField(_("payee"), max_length=100)
    contributor = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+", verbose_name=_("unit"))
    amount = models.DecimalField(_("amount in yuan"), max_digits=11, decimal_places=2)
    paid_on = models.DateField(_("paid on"), default=timezone.localdate)
    reference = models.CharField(_("voucher"), max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_why = models.CharField(_("why"), max_length=500, blank=True)

    gate_actions = {"add": None, "change": None, "delete": None, "view": "manage_people"}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("payment of fees")
        verbose_name_plural = _("payments of fees")
        indexes = [models.Index(fields=["organisation", "-at"])]

    def __str__(self) -> str:
        return f"{self.payee} {self.amount}"


class PaidEntry(models.Model):
    """A line of the ledger that a payment took up; the database lets no line be paid twice."""

    entry = models.OneToOneField(FeeEntry, models.PROTECT, primary_key=True, related_name="paid")
    payment = models.ForeignKey(FeePayment, models.PROTECT, related_name="lines")

    gate_field = "entry__organisation"
    gate_actions = {"add": None, "change": None, "delete": None, "view": "manage_people"}
    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.entry} ← {self.payment}"
