"""The newsletter as a channel: one mail to each confirmed subscriber; corrections and withdrawals in new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from haihe.channels.newsletter import messages, smtp
from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.errors import NotAccepted, WrongSettings
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt


class Newsletter(PlainChannel):
    name: ClassVar[str] = "newsletter"
    label: ClassVar[Any] = _("Newsletter by mail")
    explains: ClassVar[Any] = _(
        "A mail for each story, or one a day or a week, to everybody who asked for it and confirmed; each has a link "
        "that ends it with one click."
    )
    takes: ClassVar[tuple[str, ...]] = ("html",)
    can: ClassVar[frozenset[Can]] = frozenset({Can.NOTE})
    once: ClassVar[Once] = Once.NEVER
    at_once: ClassVar[int] = 4
    fields: ClassVar[tuple[Field, ...]] = (
        Field("from_address", _("sender"), help=_("Address that the mails come from.")),
        Field("host", _("mail server"), help=_("Such as smtp.example.org")),
        Field("port", _("port"), "number", initial=587),
        Field("security", _("encryption"), "choice", initial="starttls",
              choices=(("starttls", "STARTTLS"), ("tls", "TLS"), ("none", _("none")))),
        Field("user", _("user name"), required=False),
        Field("password", _("password"), "secret", required=False),
        Field("hour", _("hour of the digest"), "number", initial=7,
              help=_("0 to 23. The weekly one goes out on Monday.")),
    )  # fmt: skip

    def recipients(self, outlet: int, parcel: Parcel) -> Sequence[str] | None:
        from haihe.channels.models import Subscriber

        at_once = Subscriber.Rhythm.EACH
        confirmed = Subscriber.objects.filter(outlet=outlet, state=Subscriber.State.CONFIRMED, rhythm=at_once)
        return [str(key) for key in confirmed.values_list("pk", flat=True)]

    def prepare(self, parcel: Parcel, account: Account) -> Any:
        """Whom the mail is for and, of a digest, what it tells; None for the outlet's own row, and for who left
        meanwhile."""
        from haihe.channels.models import Subscriber
        from haihe.channels.newsletter import digests
        from haihe.channels.newsletter.subscribing import leave_url

        if not parcel.recipient:
            return None
        digest, subscriber = digests.parts(parcel.recipient)
        found = Subscriber.objects.filter(pk=subscriber, state=Subscriber.State.CONFIRMED).first()
        if found is None:
            return None
        reader = messages.Reader(found.address, leave_url(found), found.language)
        return reader, digests.issue(digest) if digest else None

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        if parcel.more is None:
            raise NotAccepted(str(_("The subscriber has left.")))
        reader, issue = parcel.more
        with override(reader.language):
            message = (
                messages.of_issue(parcel, account, reader, issue)
                if issue
                else messages.of_parcel(parcel, account, reader)
            )
        return smtp.send(message, account)

    def public_page(self, outlet: int) -> str:
        return reverse("channels_newsletter", args=[outlet])

    def check(self, account: Account) -> None:
        _valid(account.settings)


def _valid(settings: Mapping[str, Any]) -> None:
    if not 0 <= int(settings.get("hour") or 0) <= 23:
        raise WrongSettings(thing=str(settings["hour"]))
    try:
        validate_email(settings.get("from_address", ""))
    except ValidationError as error:
        raise WrongSettings(thing=str(settings.get("from_address", ""))) from error
