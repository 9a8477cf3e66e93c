"""Who asked to be told."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Subscriber(models.Model):
    """One address that asked for one newsletter (an outlet). Only a confirmed one gets mail.

    address   emptied when its owner leaves; the row stays, so that the ledger keeps its meaning
    asked_at  when the last confirmation was asked for
    """

    class State(models.TextChoices):
        ASKED = "asked", _("not confirmed yet")
        CONFIRMED = "confirmed", _("confirmed")
        LEFT = "left", _("left")

    outlet = models.ForeignKey("delivery.Outlet", models.CASCADE, related_name="subscribers")
    address = models.CharField(_("address"), max_length=254, blank=True)
    language = models.CharField(max_length=12, default="zh-hans")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [
            models.UniqueConstraint(
                "outlet", Lower("address"), name="subscriber_once", condition=~models.Q(address="")
            ),
            models.CheckConstraint(
                name="subscriber_who_left_has_no_address",
                condition=~models.Q(state="left") | models.Q(address=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.pk}"


class HubSubscription(models.Model):
    """A program that wants to be told what is new in one of our feeds (WebSub, W3C Recommendation 2018).

    topic      whole address of the feed;  callback: where it is told
    sealed     the subscriber's secret, encrypted
    until      end of its lease; before it is verified, empty
    """

    outlet = models.ForeignKey("delivery.Outlet", models.CASCADE, related_name="hub_subscriptions")
    topic = models.CharField(max_length=1000)
    callback = models.CharField(max_length=1000)
    sealed = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    gate_field = "outlet__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("hub subscription")
        verbose_name_plural = _("hub subscriptions")
        constraints = [models.UniqueConstraint(fields=["topic", "callback"], name="hub_subscription_once")]
        indexes = [models.Index(fields=["outlet", "topic"])]

    def __str__(self) -> str:
        return f"{self.topic} → {self.callback}"
