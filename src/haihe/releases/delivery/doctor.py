"""What doctor asks about delivery."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from haihe.base.doctor import Finding, check, good, note, warning, wrong
from haihe.releases.delivery.domain.claiming import due
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.delivery.protocols import channels, every_product

LATE = timedelta(minutes=5)


@check("channels.registered")
def what_is_registered() -> Iterator[Finding]:
    """Products and channels that this Haihe has."""
    yield note(_("products: %(names)s") % {"names": ", ".join(every_product())})
    yield note(_("channels: %(names)s") % {"names": ", ".join(channels())})


@check("channels.deliveries")
def deliveries_go_out() -> Iterator[Finding]:
    """Outlets that fail, rest or are of no known channel; deliveries that nobody sends."""
    for outlet in Outlet.objects.filter(active=True):
        if outlet.channel not in channels():
            text = _("channel “%(name)s” is of a kind this Haihe does not have (%(kind)s)")
            yield wrong(text % {"name": outlet.name, "kind": outlet.channel}, _("Pause it, or install that version."))
        failed = Delivery.objects.filter(outlet=outlet, state=Delivery.State.FAILED).count()
        if failed:
            text = _("channel “%(name)s”: %(count)s deliveries failed for good")
            advice = _("Open Channels in the admin and read what the receiver answered.")
            yield warning(text % {"name": outlet.name, "count": failed}, advice)
    late = due(timezone.now() - LATE).count()
    if late:
        text = _("%(count)s deliveries have waited for five minutes") % {"count": late}
        yield wrong(text, _("Start the worker: haihe up, or haihe worker."))
    else:
        yield good(_("no delivery waits longer than it should"))
