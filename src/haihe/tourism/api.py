"""What programs may ask of the figures; all of it through the gate."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from haihe.city import visible_to
from haihe.tourism.domain import exporting
from haihe.tourism.domain.indicators.indicator import indicators
from haihe.tourism.models import Figure

router = Router(tags=["tourism"])
MOST = 10_000


class IndicatorOut(Schema):
    """One indicator with its definition."""

    indicator: str
    name: str
    name_en: str
    definition: str
    definition_en: str
    formula: str
    stream: str
    unit: str
    standard: str


class FigureOut(Schema):
    """One value. by and key are empty for the whole; value is null where it must not be told."""

    organisation: str
    indicator: str
    grain: str
    period: date
    by: str
    key: str
    value: float | None
    rows: int


class Asked(Schema):
    """Which figures. `by` empty: whole figures only."""

    indicator: str
    organisation: str = ""
    grain: Literal["day", "month"] = "month"
    by: str = ""
    since: date | None = None
    until: date | None = None


@router.get("/tourism/indicators", response=list[IndicatorOut])
def list_indicators(request: HttpRequest) -> Any:
    """Every indicator with its definition, formula, unit and standard."""
    return [exporting.defined(one) for one in indicators().values()]


@router.get("/tourism/figures", response=list[FigureOut])
def list_figures(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Values of one indicator in order of period and key, at most 10,000."""
    rows = visible_to(request.user, Figure.objects.select_related("organisation"))
    rows = rows.filter(indicator=asked.indicator, grain=asked.grain, by=asked.by)
    if asked.organisation:
        rows = rows.filter(organisation__slug=asked.organisation)
    if asked.since:
        rows = rows.filter(period__gte=asked.since)
    if asked.until:
        rows = rows.filter(period__lte=asked.until)
    return [
        {
            "organisation": row.organisation.slug,
            "indicator": row.indicator,
            "grain": row.grain,
            "period": row.period,
            "by": row.by,
            "key": row.key,
            "value": row.value,
            "rows": row.rows,
        }
        for row in rows.order_by("period", "key", "organisation_id")[:MOST]
    ]
