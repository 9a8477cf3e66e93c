"""What was decided about the rights of Masters: one row for each decision, none is ever changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from haihe.archive.models.deposits import Master


class Rights(models.Model):
    """One decision about one Master; the one with the highest number holds.

    policy   ODRL 2.2 as `rights.policies.to_odrl` writes it
    reason   for staff
    """

    gate_field = "master__organisation"

    master = models.ForeignKey(Master, models.CASCADE, related_name="rights_decisions")
    number = models.PositiveIntegerField()
    policy = models.JSONField(_("policy"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("rights decision")
        verbose_name_plural = _("rights decisions")
        ordering = ["master", "-number"]
        constraints = [models.UniqueConstraint(fields=["master", "number"], name="one_rights_decision_a_number")]

    def __str__(self) -> str:
        return f"{self.master} · {self.number}"


class MasterErasure(models.Model):
    """The end of a Master's bytes by law: asked by one person, confirmed by another. Once confirmed it is the
    tombstone: what the bytes were called, why they went, and who decided."""

    gate_field = "master__organisation"

    master = models.ForeignKey(Master, models.PROTECT, related_name="erasures")
    sha256 = models.CharField(max_length=64)
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("erasure of a master")
        verbose_name_plural = _("erasures of masters")
        constraints = [
            models.CheckConstraint(
                name="master_erased_by_two_persons",
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (
                    models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~models.Q(confirmed_by=models.F("asked_by"))
                ),
            ),
            models.UniqueConstraint(fields=["master"], name="one_erasure_a_master"),
        ]

    def __str__(self) -> str:
        return f"{self.master_id} · {self.sha256[:12]}"
