"""Alerts in the room: after every count the outlook of each place, who is told of it, and whether it was right.

Places are those of the stream of gates, by the hour; a place without gates is watched by the day, from the stream of
visits. What reservations said so many hours ahead helps where there is such a stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from haihe.city import gate
from haihe.tourism.domain import alert_mails, loads, places
from haihe.tourism.domain.contracts.contract import ContractUnknown
from haihe.tourism.domain.stages import stages
from haihe.tourism.models import Alert, AlertContact, AlertScore, Figure, Outlook, Stream, Telling

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.tourism.domain.forecast.alerts import Alert as Raised
    from haihe.tourism.domain.forecast.alerts import Chance
    from haihe.tourism.domain.forecast.outlook import Outlook as Seen
    from haihe.tourism.domain.forecast.outlook import Watched

STREAMS = ("gates", "reservations", "visits")
MOST_DAYS = 760  # that are learned from: two of each holiday
JUDGED = timedelta(days=400)  # back from now that alerts are judged; older outlooks go
EPOCH = date(1970, 1, 1)


def look_ahead(organisation: int) -> int:
    """Give the outlook of every place with new counts, tell who is to be told, judge what was told. Idempotent.

    returns   how many alerts were sent
    """
    from haihe.tourism.domain.forecast import outlook as engine
    from haihe.tourism.domain.forecast.guards import Refusal

    with places.alone(f"alerts-{organisation}"):
        watched = watched_places(organisation)
        if not watched:
            return 0
        known = set(Outlook.objects.filter(organisation_id=organisation).values_list("place", "issued"))
        new = [one for one in watched if (one.name, one.hour(one.newest)) not in known]
        found = engine.look_ahead(new, "CN", stages()) if new else []
        seen = [one for one in found if not isinstance(one, Refusal)]
        with transaction.atomic():
            Outlook.objects.bulk_create(_row(organisation, one) for one in seen)
            raised = engine.alerts_of(seen, new, _raised(organisation), stages())
            for one in raised:
                _tell(organisation, one)
            _judge(organisation, watched)
        return len(raised)


def watched_places(organisation: int) -> list[Watched]:
    """Every place with counts, as it is known now."""
    hourly = {one.name: one for one in _hourly(organisation)}
    daily = [one for one in _daily(organisation) if one.name not in hourly]
    return [*hourly.values(), *daily]


def _hourly(organisation: int) -> Iterator[Watched]:
    import numpy as np

    from haihe.tourism.domain.forecast.outlook import Watched, closed_hours

    rows = _facts(organisation, "gates", ("date", "spot", "hour", "present", "capacity"))
    if not len(rows):
        return
    booked = _facts(organisation, "reservations", ("date", "spot", "hours_before", "booked"))
    for spot, mine in rows.groupby("spot", sort=True):
        days = np.array([_day(day).toordinal() for day in mine["date"]])
        first, last = int(days.max()) - MOST_DAYS + 1, int(days.max())
        first = max(first, int(days.min()))
        load = np.full((last - first + 1, 24), np.nan)
        kept = days >= first
        load[days[kept] - first, mine["hour"].to_numpy()[kept]] = mine["present"].to_numpy()[kept]
        newest = int(np.lexsort((mine["hour"].to_numpy(), days))[-1])
        capacity = float(mine["capacity"].to_numpy()[newest])
        held = _booked(booked[booked["spot"] == spot], first, last) if len(booked) else None
        yield Watched(str(spot), capacity, first, closed_hours(load), held)


def _booked(rows: Any, first: int, last: int) -> Any:
    """(days, 73): the newest report at or before so many hours ahead holds until the next; days ahead included."""
    import numpy as np

    from haihe.tourism.domain.forecast.outlook import AHEAD, BOOKED_HOURS

    if not len(rows):
        return None
    held = np.full((last + AHEAD - first + 1, BOOKED_HOURS), np.nan)
    days = np.array([_day(day).toordinal() for day in rows["date"]]) - first
    inside = (days >= 0) & (days < len(held))
    held[days[inside], rows["hours_before"].to_numpy()[inside]] = rows["booked"].to_numpy()[inside]
    for hours in range(BOOKED_HOURS - 2, -1, -1):
        open_ = np.isnan(held[:, hours])
        held[open_, hours] = held[open_, hours + 1]
    return held


def _facts(organisation: int, contract: str, columns: Sequence[str]) -> Any:
    """Columns of a stream's facts of the last years, as a pandas frame."""
    from haihe.tourism.domain.facts.asking import connect, facts

    try:
        told = places.contract(contract)
    except ContractUnknown:  # pragma: no cover  # an operator took it away
        return []
    files = loads.live_files(organisation, contract)
    if not files:
        return []
    table = facts(connect(), told, files)
    since = timezone.localdate() - timedelta(days=MOST_DAYS + 60)
    return table.filter(table.date >= since).select(*columns).execute()


def _day(value: Any) -> date:
    return value.date() if hasattr(value, "hour") else value  # a timestamp of pandas


def _daily(organisation: int) -> Iterator[Watched]:
    """From the kept figures: admissions over capacity, in per cent, by place and day."""
    import numpy as np

    from haihe.tourism.domain.forecast.outlook import Watched

    rows = Figure.objects.filter(
        organisation_id=organisation, indicator="capacity_load", grain=Figure.Grain.DAY, by="spot"
    ).exclude(value=None)
    found: dict[str, dict[date, float]] = {}
    for spot, day, value in rows.order_by("key", "period").values_list("key", "period", "value"):
        if value is not None:
            found.setdefault(spot, {})[day] = value
    for spot, days in found.items():
        last = max(days)
        first = max(min(days), last - timedelta(days=MOST_DAYS - 1))
        load = np.zeros(((last - first).days + 1, 1))  # a day without admissions was closed
        for day, value in days.items():
            if day >= first:
                load[(day - first).days, 0] = value
        yield Watched(spot, 100.0, first.toordinal(), load)


def _row(organisation: int, one: Seen) -> Outlook:
    told: dict[str, Any] = {"hours": list(one.hours), "expected": [round(value, 4) for value in one.expected]}
    for share in sorted({chance.share for chance in one.chances}):
        mine = {chance.hour: chance for chance in one.chances if chance.share == share}
        told[f"{share:g}"] = {
            "chances": [round(mine[hour].chance, 5) for hour in one.hours],
            "usual": [round(mine[hour].usual, 5) for hour in one.hours],
        }
    return Outlook(organisation_id=organisation, place=one.place, issued=one.issued, told=told)


def chances_of(row: Outlook) -> Iterator[Chance]:
    """The chances of a kept outlook, as the engine judges them."""
    from haihe.tourism.domain.forecast.alerts import Chance

    for share, told in row.told.items():
        if share in ("hours", "expected"):
            continue
        for hour, chance, usual in zip(row.told["hours"], told["chances"], told["usual"], strict=True):
            yield Chance(row.place, hour, row.issued, float(share), chance, usual)


def _raised(organisation: int) -> list[Raised]:
    """What was told before, the oldest first, as the engine knows it."""
    from haihe.tourism.domain.forecast.alerts import Alert as Raised_

    since = timezone.localdate() - JUDGED
    rows = Alert.objects.filter(organisation_id=organisation, day__gte=since).order_by("pk")
    return [
        Raised_(row.place, row.stage, (row.day - EPOCH).days, row.issued, row.chance, tuple(row.groups), row.lifted)
        for row in rows
    ]


def _tell(organisation: int, one: Raised) -> None:
    """One alert, and everybody who is to be told of it."""
    row = Alert.objects.create(
        organisation_id=organisation,
        place=one.place,
        stage=one.stage,
        day=EPOCH + timedelta(days=one.day),
        issued=one.issued,
        chance=one.chance,
        groups=list(one.told),
        lifted=one.lifted,
    )
    people, posts = _who_is_told(row)
    told = [Telling(alert=row, person=person) for person in sorted(people, key=lambda person: person.pk)]
    told += [Telling(alert=row, post=post, address=address) for address, post in sorted(posts.items())]
    Telling.objects.bulk_create(alert_mails.planned(told))


def _who_is_told(alert: Alert) -> tuple[set[Person], dict[str, str]]:
    """Persons who may see the figures, and posts by their mailbox."""
    organisation = alert.organisation_id
    contacts = AlertContact.objects.filter(
        organisation_id=organisation, group__in=alert.groups, place__in=["", alert.place]
    ).select_related("person")
    people = {contact.person for contact in contacts if contact.person is not None}
    posts = {contact.address: contact.post for contact in contacts if contact.person_id is None}
    if alert.lifted:  # whoever was told that it comes is told that it does not
        same = {"alert__place": alert.place, "alert__stage": alert.stage, "alert__day": alert.day}
        before = Telling.objects.filter(alert__organisation_id=organisation, **same).select_related("person")
        people |= {telling.person for telling in before if telling.person is not None}
    people = {person for person in people if gate.may(person, "view", organisation)}
    if not (people or posts):  # nobody is named: the streams' owners must at least know
        mine = Stream.objects.filter(organisation_id=organisation, contract__in=STREAMS).select_related("owner")
        owners = {stream.owner for stream in mine if stream.owner is not None}
        people = {person for person in owners if gate.may(person, "view", organisation)}
    return people, posts


def _judge(organisation: int, watched: Sequence[Watched]) -> None:
    """Whether alerts were right, as far as their hours are counted; scores by stage; what is too old goes."""
    from haihe.tourism.domain.forecast.alerts import score_of, verdicts
    from haihe.tourism.domain.forecast.outlook import loads_of

    since = timezone.localdate() - JUDGED
    first = (since - EPOCH).days * 24
    Outlook.objects.filter(organisation_id=organisation, issued__lt=first).delete()
    kept = list(Outlook.objects.filter(organisation_id=organisation))
    asked = {(row.place, hour) for row in kept for hour in row.told["hours"]}
    counted = {key: share for one in watched for key, share in loads_of(one, first).items() if key in asked}
    newest = {one.name: one.hour(one.newest) for one in watched if one.newest >= 0}
    whole, raised = _whole_days(counted, newest), _raised(organisation)
    for stage in stages():
        told = score_of(stage, (chance for row in kept for chance in chances_of(row)), raised, counted)
        numbers = {"count": told.count, "right": told.right, "false": told.false, "missed": told.missed}
        for name, value in (("skill", told.skill), ("brier", told.brier), ("usual", told.usual), ("ahead", told.ahead)):
            numbers[name] = None if value != value else value  # type: ignore[assignment]  # NaN is no JSON
        AlertScore.objects.update_or_create(organisation_id=organisation, stage=stage.name, defaults={"told": numbers})
        for one in verdicts(stage, raised, whole):
            day = EPOCH + timedelta(days=one.day)
            rows = Alert.objects.filter(organisation_id=organisation, place=one.place, stage=stage.name, day=day)
            rows.filter(lifted=False).update(right=one.right, ahead=one.ahead, peak=one.peak)


def _whole_days(counted: dict[tuple[str, int], float], newest: dict[str, int]) -> dict[tuple[str, int], float]:
    """Without the newest day of each place, unless its last hour is counted: it may still fill up."""
    return {
        (place, hour): share
        for (place, hour), share in counted.items()
        if hour // 24 < newest[place] // 24 or newest[place] % 24 == 23
    }


def see(telling: Telling, by: Person) -> None:
    """Who was told, or somebody at the post, has seen it; the first time counts."""
    Telling.objects.filter(pk=telling.pk, seen_at=None).update(seen_at=timezone.now(), seen_by=by)
