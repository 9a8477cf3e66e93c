"""Our actors and theirs: made, found, and read from their servers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from haihe.base import sealing
from haihe.channels import http
from haihe.channels.activitypub import documents
from haihe.channels.activitypub.documents import host_of, word
from haihe.channels.activitypub.signing import new_keys, signed
from haihe.channels.models import Actor, RemoteActor
from haihe.releases.delivery.errors import NotAccepted, WrongSettings
from haihe.releases.delivery.models import Outlet

PURPOSE = "haihe.channels.activitypub"
HANDLE = re.compile(r"[a-z0-9_]{1,30}")
ACCEPT = "application/activity+json, application/ld+json"
FRESH = timedelta(days=1)  # before a document is read again for a name or an inbox that may have changed
ROTATED = timedelta(minutes=5)  # a key that does not hold is asked for again, but not more often than this
LONGEST = 500  # characters of an address


def actor_of(outlet: Outlet) -> Actor:
    """The outlet's actor, made with keys of its own where there is none. Raises WrongSettings for a taken handle."""
    known = Actor.objects.filter(outlet=outlet).select_related("outlet__organisation").first()
    if known is not None:
        return known
    handle = str(outlet.settings.get("handle", ""))
    if Actor.objects.filter(handle=handle).exists():
        raise WrongSettings(thing=handle)
    private, public = new_keys()
    sealed = sealing.seal(private, purpose=PURPOSE)
    return Actor.objects.create(outlet=outlet, handle=handle, sealed=sealed, public_key=public)


def find(handle: str) -> Actor | None:
    """An actor of an active outlet."""
    found = Actor.objects.filter(handle=handle, outlet__active=True)
    return found.select_related("outlet__organisation").first()


def headers_for(actor: Actor, method: str, url: str, body: bytes) -> dict[str, str]:
    """Signed headers of a request in the actor's name. Raises SecretUnreadable."""
    private = sealing.unseal(actor.sealed, purpose=PURPOSE)
    return signed(private, documents.key_of(actor), method, url, body)


def remote(uri: str, *, by: Actor, fresh: bool = False) -> RemoteActor:
    """Somebody by their address, as kept or as their server says now.

    by      our actor that asks: some servers answer only to signed questions
    fresh   ask again even what was read today, for a key that does not hold

    Raises OutboundError, NotNow, NotAccepted (410 where they are gone, or the document makes no sense).
    """
    known = RemoteActor.objects.filter(uri=uri).first()
    age = timezone.now() - known.read_at if known else None
    if known is not None and age is not None and age < (ROTATED if fresh else FRESH):
        return known
    said = _read(uri, by)
    found, _made = RemoteActor.objects.update_or_create(uri=uri, defaults={**said, "read_at": timezone.now()})
    return found


def known(uri: str) -> RemoteActor | None:
    return RemoteActor.objects.filter(uri=uri).first()


def _read(uri: str, by: Actor) -> dict[str, Any]:
    if len(uri) > LONGEST or not uri.startswith(("http://", "https://")):
        raise NotAccepted(thing=uri[:200])
    headers = headers_for(by, "GET", uri, b"") | {"Accept": ACCEPT}
    answer = http.exchange(uri, b"", headers, method="GET")
    http.raise_for(answer)
    said = http.json_object(answer.body)
    key = said.get("publicKey")
    fields = {
        "key": word(key, "id"), "public_key": word(key, "publicKeyPem"), "inbox": word(said, "inbox"),
        "shared": word(said.get("endpoints"), "sharedInbox"), "name": word(said, "name")[:200],
    }  # fmt: skip
    at_home = all(host_of(fields[name]) == host_of(uri) for name in ("key", "inbox"))
    if word(said, "id") != uri or word(key, "owner") != uri or not at_home or len(fields["inbox"]) > LONGEST:
        raise NotAccepted("The document is not that of this actor.", thing=uri[:200], status=answer.status)
    if host_of(fields["shared"]) != host_of(uri) or len(fields["shared"]) > LONGEST:
        fields["shared"] = ""
    return fields | {"handle": f"@{word(said, 'preferredUsername')[:100]}@{host_of(uri)}"}


def now() -> datetime:
    return datetime.now(UTC)
