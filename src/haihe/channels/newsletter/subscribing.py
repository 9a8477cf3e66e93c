"""Asking, confirming, leaving. Nothing a stranger does here tells him whether an address is subscribed."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from haihe.channels.models import Subscriber
from haihe.releases.delivery.models import Outlet

State = Subscriber.State
AGAIN = timedelta(minutes=10)  # between two confirmations to one address
LASTS = timedelta(days=3)  # of the link in a confirmation
CONFIRM, LEAVE = "haihe.newsletter.confirm", "haihe.newsletter.leave"
WAITING = 5000  # addresses of one newsletter that have not been confirmed


def ask(outlet: Outlet, address: str, language: str, rhythm: str = Subscriber.Rhythm.EACH) -> None:
    """Somebody wrote an address into the form: it is asked, by mail, whether its owner wants this."""
    from haihe.channels.tasks import send_confirmation

    now = timezone.now()
    with transaction.atomic():
        known = Subscriber.objects.filter(outlet=outlet, address__iexact=address).first()
        if known is None:
            if Subscriber.objects.filter(outlet=outlet, state=State.ASKED).count() >= WAITING:
                return
            known = Subscriber(outlet=outlet, address=address, asked_at=now - AGAIN)
        if known.state == State.CONFIRMED or (known.pk and now - known.asked_at < AGAIN):
            return
        known.language, known.rhythm, known.asked_at = language, rhythm, now
        known.save()
        send_confirmation.enqueue(known.pk)


def confirm(token: str) -> Subscriber | None:
    """The owner of the address says yes; None for a token that is forged, old, or of somebody who left."""
    found = _of(token, CONFIRM, LASTS)
    if found is not None and found.state == State.ASKED:
        found.state, found.confirmed_at = State.CONFIRMED, timezone.now()
        found.save(update_fields=["state", "confirmed_at"])
    return found if found is not None and found.state == State.CONFIRMED else None


def leave(token: str) -> bool:
    """One click: no more mail, and the address is forgotten. True also for who left before."""
    found = _of(token, LEAVE, None)
    if found is None:
        return False
    if found.state != State.LEFT:
        found.state, found.address, found.left_at = State.LEFT, "", timezone.now()
        found.save(update_fields=["state", "address", "left_at"])
    return True


def forget_unconfirmed() -> int:
    """Addresses that nobody confirmed within three days."""
    return Subscriber.objects.filter(state=State.ASKED, asked_at__lt=timezone.now() - LASTS).delete()[0]


def confirm_url(subscriber: Subscriber) -> str:
    return _url("channels_newsletter_confirm", subscriber, CONFIRM)


def leave_url(subscriber: Subscriber) -> str:
    return _url("channels_newsletter_leave", subscriber, LEAVE)


def _url(name: str, subscriber: Subscriber, salt: str) -> str:
    token = signing.dumps(subscriber.pk, salt=salt)
    return str(settings.HAIHE.public_url).rstrip("/") + reverse(name, args=[token])


def _of(token: str, salt: str, age: timedelta | None) -> Subscriber | None:
    try:
        key = signing.loads(token, salt=salt, max_age=age)
    except signing.BadSignature:
        return None
    return Subscriber.objects.select_related("outlet").filter(pk=key).first()
