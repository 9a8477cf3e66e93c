"""The fediverse as a channel: each follower's server is told once what is new, changed, or taken back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from haihe.channels import http
from haihe.channels.activitypub import actors, documents
from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.errors import NotAccepted, WrongSettings
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt


class ActivityPub(PlainChannel):
    name: ClassVar[str] = "activitypub"
    label: ClassVar[Any] = _("Fediverse (ActivityPub)")
    explains: ClassVar[Any] = _(
        "The organisation has an account that people follow from Mastodon and its kin; what they reply waits for you."
    )
    takes: ClassVar[tuple[str, ...]] = ("activity-note", "activity-article")
    can: ClassVar[frozenset[Can]] = frozenset({Can.REPLACE, Can.DELETE})
    once: ClassVar[Once] = Once.KEY  # an activity's id names object and version
    at_once: ClassVar[int] = 16
    recipients_apart: ClassVar[bool] = True
    fields: ClassVar[tuple[Field, ...]] = (
        Field("handle", _("account name"),
              help=_("What stands before the @: small letters, digits and _. It stays for ever.")),
        Field("summary", _("about the account"), "lines", required=False),
        Field("refused", _("servers refused"), "lines", required=False,
              help=_("One a line, such as spam.example: nothing is taken from there, nothing is sent there.")),
    )  # fmt: skip

    def recipients(self, outlet: int, parcel: Parcel) -> Sequence[str] | None:
        """Inboxes, one for each server that has a shared one."""
        from haihe.channels.activitypub.inbox import refused
        from haihe.channels.models import Follower

        found = Follower.objects.filter(actor__outlet=outlet).select_related("remote", "actor__outlet")
        wanted = (one.remote for one in found if not refused(one.actor, one.remote.uri))
        return sorted({remote.shared or remote.inbox for remote in wanted})

    def prepare(self, parcel: Parcel, account: Account) -> Any:
        """The activity and the headers that sign it, for one inbox; None for the outlet's own row."""
        from haihe.releases.delivery.models import Outlet

        if not parcel.recipient:
            return None
        actor = actors.actor_of(Outlet.objects.select_related("organisation").get(pk=account.outlet))
        made = json.loads(parcel.rendered.body) if parcel.rendered else {}
        said = documents.activity(
            actor,
            made,
            way=parcel.way,
            publication=parcel.publication,
            version=parcel.version,
            again=parcel.again,
            at=parcel.owed_at,
        )
        body = json.dumps(said, ensure_ascii=False).encode()
        return body, actors.headers_for(actor, "POST", parcel.recipient, body)

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        if parcel.more is None:
            raise NotAccepted(str(_("There is no such follower.")))
        body, headers = parcel.more
        return http.receipt(http.send(parcel.recipient, body, headers | {"Content-Type": documents.MEDIA_TYPE}))

    def check(self, account: Account) -> None:
        from haihe.channels.models import Actor

        handle = str(account.settings.get("handle", ""))
        if not actors.HANDLE.fullmatch(handle):
            raise WrongSettings(str(_("The account name holds small letters, digits and _ only.")), thing=handle)
        own = Actor.objects.filter(outlet=account.outlet).first()
        if own is not None and own.handle != handle:
            raise WrongSettings(str(_("The account name stays: followers know it.")), thing=own.handle)
        if own is None and Actor.objects.filter(handle=handle).exists():
            raise WrongSettings(str(_("Another account has this name.")), thing=handle)

    def public_page(self, outlet: int) -> str:
        from haihe.channels.models import Actor

        found = Actor.objects.filter(outlet=outlet).first()
        return reverse("channels_actor", args=[found.handle]) if found else ""
