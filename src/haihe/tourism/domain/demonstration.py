"""The demonstration city's figures: its streams with two synthetic years, loaded by the same verbs as any file."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils import timezone

from haihe.tourism.domain import loads, synthetic
from haihe.tourism.domain.contracts.contract import Contract, all_contracts
from haihe.tourism.tasks import run_load

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.tourism.models import Stream


def build(organisation: Organisation, by: Person | None) -> list[Stream]:
    """Deposit two years of every stream and line its load up; returns the streams made."""
    made = []
    for contract, data in _files(timezone.localdate() - timedelta(days=1)):
        stream = loads.stream_of(organisation, contract.id, owner=by)
        load = loads.receive(data, stream, filename=f"{contract.name}-演示数据.csv", by=by, source_kind="demo")
        run_load.enqueue(str(load.pk))
        made.append(stream)
    return made


@lru_cache(maxsize=1)
def _files(last: date) -> list[tuple[Contract, bytes]]:
    year = synthetic.days(last)
    ours = [contract for contract in all_contracts() if contract.id in synthetic.MAKERS]
    return [(contract, synthetic.csv_of(contract, year)) for contract in ours]
