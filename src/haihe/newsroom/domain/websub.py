"""WebSub, the subscriber's side (W3C Recommendation, 23 January 2018): a hub tells what is new the moment it is.

A hub is believed in nothing: it confirms with a challenge that came to an address only it was told, and each delivery
carries a signature under a secret that only it knows.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from haihe.archive import read as read_master
from haihe.base.errors import HaiheError
from haihe.base.outbound import OutboundError, send_form
from haihe.newsroom.domain import collecting, ledger
from haihe.newsroom.domain.sealing import seal, unseal
from haihe.newsroom.domain.transports.push import pushed
from haihe.newsroom.models import Fetch, Source, Subscription

LEASE_SECONDS = 10 * 24 * 3600
_RENEW_BEFORE = 0.2  # of the lease
_ASK_AGAIN = timedelta(hours=6)  # what a hub never confirmed
_LINK_HEADER = re.compile(r"<([^<>]{1,2000})>((?:\s*;\s*[\w-]+\s*=\s*(?:\"[^\"]*\"|[^\s,;]+))*)")
_RELATION = re.compile(r"\brel\s*=\s*(?:\"([^\"]*)\"|([^\s,;]+))", re.IGNORECASE)
_LINK_ELEMENT = re.compile(r"<(?:[\w-]+:)?link\b([^<>]{0,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


class NoHub(HaiheError):
    """The feed names no hub."""

    permanent = True
    hint = "It is visited at intervals, as other sources are."


def hub_of(headers: list[tuple[str, str]], text: str, base: str) -> tuple[str, str]:
    """(hub, topic) that an answer names, in its Link headers first, then in its links; empty where it names none."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == "link":
            for target, parameters in _LINK_HEADER.findall(value):
                relation = _RELATION.search(parameters)
                for word in (relation.group(1) or relation.group(2) or "").lower().split() if relation else ():
                    found.setdefault(word, target)
    for attributes in _LINK_ELEMENT.findall(text[:200_000]):
        said = {name.lower(): unescape(one or two) for name, one, two in _ATTRIBUTE.findall(attributes)}
        for word in said.get("rel", "").lower().split():
            found.setdefault(word, said.get("href", ""))
    hub = _whole(base, found.get("hub", ""))
    return hub, (_whole(base, found.get("self", "")) or base) if hub else ""


def subscribe(source: Source) -> Subscription:
    """Ask the hub that a source's last answer names to tell what is new. Raises NoHub, OutboundError."""
    hub, topic = _named_by(source)
    if not hub:
        raise NoHub(thing=source.name)
    known = Subscription.objects.filter(source=source).first()
    if known is None or (known.hub, known.topic) != (hub, topic):
        known = _begun(source, known, hub, topic)
    return _ask(known, "subscribe")


def leave(source: Source) -> None:
    """End a source's subscription; a hub that does not answer forgets it with its lease."""
    found = Subscription.objects.filter(source=source).first()
    if found is None:
        return
    found.state = Subscription.State.LEAVING
    found.save(update_fields=["state"])
    _ask(found, "unsubscribe")


def renew_due(at: datetime) -> int:
    """Renew what ends soon, ask again what was never confirmed, begin what is wanted; returns how many were asked."""
    asked = 0
    wanted = Source.objects.filter(active=True, transport="address", options__websub=True)
    for source in wanted.select_related("subscription"):
        held = getattr(source, "subscription", None)
        if held is None or _is_due(held, at):
            try:
                subscribe(source)
                asked += 1
            except HaiheError:  # it stands on the subscription, or there is no hub; the source is visited all the same
                continue
    for gone in Subscription.objects.exclude(source__in=wanted).select_related("source"):
        if gone.state != Subscription.State.LEAVING:
            leave(gone.source)
        elif at - gone.asked_at > _ASK_AGAIN:
            gone.delete()
    return asked


def confirm(token: str, *, mode: str, topic: str, lease_seconds: int) -> bool:
    """A hub asks whether we meant it; True where we did (section 5.3)."""
    found = Subscription.objects.filter(token=token).select_related("source").first()
    if found is None or found.topic != topic:
        return False
    if mode == "denied":
        found.state = Subscription.State.DENIED
        found.save(update_fields=["state"])
        _tell_source(found.source, tells=False)
        return True
    if mode == "unsubscribe":
        left = found.state == Subscription.State.LEAVING
        if left:
            found.delete()
            _tell_source(found.source, tells=False)
        return left
    if mode != "subscribe" or found.state in (Subscription.State.DENIED, Subscription.State.LEAVING):
        return False
    lease = min(max(lease_seconds, 60), 90 * 24 * 3600) if lease_seconds else LEASE_SECONDS
    found.state, found.problem = Subscription.State.VERIFIED, ""
    found.lease_until = timezone.now() + timedelta(seconds=lease)
    found.save(update_fields=["state", "problem", "lease_until"])
    _tell_source(found.source, tells=True)
    return True


def is_known(token: str) -> bool:
    """Whether a callback is one of ours: what comes to another is not even read."""
    return Subscription.objects.filter(token=token).exists()


def deliver(token: str, body: bytes, *, content_type: str, signature: str) -> Fetch | None:
    """Take in what a hub delivers; None where its signature is not ours: it is left unread, and the hub not told."""
    found = Subscription.objects.filter(token=token).select_related("source__organisation").first()
    if found is None or found.state != Subscription.State.VERIFIED:
        return None
    if not is_signed(body, signature, unseal(found.sealed_secret)):
        found.problem = "A delivery came without a sound signature and was left unread."
        found.save(update_fields=["problem"])
        return None
    media_type, _, rest = content_type.partition(";")
    charset = rest.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    found.delivered_at = timezone.now()
    found.save(update_fields=["delivered_at"])
    delivery = pushed(body, media_type=media_type.strip(), charset=charset, address=found.topic, kind="hub")
    return collecting.take_delivery(found.source, delivery)


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether `X-Hub-Signature: method=hex` is the HMAC of the body under the secret."""
    method, _, said = signature.strip().partition("=")
    if method.lower() not in _METHODS or not secret:
        return False
    ours = hmac.new(secret.encode(), body, _METHODS[method.lower()]).hexdigest()
    return hmac.compare_digest(ours, said.strip().lower())


def _named_by(source: Source) -> tuple[str, str]:
    kept = Fetch.objects.filter(source=source, kind=Fetch.Kind.VISIT, master__isnull=False).select_related(
        "master__blob__segment", "master__segment"
    )
    last = kept.order_by("-pk").first()
    if last is None or last.master is None:
        return "", ""
    said = ledger.exchange(last)
    text = read_master(last.master)[:200_000].decode("utf-8", "replace")
    return hub_of(said.headers if said else [], text, last.master.source_uri or source.address)


def _begun(source: Source, old: Subscription | None, hub: str, topic: str) -> Subscription:
    if old is not None:
        old.delete()
    return Subscription.objects.create(
        source=source,
        hub=hub[:2000],
        topic=topic[:2000],
        token=secrets.token_urlsafe(32),
        sealed_secret=seal(secrets.token_urlsafe(48)),
        asked_at=timezone.now(),
    )


def _ask(subscription: Subscription, mode: str) -> Subscription:
    if subscription.state == Subscription.State.DENIED:
        subscription.state = Subscription.State.ASKED
    subscription.asked_at = timezone.now()
    subscription.save(update_fields=["asked_at", "state"])
    form = {
        "hub.callback": callback_of(subscription),
        "hub.mode": mode,
        "hub.topic": subscription.topic,
        "hub.lease_seconds": str(LEASE_SECONDS),
        "hub.secret": unseal(subscription.sealed_secret),
    }
    try:
        answer = send_form(subscription.hub, form)
        answer.raise_for_status()
    except OutboundError as error:
        Subscription.objects.filter(pk=subscription.pk).update(problem=error.message)
        raise
    Subscription.objects.filter(pk=subscription.pk).update(problem="")
    return subscription


def callback_of(subscription: Subscription) -> str:
    return settings.HAIHE.public_url.rstrip("/") + reverse("newsroom_websub", args=[subscription.token])


def _is_due(held: Subscription, at: datetime) -> bool:
    if held.state != Subscription.State.VERIFIED or held.lease_until is None:
        return abs(at - held.asked_at) > _ASK_AGAIN
    left = held.lease_until - at
    return left < timedelta(seconds=60) or left < _RENEW_BEFORE * (held.lease_until - held.asked_at)


def _tell_source(source: Source, *, tells: bool) -> None:
    """So that a source whose hub tells what is new is looked at less often."""
    current = Source.objects.get(pk=source.pk)
    current.options = {**current.options, "hub_tells": tells}
    current.save(update_fields=["options"])


def _whole(base: str, address: str) -> str:
    try:
        whole = urljoin(base, address.strip()) if address else ""
    except ValueError:
        return ""
    return whole if whole.startswith(("http://", "https://")) else ""
