"""Offering a release to a partner that fetches it: an entry in a list that only grows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.errors import WrongSettings
from haihe.releases.delivery.protocols import Account, Field, Once, Parcel, Receipt

SHORTEST = 20  # characters of a token


class Changes(PlainChannel):
    """What is offered stands in the list once; that its reader has it, the reader's cursor says."""

    name: ClassVar[str] = "changes"
    label: ClassVar[Any] = _("Subscriber interface")
    explains: ClassVar[Any] = _(
        "A partner’s program fetches what is new, from where it left off, or listens to a stream. Nothing is sent."
    )
    once: ClassVar[Once] = Once.NAME
    at_once: ClassVar[int] = 48
    fields: ClassVar[tuple[Field, ...]] = (
        Field("token", _("token"), "secret", help=_("At least twenty characters; the partner’s program shows it.")),
    )

    def prepare(self, parcel: Parcel, account: Account) -> int:
        """The entry's cursor. It is made here, by the one dispatcher of the city: cursors grow as entries become
        visible, so that a reader who asks for what comes after one misses none."""
        from haihe.channels.models import Change

        found, _made = Change.objects.get_or_create(
            outlet_id=account.outlet,
            release_id=parcel.release,
            again=parcel.again,
            defaults={"publication_id": parcel.publication},
        )
        return found.pk

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        return Receipt(remote_id=str(parcel.more), answer=str(_("stands in the list")))

    def check(self, account: Account) -> None:
        if len(account.secrets.get("token", "")) < SHORTEST:
            raise WrongSettings(str(_("A token has at least twenty characters.")), thing=account.name)
