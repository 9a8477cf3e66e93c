"""Taking due rows, giving back what a dead dispatcher held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from haihe.base.tasks.domain.patience import patiently
from haihe.releases.delivery.models import Delivery, Outlet

State = Delivery.State
ATTEMPTS = 16  # with backoff some eight hours, and longer while its outlet rests


def recover() -> int:
    """Called alone, before anything is claimed: what is being sent has lost its sender, and may have arrived.

    What has taken its worker down with it as often as it may be tried is not tried again.
    """

    def give_back() -> int:
        lost = Delivery.objects.filter(state=State.SENDING)
        worn_out = lost.filter(attempts__gte=ATTEMPTS)
        worn_out.update(state=State.FAILED, doubtful=True, problem="WorkerDied", settled_at=timezone.now())
        return lost.update(state=State.OWED, doubtful=True)

    return patiently(give_back)


def due(at: datetime) -> QuerySet[Delivery]:
    """Rows whose time has come, of outlets that work."""
    working = Outlet.objects.filter(Q(rests_until=None) | Q(rests_until__lte=at), active=True)
    return Delivery.objects.filter(state=State.OWED, next_at__lte=at, outlet__in=working)


def next_due(at: datetime) -> datetime | None:
    """When the dispatcher has to look again; None where nothing waits."""
    waiting = _in_turn(Delivery.objects.filter(state=State.OWED, outlet__active=True))
    awake = Greatest("next_at", Coalesce("outlet__rests_until", "next_at"))
    soonest: datetime | None = waiting.aggregate(at=Min(awake))["at"]
    return None if soonest is None else max(soonest, at + timedelta(milliseconds=200))


def outlets_with_work(at: datetime) -> list[Outlet]:
    """Active outlets that do not rest and owe something now."""
    owed = Delivery.objects.filter(outlet=OuterRef("pk"), state=State.OWED, next_at__lte=at)
    awake = Outlet.objects.filter(Q(rests_until=None) | Q(rests_until__lte=at), active=True)
    return list(awake.filter(Exists(owed)))


def claim(free: Mapping[int, int]) -> list[Delivery]:
    """Take up to `free[outlet]` due rows of each outlet, oldest first, never two versions of one thing at once."""
    now = timezone.now()
    taken: list[Delivery] = []
    with transaction.atomic():
        for outlet, number in free.items():
            taken += _claimable(outlet, now)[:number]
        if taken:
            Delivery.objects.filter(pk__in=[row.pk for row in taken]).update(
                state=State.SENDING, attempts=F("attempts") + 1
            )
    for row in taken:
        row.state, row.attempts = State.SENDING, row.attempts + 1
    return taken


def _claimable(outlet: int, now: datetime) -> QuerySet[Delivery]:
    rows = _in_turn(Delivery.objects.filter(outlet=outlet, state=State.OWED, next_at__lte=now))
    whole = rows.select_related("outlet", "release__publication", "publication__organisation")
    return whole.order_by("next_at", "id").select_for_update(of=("self",), skip_locked=True)


def _in_turn(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Without those before which an earlier version of the same thing has to go."""
    earlier = Delivery.objects.filter(
        outlet=OuterRef("outlet"),
        publication=OuterRef("publication"),
        recipient=OuterRef("recipient"),
        version__lt=OuterRef("version"),
        state__in=(State.OWED, State.SENDING),
    )
    return rows.filter(~Exists(earlier))
