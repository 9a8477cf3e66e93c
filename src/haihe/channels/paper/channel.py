"""The newspaper as a channel: whatever it is owed stands in the next edition; nothing is sent anywhere."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.errors import WrongSettings
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt, Way


class Paper(PlainChannel):
    name: ClassVar[str] = "paper"
    label: ClassVar[Any] = _("Digital newspaper")
    explains: ClassVar[Any] = _(
        "Each day an edition with pages and areas of what came since the last: to leaf through, to print, as an e-book."
    )
    takes: ClassVar[tuple[str, ...]] = ("release",)
    can: ClassVar[frozenset[Can]] = frozenset({Can.REPLACE, Can.DELETE})
    once: ClassVar[Once] = Once.NAME
    fields: ClassVar[tuple[Field, ...]] = (
        Field("hour", _("hour of the edition"), "number", initial=6, help=_("0 to 23.")),
        Field("front", _("name of the first page"), initial="要闻"),
        Field("line", _("line below the title"), required=False, help=_("Such as the publisher and a number.")),
    )

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        """The ledger itself is what editions are made of; they are set from what is public then."""
        done = _("taken out") if parcel.way is Way.DELETE else _("for the next edition")
        return Receipt(remote_id=parcel.publication, answer=str(done))

    def public_page(self, outlet: int) -> str:
        return reverse("channels_paper", args=[outlet])

    def desk_page(self, outlet: int) -> str:
        return reverse("channels_paper_desk", args=[outlet])

    def check(self, account: Account) -> None:
        if not 0 <= int(account.settings.get("hour") or 0) <= 23:
            raise WrongSettings(thing=str(account.settings["hour"]))
