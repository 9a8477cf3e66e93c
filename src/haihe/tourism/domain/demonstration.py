"""The demonstration city's figures: its streams with a synthetic year, loaded by the same verbs as any file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from haihe.tourism.domain import loads, places, synthetic
from haihe.tourism.tasks import run_load

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.tourism.models import Stream


def build(organisation: Organisation, by: Person | None) -> list[Stream]:
    """Deposit a year of every stream and line its load up; returns the streams made."""
    year = synthetic.days(timezone.localdate() - timedelta(days=1))
    made = []
    for contract in places.contracts():
        if contract.id not in synthetic.MAKERS:
            continue
        stream = loads.stream_of(organisation, contract.id, owner=by)
        name = f"{contract.name}-演示数据.csv"
        load = loads.receive(synthetic.csv_of(contract, year), stream, filename=name, by=by, source_kind="demo")
        run_load.enqueue(str(load.pk))
        made.append(stream)
    return made
