"""How a family spread: when, and over which outlets."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Spread:
    """One family in time and space.

    family      id of the item that came first into the index
    items       ids, by publication, those without a time last
    first, last when the earliest and the latest were published, UTC; None where no time is known
    outlets     items of each outlet, the most frequent first
    days        items of each day (UTC, ISO 8601)
    """

    family: str | int
    items: tuple[str | int, ...]
    first: datetime | None
    last: datetime | None
    outlets: dict[str, int]
    days: dict[str, int]


def spread(members: Sequence[tuple[str | int, float, str]], *, family: str | int) -> Spread:
    """From (id, time in seconds since 1970 or NaN, outlet or "") of each member, in the order of their coming."""
    ordered = sorted(members, key=lambda member: (math.isnan(member[1]), 0.0 if math.isnan(member[1]) else member[1]))
    times = [datetime.fromtimestamp(time, UTC) for _id, time, _outlet in ordered if not math.isnan(time)]
    return Spread(
        family,
        tuple(id for id, _time, _outlet in ordered),
        times[0] if times else None,
        times[-1] if times else None,
        dict(Counter(outlet for _id, _time, outlet in ordered if outlet).most_common()),
        dict(Counter(time.date().isoformat() for time in times)),
    )


def moment(written: str) -> datetime | None:
    """An ISO 8601 date or time, read as UTC where no zone is named; None for anything else."""
    try:
        read = datetime.fromisoformat(written.strip())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
