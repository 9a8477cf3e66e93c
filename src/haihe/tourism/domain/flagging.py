"""Doubts about a stream as flags of its owner: raised once, settled by a person with a word, never raised again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from haihe.tourism.domain import loads, places, watching
from haihe.tourism.models import Flag, Load, Stream

if TYPE_CHECKING:
    from haihe.city.models import Person

# what of a stream is totalled by day, and what that is called
WATCHED = {
    "entry-exit": "persons",
    "transport": "passengers",
    "lodging": "rooms_sold",
    "consumption": "amount",
    "visits": "visitors",
    "media": "reads",
}


def look(stream: Stream) -> int:
    """Raise a flag for every new doubt; open flags that hold no more go. Returns how many stand."""
    found = list(_doubts(stream))
    held = {(one.kind, one.day) for one in found}
    for flag in stream.flags.filter(settled_at=None).exclude(kind=Flag.Kind.LATE):
        if (flag.kind, flag.day) not in held:
            flag.delete()
    Flag.objects.bulk_create(
        [Flag(stream=stream, kind=one.kind, day=one.day, told={"zh": one.zh, "en": one.en}) for one in found],
        ignore_conflicts=True,
    )
    return stream.flags.filter(settled_at=None).count()


def look_for_late(stream: Stream, today: date) -> None:
    """One open flag where the stream is overdue, none where it is not."""
    contract = places.contract_of(stream)
    last = stream.loads.filter(state=Load.State.LOADED).order_by("-last_day").values_list("last_day", flat=True).first()
    doubt = watching.late(last, today, contract.due_days, contract.expected)
    open_flags = stream.flags.filter(kind=Flag.Kind.LATE, settled_at=None)
    if doubt is None:
        open_flags.delete()
    elif not open_flags.exists():
        told = {"zh": doubt.zh, "en": doubt.en}
        Flag.objects.get_or_create(stream=stream, kind=doubt.kind, day=doubt.day, defaults={"told": told})


def settle(flag: Flag, by: Person, note: str) -> None:
    """Somebody found out what it was."""
    flag.settled_by, flag.settled_at, flag.note = by, timezone.now(), note[:300]
    flag.save()


def daily_totals(stream: Stream) -> list[tuple[date, float]]:
    """(day, total) of what is watched in a stream; empty where nothing is."""
    from haihe.tourism.domain.facts.asking import connect, facts

    column = WATCHED.get(stream.contract)
    files = loads.live_files(stream.organisation_id, stream.contract)
    if column is None or not files:
        return []
    table = facts(connect(), places.contract_of(stream), files)
    daily = table.group_by("date").aggregate(total=table[column].sum()).order_by("date")
    return [(_date(day), float(total)) for day, total in daily.execute().itertuples(index=False)]


def _doubts(stream: Stream) -> list[watching.Doubt]:
    days = daily_totals(stream)
    if not days:
        return []
    column = places.contract_of(stream).column(WATCHED[stream.contract])
    return list(watching.doubts(days, (column.label, column.name)))


def _date(day: object) -> date:
    return day.date() if hasattr(day, "hour") and hasattr(day, "date") else day  # type: ignore[return-value]  # of pandas
