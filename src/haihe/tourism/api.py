"""What programs may ask of the figures; all of it through the gate."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from haihe.city import visible_to
from haihe.tourism.domain import crowds, exporting, rollups
from haihe.tourism.domain.facts.answering import Question
from haihe.tourism.domain.indicators.indicator import indicator, indicators
from haihe.tourism.models import Alert, Figure, Stream

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


class AnswerOut(Schema):
    """One value. period is null where one answer is for the whole span; bound: how far an estimate may be off in 95
    of 100 cases, null where the value is exact; value is null where there is none, or it must not be told."""

    indicator: str
    period: date | None
    key: str
    value: float | None
    bound: float | None


class AskedNarrowly(Schema):
    """One question. `only` as column:code, several times: codes of one column are alternatives."""

    indicator: str
    organisation: str
    since: date
    until: date
    only: list[str] = []
    grain: Literal["", "day", "month"] = ""
    by: str = ""


@router.get("/tourism/answers", response=list[AnswerOut])
def answer(request: HttpRequest, asked: Query[AskedNarrowly]) -> Any:
    """Values of one indicator of some places and channels over a span, in order of period and key, at most 10,000."""
    one = indicator(asked.indicator)
    rows = visible_to(request.user, Stream.objects.select_related("organisation"))
    stream = rows.filter(organisation__slug=asked.organisation, contract=one.stream).first()
    if stream is None:
        raise Http404
    only: dict[str, list[str]] = {}
    for pair in asked.only:
        column, _colon, code = pair.partition(":")
        only.setdefault(column, []).append(code)
    told = rollups.ask(stream, [one], Question(asked.since, asked.until, only, asked.grain, asked.by))
    found = told.answers[one.id][:MOST]
    return [
        {"indicator": one.id, **{name: getattr(answer, name) for name in AnswerOut.model_fields if name != "indicator"}}
        for answer in found
    ]


class AlertOut(Schema):
    """One alert. chance: that the stage's share of the capacity is passed; told: groups; people: account names;
    right: null until the day is counted."""

    organisation: str
    place: str
    stage: str
    day: date
    counted: str
    told_at: str
    chance: float
    lifted: bool
    told: list[str]
    people: list[str]
    right: bool | None
    hours_ahead: int | None


@router.get("/tourism/alerts", response=list[AlertOut])
def list_alerts(request: HttpRequest, organisation: str = "", since: date | None = None) -> Any:
    """Alerts of crowded places, the newest first, at most 10,000; `since` is the first day they are for."""
    rows = visible_to(request.user, Alert.objects.select_related("organisation").prefetch_related("tellings__person"))
    if organisation:
        rows = rows.filter(organisation__slug=organisation)
    if since:
        rows = rows.filter(day__gte=since)
    return [
        {
            "organisation": row.organisation.slug,
            "place": row.place,
            "stage": row.stage,
            "day": row.day,
            "counted": crowds.moment(row.issued).isoformat(timespec="minutes"),
            "told_at": row.at.isoformat(timespec="seconds"),
            "chance": row.chance,
            "lifted": row.lifted,
            "told": row.groups,
            "people": [one.person.get_username() if one.person else one.post for one in row.tellings.all()],
            "right": row.right,
            "hours_ahead": row.ahead,
        }
        for row in rows[:MOST]
    ]
