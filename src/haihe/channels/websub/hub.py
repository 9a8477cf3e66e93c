"""Subscribing at the hub, and what is sent. Source: WebSub, W3C Recommendation, 23 January 2018, sections 5 to 8.

A subscriber is believed in nothing before it echoed a challenge; its address is guarded as every address outward is.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from haihe.base import sealing
from haihe.base.outbound import AddressUnreadable, OutboundError
from haihe.base.web.languages import PREFIXES, absolute
from haihe.channels import http
from haihe.channels.models import HubSubscription
from haihe.releases.baking import depends_on
from haihe.releases.delivery.models import Outlet
from haihe.releases.delivery.protocols import Parcel

PURPOSE = "haihe.channels.websub"
LEASE, SHORTEST, LONGEST = 10 * 86400, 3600, 30 * 86400  # seconds
KEY = "hub"  # on which baked feeds depend
FORMS = {"feed.rss": "rss", "feed.atom": "atom", "feed.json": "json-feed"}
UNVERIFIED = 1000  # subscriptions of one hub that wait for their echo
LONGEST_SECRET = 200  # bytes, section 5.1


class NotOurs(AddressUnreadable):
    """The topic is no feed of this city."""


def outlet() -> Outlet | None:
    """The city's hub, where one is set up."""
    return Outlet.objects.filter(channel="websub", active=True).order_by("pk").first()


def address() -> str:
    """Whole address of the hub; "" where the city has none. A feed that is baked depends on it."""
    depends_on(KEY)
    return absolute("/hub/") if outlet() else ""


def ask(held: Outlet, *, mode: str, topic: str, callback: str, lease: int, secret: str) -> None:
    """Take a request in; the subscriber is asked in the background. Raises NotOurs, AddressUnreadable."""
    from haihe.channels.tasks import verify_subscription

    if form_of(topic) is None:
        raise NotOurs(thing=topic[:200])
    parts = urlsplit(callback)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(callback) > 1000 or parts.username:
        raise AddressUnreadable(thing=callback[:200])
    if len(secret.encode()) >= LONGEST_SECRET:
        raise AddressUnreadable("The secret is longer than 200 bytes.", thing=callback[:200])
    with transaction.atomic():
        known = HubSubscription.objects.filter(topic=topic, callback=callback).first()
        if known is None:
            if mode == "unsubscribe":
                return
            if HubSubscription.objects.filter(outlet=held, until=None).count() >= UNVERIFIED:
                return
            known = HubSubscription.objects.create(outlet=held, topic=topic, callback=callback, asked_at=timezone.now())
        kept = min(max(lease, SHORTEST), LONGEST) if lease else LEASE
        verify_subscription.enqueue(known.pk, mode, kept, sealing.seal(secret, purpose=PURPOSE))


def verify(key: int, *, mode: str, lease: int, sealed: str) -> bool:
    """Ask the callback whether it meant this; what was asked takes effect with its echo (section 5.3)."""
    found = HubSubscription.objects.get(pk=key)
    challenge = secrets.token_urlsafe(32)
    query = {"hub.mode": mode, "hub.topic": found.topic, "hub.challenge": challenge}
    query |= {"hub.lease_seconds": str(lease)} if mode == "subscribe" else {}
    sign = "&" if "?" in found.callback else "?"
    try:
        answer = http.client().fetch(f"{found.callback}{sign}{urlencode(query)}", limits=http.LIMITS)
    except OutboundError as error:
        if not error.permanent:
            raise
        found.delete()
        return False
    if not 200 <= answer.status < 300 or answer.body.strip() != challenge.encode():
        if found.until is None:
            found.delete()
        return False
    if mode == "unsubscribe":
        found.delete()
        return True
    found.sealed, found.until = sealed, timezone.now() + timedelta(seconds=lease)
    found.save(update_fields=["sealed", "until"])
    return True


def forget_unverified() -> int:
    """Subscriptions that nobody confirmed within a day, and those whose lease ended a day ago."""
    then = timezone.now() - timedelta(days=1)
    stale = HubSubscription.objects.filter(Q(until=None, asked_at__lt=then) | Q(until__lt=then))
    return stale.delete()[0]


def form_of(topic: str) -> str | None:
    """Name of the product that a feed of ours holds; None where the address is no feed of ours."""
    own = absolute("/")
    if not topic.startswith(own):
        return None
    path = "/" + topic.removeprefix(own)
    front, _slash, name = path.rpartition("/")
    prefix = next((one for one in PREFIXES.values() if one and front.startswith(one)), "")
    parts = front.removeprefix(prefix).strip("/").split("/")
    listed = parts == [""] or (len(parts) == 2 and parts[0] in ("section", "topic", "organisation"))
    return FORMS.get(name) if listed else None


def topics_of(parcel: Parcel) -> list[str]:
    """Addresses of all feeds that a release stands in."""
    content = parcel.content
    fronts = ["/", *(f"/{kind}/{one['slug']}/" for kind, one in _named(content) if one and one.get("slug"))]
    return [absolute(f"{prefix}{front}{form}") for prefix in PREFIXES.values() for front in fronts for form in FORMS]


def _named(content: object) -> list[tuple[str, dict[str, str] | None]]:
    held: dict[str, object] = dict(content)  # type: ignore[call-overload]
    topics = held.get("topics") or []
    return [
        ("section", held.get("section")),  # type: ignore[list-item]
        ("organisation", held.get("organisation")),  # type: ignore[list-item]
        *(("topic", one) for one in topics),  # type: ignore[attr-defined]
    ]
