"""Taking due rows, giving back what a dead dispatcher held."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from haihe.base.tasks.domain.patience import patiently
from haihe.releases.delivery.models import Delivery, Outlet, sooner

State = Delivery.State
ATTEMPTS = 16  # with backoff some eight hours, and longer while its outlet rests
READ_AHEAD = 100  # rows of one outlet that are known before their turn
KNOWN_FOR = 1.0  # seconds; what falls due meanwhile waits no longer


def recover() -> int:
    """Called alone, before anything is claimed: what is being sent has lost its sender, and may have arrived.

    What has taken its worker down with it as often as it may be tried is not tried again.
    """

    def give_back() -> int:
        lost = Delivery.objects.filter(state=State.SENDING)
        if not lost.exists():
            return 0
        worn_out = lost.filter(attempts__gte=ATTEMPTS)
        worn_out.update(state=State.FAILED, doubtful=True, problem="WorkerDied", settled_at=timezone.now())
        return lost.update(state=State.OWED, doubtful=True)

    return patiently(give_back)


def due(at: datetime) -> QuerySet[Delivery]:
    """Rows whose time has come, of outlets that work."""
    return Delivery.objects.filter(state=State.OWED, next_at__lte=at, outlet__in=_awake(at))


def is_work(at: datetime) -> bool:
    """Whether a dispatcher would find something to do: a row to send, or one that has lost its sender."""
    return Delivery.objects.filter(state=State.SENDING).exists() or _in_turn(due(at)).exists()


def outlets_with_work(at: datetime) -> list[Outlet]:
    """Active outlets that do not rest and owe something now."""
    owed = Delivery.objects.filter(outlet=OuterRef("pk"), state=State.OWED, next_at__lte=at)
    return list(_awake(at).filter(Exists(owed)))


class Lines:
    """The rows of each outlet whose turn is next, read many at a time; whether they may still go, `claim` asks."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[float, deque[int]]] = {}

    def first(self, outlet: int, number: int) -> list[int]:
        """Keys of up to so many due rows of an outlet, oldest first; they leave the line."""
        now = time.monotonic()
        read_at, line = self._known.get(outlet, (0.0, deque[int]()))
        if not line or now - read_at > KNOWN_FOR:
            rows = _in_turn(Delivery.objects.filter(outlet=outlet, state=State.OWED, next_at__lte=timezone.now()))
            line = deque(rows.order_by("next_at", "id").values_list("pk", flat=True)[:READ_AHEAD])
            self._known[outlet] = (now, line)
        return [line.popleft() for _ in range(min(number, len(line)))]


def claim(keys: Sequence[int], outlets: Mapping[int, Outlet]) -> list[Delivery]:
    """Take those of these rows that may still go, never two versions of one thing at once.

    outlets   by key: the outlets of all these rows
    """
    with transaction.atomic():
        rows = _in_turn(Delivery.objects.filter(pk__in=keys, state=State.OWED))
        taken = list(rows.select_for_update(of=("self",), skip_locked=True))
        if taken:
            Delivery.objects.filter(pk__in=[row.pk for row in taken]).update(
                state=State.SENDING, attempts=F("attempts") + 1
            )
    for row in taken:
        row.state, row.attempts = State.SENDING, row.attempts + 1
        row.outlet = outlets[row.outlet_id]
    order = {key: place for place, key in enumerate(keys)}
    return sorted(taken, key=lambda row: order[row.pk])


def unclaim(keys: Sequence[int]) -> None:
    """Give back what was taken and never handed to its channel."""
    taken = Delivery.objects.filter(pk__in=keys, state=State.SENDING)
    taken.update(state=State.OWED, attempts=F("attempts") - 1)


def _awake(at: datetime) -> QuerySet[Outlet]:
    return Outlet.objects.filter(Q(rests_until=None) | Q(rests_until__lte=at), active=True)


def _in_turn(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Without those before which an earlier version, or telling, of the same thing has to go."""
    earlier = Delivery.objects.filter(
        outlet=OuterRef("outlet"),
        publication=OuterRef("publication"),
        recipient=OuterRef("recipient"),
        state__in=(State.OWED, State.SENDING),
    )
    return rows.filter(~Exists(earlier.filter(sooner(OuterRef("version"), OuterRef("again")))))
