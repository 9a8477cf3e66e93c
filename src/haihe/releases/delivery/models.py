"""Where releases go, and the ledger of what went there."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from haihe.base.web.outbound_words import OUTBOUND


def sooner(version: Any, again: Any) -> models.Q:
    """Deliveries of one thing that go before this telling of this version; values, or references to an outer query."""
    return models.Q(version__lt=version) | models.Q(version=version, again__lt=again)


class Outlet(models.Model):
    """One configured end of a channel 发布渠道: this address, that account.

    channel      name of a registered channel
    product      name of the product it brings; empty: the channel's usual one
    settings     by the channel's fields; `sealed` holds the secret ones, encrypted
    kinds        kinds of release it takes, empty: all
    below        also what organisations below its own publish
    rests_until  its receiver asked for peace, or failed too often in a row
    failures     tries in a row that its receiver was the reason of
    """

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="outlets", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=120)
    channel = models.CharField(max_length=40)
    product = models.CharField(_("form"), max_length=40, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    sealed = models.TextField(blank=True)
    active = models.BooleanField(_("active"), default=True)
    below = models.BooleanField(_("also what organisations below publish"), default=True)
    kinds = models.JSONField(default=list, blank=True)
    sections = models.ManyToManyField("releases.Section", blank=True, related_name="+", verbose_name=_("sections"))
    languages = models.JSONField(default=list, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """What people have one outlet say of a thing in place of what was proposed 渠道版本.

    words      by field, only those that differ: title, summary, topics, focus
    proposed   what was proposed then, so that the difference stays to be seen
    """

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="variants")
    subject_label = models.CharField(max_length=100)
    subject_id = models.CharField(max_length=64)
    words = models.JSONField(default=dict)
    proposed = models.JSONField(default=dict)
    by = models.ForeignKey("city.Person", models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [models.UniqueConstraint(fields=["outlet", "subject_label", "subject_id"], name="variant_once")]

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.subject_label}:{self.subject_id}"


class Delivery(models.Model):
    """What one outlet owes one of its receivers of one release.

    recipient   "" for the outlet itself
    again       how often the rights of its pictures and films had changed since it first went; then it goes once more
    withheld    what rights kept back when it went: {Master: pixels of the longest edge that is shown, 0 for nothing}
    way         what is done there, settled when it is first sent
    next_at     when it is due
    attempts    tries so far; doubtful: one of them may have arrived although nothing was answered
    history     of the last tries: [{at, ms, ok, status, said}]
    """

    class State(models.TextChoices):
        OWED = "owed", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", pgettext_lazy("delivery", "delivered")
        FAILED = "failed", _("failed")
        BY_HAND = "by_hand", _("to be done by hand")
        STOPPED = "stopped", _("stopped")
        SKIPPED = "skipped", _("skipped")
        OVERTAKEN = "overtaken", _("overtaken by a newer version")

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="deliveries")
    publication = models.ForeignKey("releases.Publication", models.CASCADE, related_name="deliveries")
    release = models.ForeignKey("releases.Release", models.CASCADE, related_name="deliveries")
    version = models.PositiveIntegerField()
    recipient = models.CharField(max_length=500, blank=True)
    again = models.PositiveIntegerField(default=0)
    withheld = models.JSONField(default=dict, blank=True)
    key = models.UUIDField(unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OWED)
    way = models.CharField(max_length=8, blank=True)
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    doubtful = models.BooleanField(default=False)
    owed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    remote_id = models.CharField(max_length=500, blank=True)
    remote_url = models.CharField(max_length=1000, blank=True)
    status = models.PositiveIntegerField(default=0)
    said = models.TextField(blank=True)
    problem = models.CharField(max_length=40, blank=True)  # name of the error's class
    history = models.JSONField(default=list, blank=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["outlet", "next_at", "id"], name="delivery_due", condition=models.Q(state="owed")),
            models.Index(fields=["outlet", "id"], name="delivery_under_way", condition=models.Q(state="sending")),
            models.Index(fields=["outlet", "publication", "version"]),
            models.Index(fields=["outlet", "state", "-settled_at"]),
            models.Index(fields=["state", "-owed_at"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["outlet", "release", "recipient", "again"], name="delivery_once"),
            models.CheckConstraint(
                name="delivery_state_is_known",
                condition=models.Q(
                    state__in=["owed", "sending", "sent", "failed", "by_hand", "stopped", "skipped", "overtaken"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.publication_id}:{self.version}"

    @property
    def trouble(self) -> tuple[Promise | str, Promise | str] | None:
        """What went wrong on the way to its receiver, and what to do, for people; None where the receiver's own words,
        or ours, stand in `said`."""
        return OUTBOUND.get(self.problem)

    @property
    def last_try(self) -> dict[str, Any]:
        return self.history[-1] if self.history else {}
