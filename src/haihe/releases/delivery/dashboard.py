"""What delivery says of itself on the first page of the admin."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from haihe.base.desk import health
from haihe.city import visible_to
from haihe.releases.delivery.domain.boards import OWES, WANTS_STAFF
from haihe.releases.delivery.models import Delivery, Outlet


@health.line
def channels(request: HttpRequest) -> Iterator[health.Line]:
    outlets = visible_to(request.user, Outlet.objects.all()).count()
    if not outlets:
        return
    rows = visible_to(request.user, Delivery.objects.all())
    failed = rows.filter(state__in=WANTS_STAFF).count()
    told = {"outlets": outlets, "owed": rows.filter(state__in=OWES).count(), "failed": failed}
    said = _("%(outlets)d channels, %(owed)d deliveries waiting, %(failed)d want a person") % told
    yield health.Line(_("Channels"), said, well=not failed, url=reverse("delivery_board"))
