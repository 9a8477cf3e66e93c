"""Content distribution: each verified subscriber of a feed that a release stands in is sent its entry, signed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from haihe.base import sealing
from haihe.base.web.languages import absolute
from haihe.channels import http
from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.errors import NotAccepted
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt, every_product
from haihe.releases.models import Release

GONE = 410  # section 7: the subscriber wants no more


@dataclass(frozen=True)
class Told:
    """What one subscriber is sent."""

    topic: str
    callback: str
    secret: str
    media_type: str
    body: bytes


class WebSub(PlainChannel):
    name: ClassVar[str] = "websub"
    label: ClassVar[Any] = _("WebSub hub")
    explains: ClassVar[Any] = _(
        "Programs subscribe to the city's feeds and are told what is new at once. One is enough for a city."
    )
    takes: ClassVar[tuple[str, ...]] = ("atom", "rss", "json-feed")
    can: ClassVar[frozenset[Can]] = frozenset({Can.REPLACE})
    once: ClassVar[Once] = Once.KEY  # an entry's id and time of change are its key
    recipients_apart: ClassVar[bool] = True
    fields: ClassVar[tuple[Field, ...]] = ()

    def recipients(self, outlet: int, parcel: Parcel) -> Sequence[str] | None:
        from haihe.channels.models import HubSubscription
        from haihe.channels.websub.hub import topics_of

        found = HubSubscription.objects.filter(outlet=outlet, until__gt=timezone.now(), topic__in=topics_of(parcel))
        return [str(key) for key in found.values_list("pk", flat=True)]

    def prepare(self, parcel: Parcel, account: Account) -> Told | None:
        from haihe.channels.models import HubSubscription
        from haihe.channels.websub.hub import PURPOSE, form_of

        if not parcel.recipient:
            return None
        found = HubSubscription.objects.filter(pk=parcel.recipient, until__gt=timezone.now()).first()
        form = form_of(found.topic) if found else None
        if found is None or form is None:
            return None
        product = every_product()[form]
        with override("en" if found.topic.startswith(absolute("/en/")) else parcel.language):
            body = product.render(Release.objects.select_related("publication").get(pk=parcel.release))
        secret = sealing.unseal(found.sealed, purpose=PURPOSE)
        return Told(found.topic, found.callback, secret, product.media_type, body)

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        told: Told | None = parcel.more
        if told is None:
            raise NotAccepted(str(_("The subscription has ended.")))
        headers = {
            "Content-Type": told.media_type,
            "Link": f'<{absolute("/hub/")}>; rel="hub", <{told.topic}>; rel="self"',
            "Idempotency-Key": parcel.key,
        }
        if told.secret:
            signed = hmac.new(told.secret.encode(), told.body, hashlib.sha256).hexdigest()
            headers["X-Hub-Signature"] = f"sha256={signed}"
        return http.receipt(http.send(told.callback, told.body, headers))

    def usual(self, settings: Mapping[str, Any]) -> Sequence[str]:
        return self.takes
