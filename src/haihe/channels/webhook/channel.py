"""A webhook: each release is posted to an address, signed, with a key by which the receiver knows it again."""

from __future__ import annotations

import base64
import json
import time
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.channels import http
from haihe.channels.shape import PlainChannel
from haihe.channels.webhook.signing import signature
from haihe.releases.delivery.errors import NotAccepted, WrongSettings
from haihe.releases.delivery.protocols import Account, Field, Parcel, Receipt, Way

EVENTS = {Way.PUT: "release.published", Way.REPLACE: "release.corrected", Way.DELETE: "release.withdrawn"}
TEXT = ("application/json", "text/", "application/xml")


class Webhook(PlainChannel):
    name: ClassVar[str] = "webhook"
    label: ClassVar[Any] = _("Webhook")
    explains: ClassVar[Any] = _(
        "Each release is posted to an address, signed with a secret; corrections and withdrawals follow the same way."
    )
    fields: ClassVar[tuple[Field, ...]] = (
        Field("url", _("address"), "url", help=_("Such as https://partner.example.org/haihe")),
        Field(
            "secret", _("secret"), "secret",
            help=_("Both sides know it; the receiver checks each signature with it."),
        ),
    )  # fmt: skip

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        body = envelope(parcel)
        now = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.key,
            "webhook-id": parcel.key,
            "webhook-timestamp": str(now),
        }
        if secret := account.secrets.get("secret", ""):
            headers["webhook-signature"] = signature(secret, parcel.key, now, body)
        answer = http.send(account.settings["url"], body, headers)
        said = http.json_object(answer.body)
        if said.get("ok") is False or (said.get("error") and not said.get("id")):
            raise NotAccepted(status=answer.status, answer=http.words(answer))
        return http.receipt(answer, remote_id=str(said.get("id", ""))[:500], remote_url=str(said.get("url", ""))[:1000])

    def check(self, account: Account) -> None:
        if not str(account.settings.get("url", "")).startswith(("http://", "https://")):
            raise WrongSettings(thing=account.name)


def envelope(parcel: Parcel) -> bytes:
    """What is posted: which thing in which version, and the product, as text where it is text, else in base64.

    again   where the same version comes once more because other pictures of it may be shown: how often it did
    """
    data: dict[str, Any] = {
        "release": parcel.release,
        "publication": parcel.publication,
        "version": parcel.version,
        "kind": parcel.kind,
        "title": parcel.title,
        "url": parcel.url,
        "language": parcel.language,
        "first_published_at": parcel.first_published_at,
        "note": parcel.note,
    }
    if parcel.again:
        data["again"] = parcel.again
    if parcel.rendered is not None:
        made = parcel.rendered
        text = made.media_type.startswith(TEXT) or made.media_type.endswith(("+json", "+xml"))
        whole = made.body.decode() if text else base64.b64encode(made.body).decode()
        data["product"] = {
            "name": made.product,
            "media_type": made.media_type,
            "encoding": "utf-8" if text else "base64",
            "body": whole,
        }
    event = {"type": EVENTS[parcel.way], "timestamp": parcel.made_at, "data": data}
    return json.dumps(event, ensure_ascii=False).encode()
