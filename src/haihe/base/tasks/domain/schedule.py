"""Periodic work: each slot of time once, however many workers look at the clock."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from haihe.base.tasks.models import Schedule
from haihe.base.tasks.registry import Periodic


def slot_at(work: Periodic, at: datetime) -> int:
    """Number of the slot that holds a moment."""
    since = at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC) - work.offset
    return since // work.every


class Clockwork:
    """Fires periodic work from one worker; any number of workers may each have one.

    A slot number only grows, so that a clock that goes back fires nothing twice. Where it stays behind for one whole
    period of this process's monotonic clock, the period has truly passed: the work is fired, and counted from there.
    """

    def __init__(self) -> None:
        self._behind: dict[str, tuple[int, float]] = {}

    def fire_due(
        self, works: Iterable[Periodic], *, at: datetime | None = None, ticks: float | None = None
    ) -> list[str]:
        """Enqueue the work whose slot has come; returns its names.

        at       the wall clock, now unless given
        ticks    a monotonic clock in seconds, this process's unless given
        """
        at = at or timezone.now()
        ticks = time.monotonic() if ticks is None else ticks
        last = dict(Schedule.objects.values_list("name", "slot"))
        return [work.name for work in works if self._fire(work, last.get(work.name), at, ticks)]

    def _fire(self, work: Periodic, last: int | None, at: datetime, ticks: float) -> bool:
        slot = slot_at(work, at)
        if last is None:
            return _first(work, slot, at)
        if slot > last:
            self._behind.pop(work.name, None)
            return _advance(work, last, slot, at)
        if slot == last:
            self._behind.pop(work.name, None)
            return False
        seen, since = self._behind.setdefault(work.name, (last, ticks))
        if seen != last:
            self._behind[work.name] = (last, ticks)
            return False
        if ticks - since < work.every.total_seconds():
            return False
        del self._behind[work.name]
        return _advance(work, last, slot, at)


def _first(work: Periodic, slot: int, at: datetime) -> bool:
    try:
        with transaction.atomic():
            Schedule.objects.create(name=work.name, slot=slot, fired_at=at)
            work.task.enqueue_once(key="periodic")
    except IntegrityError:
        return False
    return True


def _advance(work: Periodic, last: int, slot: int, at: datetime) -> bool:
    with transaction.atomic():
        if not Schedule.objects.filter(name=work.name, slot=last).update(slot=slot, fired_at=at):
            return False
        work.task.enqueue_once(key="periodic")
    return True
