"""What baking says of itself on the first page of the admin."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from haihe.base.desk import health
from haihe.city.gate import is_sovereign
from haihe.releases.baking.models import BakedPage


@health.line
def baked_pages(request: HttpRequest) -> Iterator[health.Line]:
    if not is_sovereign(request.user):
        return
    counts = BakedPage.objects.aggregate(
        total=Count("pk"), failed=Count("pk", filter=~Q(problem="")), waiting=Count("pk", filter=~Q(dirty_since=None))
    )
    said = _("%(total)d pages, %(waiting)d waiting to be baked, %(failed)d with a problem") % counts
    yield health.Line(_("Baked pages"), said, well=not counts["failed"], url=reverse("baking_board"))
