"""How much is kept, how it grows, and how long the disk has room."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from haihe.archive.domain import fixity, stores
from haihe.archive.models import Copy, Item

LOOKED_BACK = timedelta(days=90)
MONTHS = 12
FARTHEST = 36_500  # days: what would last longer has no date


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

    @property
    def full(self) -> date | None:
        """The day on which there is no room left, at this pace."""
        if self.days is None or self.days > FARTHEST:
            return None
        return timezone.localdate() + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Month:
    """What came in one month: items and bytes; `share` of the largest month, 0 to 100."""

    begins: datetime
    items: int
    bytes: int
    share: int


def months(items: QuerySet[Item]) -> list[Month]:
    """The last year month by month, the oldest first, months without a deposit among them; [] where nothing came."""
    now = timezone.localtime()
    number = now.year * 12 + now.month - 1
    first = [divmod(one, 12) for one in range(number - MONTHS + 1, number + 1)]
    begins = [now.replace(year=y, month=m + 1, day=1, hour=0, minute=0, second=0, microsecond=0) for y, m in first]
    rows: Any = items.filter(created_at__gte=begins[0]).annotate(month=TruncMonth("created_at")).values("month")
    came = {
        (row["month"].year, row["month"].month): (row["count"], row["size"] or 0)
        for row in rows.annotate(count=Count("pk"), size=Sum("size")).order_by("month")
    }
    largest = max((size for _count, size in came.values()), default=0)
    if not came:
        return []
    found = [(at, *came.get((at.year, at.month), (0, 0))) for at in begins]
    return [Month(at, count, size, round(100 * size / largest) if largest else 0) for at, count, size in found]


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
