"""Figures: indicators of an organisation, made of its facts month by month and kept as rows that pages read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from haihe.tourism.domain import loads, places
from haihe.tourism.domain.indicators.formulas import compose, names_in
from haihe.tourism.domain.indicators.indicator import Indicator, indicators
from haihe.tourism.models import Figure, Stream

AT_ONCE = 2000


def make(stream: Stream, months: Iterable[str]) -> int:
    """Make the figures of a stream in some months again, and those composed of them; returns how many there are."""
    from haihe.tourism.domain.facts.asking import connect, facts
    from haihe.tourism.domain.indicators.computing import compute, of_stream

    wanted = sorted(set(months))
    contract = places.contract_of(stream)
    made = []
    files = loads.live_files(stream.organisation_id, stream.contract, set(wanted))
    if files:
        table = facts(connect(), contract, files)
        for grain in Figure.Grain.values:
            made += [
                Figure(
                    organisation_id=stream.organisation_id,
                    indicator=value.indicator,
                    grain=grain,
                    period=value.period,
                    by=value.by,
                    key=value.key,
                    value=value.value,
                    rows=value.rows,
                )
                for value in compute(table, stream.contract, grain)
            ]
    names = [one.id for one in of_stream(stream.contract)]
    with transaction.atomic():
        for month in wanted:
            _in_month(stream.organisation_id, names, month).delete()
        Figure.objects.bulk_create(made, batch_size=AT_ONCE)
        return len(made) + _compose(stream.organisation_id, set(names), wanted)


def _in_month(organisation: int, names: Iterable[str], month: str) -> QuerySet[Figure]:
    first = date.fromisoformat(f"{month}-01")
    return Figure.objects.filter(
        organisation_id=organisation, indicator__in=list(names), period__gte=first, period__lt=_next_month(first)
    )


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _compose(organisation: int, changed: set[str], months: list[str]) -> int:
    """Composed indicators that rest on what changed, in those months and a year later, whole only."""
    parts = {one.id: one for one in indicators().values() if not one.stream and names_in(one.formula) & changed}
    if not parts:
        return 0
    named = {name for one in parts.values() for name in names_in(one.formula)}
    touched = sorted({*months, *(f"{int(month[:4]) + 1}{month[4:]}" for month in months)})
    made = []
    for grain in Figure.Grain.values:
        known = _known(organisation, named, grain)
        periods = {period for _name, period in known if f"{period:%Y-%m}" in touched}
        for one in (one for one in parts.values() if grain in one.grains):
            made += list(_composed(organisation, one, grain, sorted(periods), known))
    for month in touched:
        _in_month(organisation, parts, month).delete()
    Figure.objects.bulk_create(made, batch_size=AT_ONCE)
    return len(made)


Known = dict[tuple[str, date], float | None]


def _known(organisation: int, names: Iterable[str], grain: str) -> Known:
    rows = Figure.objects.filter(organisation_id=organisation, indicator__in=list(names), grain=grain, by="")
    return {(name, period): value for name, period, value in rows.values_list("indicator", "period", "value")}


def _composed(organisation: int, one: Indicator, grain: str, periods: list[date], known: Known) -> Iterator[Figure]:
    for period in periods:
        values = {name: known.get((name, period)) for name in names_in(one.formula)}

        def ago(when: str, name: str, at: date = period) -> float | None:
            return known.get((name, comparable(at) if when == "lunar_ago" else year_before(at)))

        value = compose(one.formula, values, ago)
        if value is not None:
            yield Figure(
                organisation_id=organisation, indicator=one.id, grain=grain, period=period, value=value * one.scale
            )


def year_before(day: date) -> date:
    """The same date a year before; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def comparable(day: date) -> date:
    """The day of the year before that has the same place in the same holiday; else the same weekday 52 weeks before."""
    return counterpart(day) or day - timedelta(days=364)


def counterpart(day: date) -> date | None:
    """The day of the year before that has the same place in the same holiday.

    None where the day is in no holiday, or in one that had no days of its own then: Mid-Autumn within National Day.
    """
    from haihe.tourism.domain.forecast.holiday_slots import holiday_days

    slot = holiday_days("CN", [day.year]).get(day)
    if slot is None:
        return None
    same = [other for other, one in holiday_days("CN", [day.year - 1]).items() if one.slot == slot.slot]
    return min(same, key=lambda other: abs((day - other).days - 365), default=None)
