"""Lanes: which process runs which work, and how much of it at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True)
class Lane:
    """One queue with its own concurrency.

    crew        process that runs it: lanes of one crew share its memory and its interpreter lock
    slots       tasks at once
    attempts    tries before a task is a dead letter
    time_limit  longest run; what runs longer is stopped and counts as failed
    niceness    added to its processes' scheduling niceness: people at their screens, and what was published, come
                first. Little: who waits for the processor while holding the database's lock makes all wait
    """

    name: str
    crew: str
    slots: int
    attempts: int
    time_limit: timedelta
    niceness: int = 0


_BUILT_IN = (
    Lane("bake", "quick", 2, 5, timedelta(minutes=2)),
    Lane("deliver", "quick", 4, 8, timedelta(minutes=5)),
    Lane("collect", "slow", 6, 5, timedelta(minutes=10), niceness=3),
    Lane("default", "slow", 2, 5, timedelta(minutes=10), niceness=3),
    Lane("heavy", "heavy", 1, 3, timedelta(hours=6), niceness=5),
)
NAMES = tuple(lane.name for lane in _BUILT_IN)


def lanes() -> dict[str, Lane]:
    """Every lane by name; the Django setting HAIHE_LANES ({"collect": 12}) changes how many run at once."""
    slots: dict[str, int] = getattr(settings, "HAIHE_LANES", {})
    return {lane.name: replace(lane, slots=slots.get(lane.name, lane.slots)) for lane in _BUILT_IN}
