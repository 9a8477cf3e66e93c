"""Fact sheets of the room: a day's or a month's figures that it vouches for, each with the Masters it rests on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.city.models import Organisation
from haihe.releases.domain.facts import sheet_sha256, vouch
from haihe.releases.models import FactSheet
from haihe.tourism.domain.boards import period_shown
from haihe.tourism.domain.indicators.formulas import names_in
from haihe.tourism.domain.indicators.indicator import Indicator, indicators
from haihe.tourism.models import Figure, Load

if TYPE_CHECKING:
    from haihe.city.models import Person

ROOM = "tourism"
MOST_SOURCES = 60


class NothingToVouchFor(HaiheError):
    """There are no figures of this period, or they are made up."""

    permanent = True
    says = gettext_lazy("There is nothing to vouch for: no figures of this period, or only made-up ones.")
    hint = gettext_lazy("Load a file of your own first; figures of the demonstration are never vouched for.")


def make_sheet(organisation: Organisation, grain: str, period: date, by: Person | None = None) -> FactSheet:
    """The sheet of a period; the one that is there, where no figure has changed since. Raises NothingToVouchFor."""
    rows = Figure.objects.filter(organisation=organisation, grain=grain, period=period, by="").exclude(value=None)
    values = dict(rows.values_list("indicator", "value"))
    if not values or organisation.demonstration:
        raise NothingToVouchFor(thing=organisation)
    masters = _masters(organisation, period if grain == "day" else _last_of_month(period))
    facts: list[dict[str, object]] = [
        {
            "name": one.name,
            "value": f"{values[one.id]:.{one.digits}f}",
            "unit": one.unit,
            "period": period_shown(period, grain),
            "place": organisation.name,
            "sources": sorted({master for stream in _streams(one) for master in masters.get(stream, [])})[
                :MOST_SOURCES
            ],
        }
        for one in indicators().values()
        if one.id in values
    ]
    title = f"文旅数据 {period_shown(period, grain)}"
    same = FactSheet.objects.filter(
        organisation=organisation, room=ROOM, sha256=sheet_sha256(ROOM, title, facts)
    ).first()
    return same or vouch(facts, organisation=organisation, room=ROOM, title=title, by=by)


def _streams(one: Indicator) -> set[str]:
    """Streams whose facts an indicator rests on, through those it is composed of."""
    if one.stream:
        return {one.stream}
    return {stream for name in names_in(one.formula) for stream in _streams(indicators()[name])}


def _masters(organisation: Organisation, last: date) -> dict[str, list[str]]:
    """Contract -> ids of the Masters whose live facts reach into the month up to `last`."""
    rows = Load.objects.filter(
        stream__organisation=organisation,
        state=Load.State.LOADED,
        parts__live=True,
        parts__month=f"{last:%Y-%m}",
        first_day__lte=last,
    )
    found: dict[str, list[str]] = {}
    for contract, master in rows.distinct().values_list("stream__contract", "master_id"):
        found.setdefault(contract, []).append(str(master))
    return found


def _last_of_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def make_due_sheets(today: date) -> int:
    """Yesterday's sheet, and from the third day of a month that of the month before; returns how many there are."""
    due = [("day", today - timedelta(days=1))]
    if today.day >= 3:
        due.append(("month", (today.replace(day=1) - timedelta(days=1)).replace(day=1)))
    made = 0
    for organisation in Organisation.objects.filter(streams__isnull=False, demonstration=False).distinct():
        for grain, period in due:
            try:
                make_sheet(organisation, grain, period)
                made += 1
            except NothingToVouchFor:
                continue
    return made
