"""How much is kept, how it grows, and how long the disk has room."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from haihe.archive.domain import fixity, stores
from haihe.archive.models import Copy, Item

LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Forecast:
    """free, total: bytes of the disk; a_day: bytes that came each day, of the last 90; days: until it is full."""

    free: int
    total: int
    a_day: float
    days: int | None

    @property
    def share(self) -> int:
        return round(100 * (self.total - self.free) / self.total) if self.total else 0


def forecast() -> Forecast:
    stores.local()
    room = shutil.disk_usage(stores.root_folder())
    first = Item.objects.aggregate(first=Min("created_at"))["first"]
    now = timezone.now()
    if first is None:
        return Forecast(room.free, room.total, 0.0, None)
    since = max(first, now - LOOKED_BACK)
    came = Item.objects.filter(created_at__gte=since).aggregate(size=Sum("size"))["size"] or 0
    a_day = came / max(1.0, (now - since).total_seconds() / 86_400)
    return Forecast(room.free, room.total, a_day, int(room.free / a_day) if a_day >= 1 else None)


def used(items: QuerySet[Item]) -> list[dict[str, Any]]:
    """Items, files and bytes of each organisation, the largest first; None is the archive's own."""
    rows: Any = items.values("organisation__name").annotate(items=Count("pk"), bytes=Sum("size"), files=Sum("files"))
    return list(rows.order_by("-bytes"))


def state_of_stores(items: QuerySet[Item]) -> list[dict[str, Any]]:
    """For each store: copies, those read within the month, those never read, those behind, those with a fault."""
    since = timezone.now() - fixity.AGAIN_AFTER
    rows: Any = (
        Copy.objects.filter(item__in=items)
        .values("store")
        .annotate(
            copies=Count("pk"),
            fresh=Count("pk", filter=Q(checked_at__gte=since)),
            never=Count("pk", filter=Q(checked_at=None)),
            faulty=Count("pk", filter=~Q(fault="")),
            newest=Max("checked_at"),
        )
        .order_by("store")
    )
    return list(rows)
