"""What the board shows: each outlet's account, and how it went over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.delivery.protocols import channels

State = Delivery.State
DAYS = 14
OWES = (State.OWED, State.SENDING)
WANTS_STAFF = (State.FAILED, State.BY_HAND)


@dataclass(frozen=True)
class Day:
    """Deliveries settled on one day."""

    day: date
    sent: int = 0
    failed: int = 0

    @property
    def share(self) -> int:
        """Percent that arrived; 100 where nothing was due."""
        return round(100 * self.sent / (self.sent + self.failed)) if self.sent + self.failed else 100

    @property
    def quiet(self) -> bool:
        return not self.sent + self.failed


@dataclass(frozen=True)
class Standing:
    """One outlet: sent, owed, what wants a person, the last that arrived, and the last days, oldest first."""

    outlet: Outlet
    label: Any
    sent: int
    owed: int
    failed: int
    last_sent: datetime | None
    days: list[Day] = field(default_factory=list)

    @property
    def resting(self) -> bool:
        until = self.outlet.rests_until
        return until is not None and until > timezone.now()

    @property
    def share(self) -> int | None:
        """Percent that arrived in these days; None where nothing was settled."""
        sent, failed = sum(day.sent for day in self.days), sum(day.failed for day in self.days)
        return round(100 * sent / (sent + failed)) if sent + failed else None


def standings(outlets: QuerySet[Outlet], days: int = DAYS) -> list[Standing]:
    """Each outlet's account; those that want a person first."""
    kept = list(outlets.select_related("organisation"))
    rows = Delivery.objects.filter(outlet__in=kept)
    counted: dict[int, dict[str, Any]] = {
        found["outlet"]: dict(found)
        for found in rows.order_by()
        .values("outlet")
        .annotate(
            sent=Count("pk", filter=Q(state=State.SENT)),
            owed=Count("pk", filter=Q(state__in=OWES)),
            failed=Count("pk", filter=Q(state__in=WANTS_STAFF)),
            last_sent=Max("settled_at", filter=Q(state=State.SENT)),
        )
    }
    by_day = _by_day(rows, days)
    empty: dict[str, Any] = {"sent": 0, "owed": 0, "failed": 0, "last_sent": None}
    found = [_standing(outlet, counted.get(outlet.pk, empty), by_day, days) for outlet in kept]
    return sorted(found, key=lambda one: (not one.failed, not one.outlet.active, one.outlet.name))


def _standing(outlet: Outlet, counts: dict[str, Any], by_day: dict[tuple[int, date], Day], days: int) -> Standing:
    channel = channels().get(outlet.channel)
    return Standing(
        outlet,
        channel.label if channel else outlet.channel,
        counts["sent"],
        counts["owed"],
        counts["failed"],
        counts["last_sent"],
        [by_day.get((outlet.pk, day), Day(day)) for day in last_days(days)],
    )


def last_days(days: int) -> list[date]:
    today = timezone.localdate()
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]


def _by_day(rows: QuerySet[Delivery], days: int) -> dict[tuple[int, date], Day]:
    since = timezone.now() - timedelta(days=days)
    settled = rows.filter(settled_at__gte=since, state__in=(State.SENT, *WANTS_STAFF)).order_by()
    grouped = (
        settled.annotate(day=TruncDate("settled_at"))
        .values("outlet", "day")
        .annotate(sent=Count("pk", filter=Q(state=State.SENT)), failed=Count("pk", filter=~Q(state=State.SENT)))
    )
    return {(one["outlet"], one["day"]): Day(one["day"], one["sent"], one["failed"]) for one in grouped}


def grouped(state: str) -> Iterable[str]:
    """The states behind one word of the board: "owed", "trouble", "sent", or a state's own name."""
    return {"owed": OWES, "trouble": WANTS_STAFF}.get(state, (state,) if state in State.values else ())
