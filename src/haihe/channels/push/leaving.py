"""Browsers that are no more."""

from __future__ import annotations

from django.utils import timezone

from haihe.channels.models import PushSubscription
from haihe.releases.delivery.models import Delivery

GONE = (404, 410)  # RFC 8030, section 7.3


def forget_gone() -> int:
    """Send nothing more to browsers of which their push service said that they are gone. Returns how many."""
    failed = Delivery.objects.filter(outlet__channel="push", state=Delivery.State.FAILED, status__in=GONE)
    keys = {int(key) for key in failed.exclude(recipient="").values_list("recipient", flat=True) if key.isdecimal()}
    return PushSubscription.objects.filter(pk__in=keys, gone_at=None).update(gone_at=timezone.now())
