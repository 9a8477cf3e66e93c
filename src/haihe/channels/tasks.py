"""What channels do in the background."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from haihe.base.tasks import periodic, task


@task(lane="deliver", title=_("Ask a subscriber to confirm"), attempts=4, gone_is_done=True)
def send_confirmation(subscriber: int) -> None:
    from haihe.channels.models import Subscriber
    from haihe.channels.newsletter import messages, smtp
    from haihe.channels.newsletter.subscribing import confirm_url
    from haihe.releases.delivery.domain.sealing import account

    found = Subscriber.objects.select_related("outlet").get(pk=subscriber, state=Subscriber.State.ASKED)
    held = account(found.outlet)
    with override(found.language):
        smtp.send(messages.of_confirmation(held, found.address, confirm_url(found)), held)


@periodic(every=timedelta(minutes=5))
@task(lane="deliver", title=_("Make the digests whose hour has come"))
def make_digests() -> None:
    from haihe.channels.newsletter import digests

    digests.make_due()


@periodic(every=timedelta(minutes=5))
@task(lane="default", title=_("Make the editions whose hour has come"))
def make_editions() -> None:
    from haihe.channels.paper import editions

    editions.make_due()


@periodic(every=timedelta(hours=6))
@task(lane="default", title=_("Forget addresses that were not confirmed"))
def forget_unconfirmed() -> None:
    from haihe.channels.newsletter import subscribing
    from haihe.channels.push import leaving
    from haihe.channels.websub import hub

    subscribing.forget_unconfirmed()
    hub.forget_unverified()
    leaving.forget_gone()


@task(lane="deliver", title=_("Ask a WebSub subscriber whether it meant it"), attempts=3, gone_is_done=True)
def verify_subscription(subscription: int, mode: str, lease: int, sealed: str) -> None:
    from haihe.channels.websub import hub

    hub.verify(subscription, mode=mode, lease=lease, sealed=sealed)


@task(lane="deliver", title=_("Learn who sent something to the fediverse inbox"), attempts=4, gone_is_done=True)
def take_in(said: dict[str, Any], key: str, text: str, value: str) -> None:
    from haihe.channels.activitypub import inbox, signing

    inbox.take_in(said, signing.Signature(key, text, bytes.fromhex(value)))


@task(lane="deliver", title=_("Accept a follower"), attempts=8, gone_is_done=True)
def accept_follow(actor: int, remote: int, follow: dict[str, str]) -> None:
    from haihe.channels.activitypub import following

    following.accept(actor, remote, follow)
