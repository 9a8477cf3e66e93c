"""Notifications as a channel: one to each browser that allowed it; a newer version takes the older one's place."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from haihe.base import sealing
from haihe.channels import http
from haihe.channels.push.encryption import LONGEST, decoded, encrypted, vapid
from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.errors import NotAccepted, WrongSettings
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt, Way

PURPOSE = "haihe.channels.push"
KEPT_FOR = 24 * 3600  # seconds for which a push service keeps it for a browser that is off
TOKEN_FOR = 12 * 3600
TEXT = 300  # characters of a notification's text


class Push(PlainChannel):
    name: ClassVar[str] = "push"
    label: ClassVar[Any] = _("Notifications in browsers")
    explains: ClassVar[Any] = _(
        "Whoever allowed it in their browser is told at once, without an account; a click ends it."
    )
    takes: ClassVar[tuple[str, ...]] = ("text",)
    can: ClassVar[frozenset[Can]] = frozenset({Can.REPLACE, Can.NOTE})
    once: ClassVar[Once] = Once.NAME  # two of one tag are one notification
    at_once: ClassVar[int] = 16
    recipients_apart: ClassVar[bool] = True
    fields: ClassVar[tuple[Field, ...]] = (
        Field("contact", _("contact"), help=_("Mail address that push services write to when something is wrong.")),
    )

    def recipients(self, outlet: int, parcel: Parcel) -> Sequence[str] | None:
        from haihe.channels.models import PushSubscription

        found = PushSubscription.objects.filter(outlet=outlet, gone_at=None)
        return [str(key) for key in found.values_list("pk", flat=True)]

    def prepare(self, parcel: Parcel, account: Account) -> Any:
        """(address, encrypted message, Authorization); None for the outlet's own row, and for who left meanwhile."""
        from haihe.channels.models import PushKey, PushSubscription

        if not parcel.recipient:
            return None
        found = PushSubscription.objects.filter(pk=parcel.recipient, gone_at=None).first()
        if found is None:
            return None
        private = sealing.unseal(PushKey.of(account.outlet).sealed, purpose=PURPOSE)
        contact = "mailto:" + str(account.settings.get("contact", ""))
        token = vapid(private, found.endpoint, contact=contact, until=int(time.time()) + TOKEN_FOR)
        return found.endpoint, encrypted(message(parcel), decoded(found.key), decoded(found.auth)), token

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        if parcel.more is None:
            raise NotAccepted(str(_("The subscriber has left.")), status=410)
        endpoint, body, token = parcel.more
        headers = {
            "Authorization": token,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_FOR),
            "Urgency": "normal",
            "Topic": parcel.publication.replace("-", ""),  # 32 signs, as many as RFC 8030 allows
        }
        return http.receipt(http.send(endpoint, body, headers))

    def check(self, account: Account) -> None:
        if "@" not in str(account.settings.get("contact", "")):
            raise WrongSettings(str(_("The contact is a mail address.")), thing=account.name)

    def public_page(self, outlet: int) -> str:
        return reverse("channels_push", args=[outlet])


def message(parcel: Parcel) -> bytes:
    """What the browser's worker reads: title, text, address, and a tag that is the same for every version."""
    if parcel.way is Way.NOTE:
        title, text = __("Withdrawn: %(title)s") % {"title": parcel.title}, ""
    else:
        title, text = parcel.title, str(parcel.content.get("summary", ""))
    said = {"title": title[:200], "body": text[:TEXT], "url": parcel.url, "tag": parcel.publication,
            "lang": parcel.language, "silent": parcel.way is not Way.PUT}  # fmt: skip
    data = json.dumps(said, ensure_ascii=False).encode()
    if len(data) <= LONGEST:
        return data
    return json.dumps({**said, "title": title[:100], "body": ""}, ensure_ascii=False).encode()


def public_key(outlet: int) -> str:
    """What a browser subscribes with."""
    from haihe.channels.models import PushKey

    return PushKey.of(outlet).public
