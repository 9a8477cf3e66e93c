"""The demonstration city's figures: its streams with two synthetic years, loaded by the same verbs as any file."""

from __future__ import annotations

import calendar
import json
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils import timezone

from haihe.tourism.domain import alerting, board_maps, loads, places, synthetic
from haihe.tourism.domain.board_maps import Told
from haihe.tourism.domain.contracts.contract import Contract, all_contracts
from haihe.tourism.domain.forecasting import promise_weeks_ago
from haihe.tourism.domain.nowcasts import tell_now
from haihe.tourism.models import Load, Promise
from haihe.tourism.tasks import run_load

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.tourism.models import Stream


COUNTED = "gates"
PLACES_AT = {
    "V01": (117.2001, 39.1402),
    "V02": (117.2082, 39.0841),
    "V03": (117.1764, 39.1338),
    "V04": (117.2473, 39.1217),
}


def build(organisation: Organisation, by: Person | None) -> list[Stream]:
    """Deposit two years of every stream and line its load up; returns the streams made."""
    made = []
    for contract, data in _files(timezone.localdate() - timedelta(days=1)):
        made.append(_load(contract, data, organisation, by))
    lay_places(organisation, by)
    return made


def rehearse(organisation: Organisation) -> None:
    """Once: the last two weeks and this month's evenings as if forecasts had been made here all the while.

    The counts of the gates up to a Friday gave alerts for the weekend; those that come now say whether they were right.
    """
    if Promise.objects.filter(organisation=organisation).exists():
        return
    tell_now(organisation.pk, evenings=31)
    alerting.look_ahead(organisation.pk)
    _newest_counts(organisation)
    promise_weeks_ago(organisation.pk, 2)


def _newest_counts(organisation: Organisation) -> None:
    newest = {
        name: Load.objects.filter(stream__organisation=organisation, stream__contract=name).aggregate(Max("last_day"))
        for name in ("visits", COUNTED)
    }
    last, counted = (one["last_day__max"] for one in newest.values())
    if last is None or counted is None or counted >= last:
        return
    contract = places.contract(COUNTED)
    rest = [day for day in synthetic.days(last) if day.date > counted]
    _load(contract, synthetic.csv_of(contract, rest), organisation, None)


def _load(contract: Contract, data: bytes, organisation: Organisation, by: Person | None) -> Stream:
    stream = loads.stream_of(organisation, contract.id, owner=by)
    load = loads.receive(data, stream, filename=f"{contract.name}-演示数据.csv", by=by, source_kind="demo")
    run_load.enqueue(str(load.pk))
    return stream


def lay_places(organisation: Organisation, by: Person | None) -> None:
    """Where the places of the figures stand in the demonstration city."""
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Point", "coordinates": list(at)}}
        for code, at in PLACES_AT.items()
    ]
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    told = Told("海河演示城 景区点位", "spot", "海河演示城·代码绘制", "演示数据")
    board_maps.keep(data, told, organisation=organisation, filename="places.geojson", by=by)


@lru_cache(maxsize=1)
def _files(last: date) -> list[tuple[Contract, bytes]]:
    year = synthetic.days(last)
    ours = [contract for contract in all_contracts() if contract.id in synthetic.MAKERS]
    back = (last.weekday() - calendar.FRIDAY) % 7
    friday = last - timedelta(days=back if back > 2 else back + 7)  # the newest day is not judged before the next
    counted = [day for day in year if day.date <= friday]
    return [(contract, synthetic.csv_of(contract, counted if contract.id == COUNTED else year)) for contract in ours]
