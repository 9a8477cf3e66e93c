"""Series of the room: an indicator as a whole, or one part of it; what is forecast every night, and its days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from haihe.tourism.domain import boards
from haihe.tourism.domain.indicators.indicator import Indicator, indicator, indicators
from haihe.tourism.models import Figure

if TYPE_CHECKING:
    from haihe.tourism.domain.forecast.series import Series

FORECAST = ("visits", "arrivals", "entries", "occupancy", "adr", "spending", "guests")
LEAST_DAYS = 60
MOST_SERIES = 2000  # a night; the whole ones first, then the parts with the most days
APART = "\x1f"


@dataclass(frozen=True, order=True)
class Name:
    """Which series: an indicator, and of what it is broken down by one key; both empty for the whole."""

    indicator: str
    by: str = ""
    key: str = ""

    @property
    def of(self) -> Indicator:
        return indicator(self.indicator)

    @property
    def one_id(self) -> str:
        return APART.join((self.indicator, self.by, self.key)) if self.by else self.indicator

    @classmethod
    def from_id(cls, text: str) -> Name:
        return cls(*text.split(APART))

    @property
    def fields(self) -> dict[str, str]:
        return {"indicator": self.indicator, "by": self.by, "key": self.key}

    def title(self) -> str:
        one = self.of
        whole = one.title(get_language() or "zh-hans")
        return f"{whole} · {boards.key_label(one, self.by, self.key)}" if self.by else whole


Days = dict[date, float]


def daily(organisation: int) -> dict[Name, Days]:
    """The series of an organisation that are long enough to be forecast, in their order, with their days."""
    found: dict[Name, Days] = {}
    for row in _rows(organisation).values_list("indicator", "by", "key", "period", "value").iterator():
        name, by, key, day, value = row
        if value is not None:
            found.setdefault(Name(name, by, key), {})[day] = value
    long = [name for name, days in found.items() if len(days) >= LEAST_DAYS]
    long.sort(key=lambda name: (bool(name.by), -len(found[name]) if name.by else 0, name))
    return {name: found[name] for name in sorted(long[:MOST_SERIES])}


def _rows(organisation: int) -> QuerySet[Figure]:
    rows = Figure.objects.filter(organisation_id=organisation, indicator__in=FORECAST, grain=Figure.Grain.DAY)
    parts = {name: indicators()[name].daily_by for name in FORECAST if name in indicators()}
    known = {"", *(column for columns in parts.values() for column in columns)}
    return rows.filter(by__in=known).exclude(value=None).order_by("indicator", "by", "key", "period")


def days_of(organisation: int, name: Name, since: date | None = None) -> Iterator[tuple[date, float]]:
    """The days of one series in their order."""
    rows = Figure.objects.filter(organisation_id=organisation, grain=Figure.Grain.DAY, **name.fields)
    rows = rows.exclude(value=None) if since is None else rows.exclude(value=None).filter(period__gte=since)
    for day, value in rows.order_by("period").values_list("period", "value").iterator():
        if value is not None:
            yield day, value


def as_series(name: Name, days: Mapping[date, float]) -> Series:
    """As the engine takes it."""
    import numpy as np

    from haihe.tourism.domain.forecast.series import Series

    times: Any = np.array([day.toordinal() for day in days], np.int64)
    return Series(name.one_id, times, np.array(list(days.values()), float), True)
