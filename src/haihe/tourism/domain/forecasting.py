"""Forecasts in the room: every night the newest of each daily series, by the engine that the command line runs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from haihe.base.tasks import report_progress
from haihe.tourism.domain.series import Days, Name, as_series, daily
from haihe.tourism.models import Figure, Forecast, Load, Promise

if TYPE_CHECKING:
    from haihe.tourism.domain.forecast.decomposing import Parts
    from haihe.tourism.domain.forecast.engine import Forecast as Made
    from haihe.tourism.domain.forecast.guards import Refusal
    from haihe.tourism.domain.forecast.series import Series

HORIZON = 21
WEEK = 7
APART_DAYS = 400  # days whose parts are kept: last year's holidays stand beside this year's
WATCHED_DAYS = 120  # days of promises that drift is looked for in
KEEP_PROMISES = timedelta(days=800)


def forecast_city(organisation: int) -> int:
    """Forecast the daily series of an organisation three weeks ahead; returns how many were forecast.

    One transaction writes the night's forecasts: a page sees those of one night or of the other.
    """
    from haihe.tourism.domain.forecast.engine import forecast_all
    from haihe.tourism.domain.forecast.guards import Refusal

    known = daily(organisation)
    series = {name: as_series(name, days) for name, days in known.items()}
    if not series:
        Forecast.objects.filter(organisation_id=organisation).delete()
        return 0
    report_progress(0, 3)
    made: Sequence[Made | Refusal] = forecast_all(
        list(series.values()),
        HORIZON,
        WEEK,
        today=timezone.localdate(),
        countries=["CN"],
        jobs=min(os.cpu_count() or 1, 2),
    )
    report_progress(1, 3)
    apart = _taken_apart(series)
    report_progress(2, 3)
    with transaction.atomic():
        kept = []
        for one in made:
            name = Name.from_id(one.unique_id)
            if not isinstance(one, Refusal):
                _promise(organisation, name, max(known[name]), one)
            kept.append(_row(organisation, name, known[name], one, apart.get(name)))
        Forecast.objects.filter(organisation_id=organisation).delete()
        Forecast.objects.bulk_create(kept)
        old = timezone.localdate() - KEEP_PROMISES
        Promise.objects.filter(organisation_id=organisation, day__lt=old).delete()
    report_progress(3, 3)
    return sum(not isinstance(one, Refusal) for one in made)


def line_up_first(organisation: int) -> None:
    """Forecast at once where nothing was forecast yet and nothing more is about to be loaded; then every night."""
    from haihe.tourism.tasks import forecast_one

    waiting = Load.objects.filter(stream__organisation=organisation, state=Load.State.WAITING)
    if not waiting.exists() and not Forecast.objects.filter(organisation_id=organisation).exists():
        forecast_one.enqueue_once(organisation, key=f"organisation:{organisation}")


def _row(organisation: int, name: Name, days: Days, one: Made | Refusal, apart: dict[str, Any] | None) -> Forecast:
    from haihe.tourism.domain.forecast.command import as_rows, explained
    from haihe.tourism.domain.forecast.guards import Refusal
    from haihe.tourism.domain.forecast.said import both
    from haihe.tourism.domain.forecast.words import CANNOT_KNOW

    told: dict[str, Any]
    if isinstance(one, Refusal):
        told = {"refused": both(one.why)}
    else:
        told = {"steps": list(as_rows(one))} | explained(one)
        told |= {"notes": [both(note) for note in one.notes], "cannot_know": both(CANNOT_KNOW)}
        told["drift"] = _drift(organisation, name, days)
    if apart:
        told["parts"] = apart
    made = {"made_at": timezone.now(), "last_day": max(days), "told": told}
    return Forecast(organisation_id=organisation, **name.fields, **made)


def _taken_apart(series: Mapping[Name, Series]) -> dict[Name, dict[str, Any]]:
    """Level, weekday, holiday and rest of each series, of its newest days."""
    from haihe.tourism.domain.forecast.decomposing import decompose
    from haihe.tourism.domain.forecast.guards import Ready, examine

    examined = {name: examine(one, WEEK) for name, one in series.items()}
    ready = {name: one for name, one in examined.items() if isinstance(one, Ready)}
    made = decompose(list(ready.values()))
    return {
        name: _as_kept(one, parts) for (name, one), parts in zip(ready.items(), made, strict=True) if parts is not None
    }


def _as_kept(one: Ready, parts: Parts) -> dict[str, Any]:
    assert one.last_day is not None
    count = min(len(one.values), APART_DAYS)
    told: dict[str, Any] = {"first": str(date.fromordinal(one.last_day - count + 1))}
    told["observed"] = [round(float(value), 4) for value in one.values[-count:]]
    for part in ("level", "weekday", "holiday", "rest"):
        told[part] = [round(float(value), 4) for value in getattr(parts, part)[-count:]]
    return told


def promise_weeks_ago(organisation: int, weeks: int) -> None:
    """What would have been promised of the days of the last weeks, had each been forecast when it began.

    For a city whose past was all loaded at once: its forecasts are watched from the first day. Whole series only.
    """
    from haihe.tourism.domain.forecast.engine import forecast_all
    from haihe.tourism.domain.forecast.guards import Refusal

    whole = {name: days for name, days in daily(organisation).items() if not name.by}
    for back in range(weeks * WEEK, 0, -WEEK):
        until = {name: max(days) - timedelta(days=back) for name, days in whole.items()}
        past = [as_series(name, {day: value for day, value in days.items() if day <= until[name]})
                for name, days in whole.items()]  # fmt: skip
        for one in forecast_all(past, WEEK, WEEK, today=timezone.localdate(), countries=["CN"]):
            if not isinstance(one, Refusal):
                name = Name.from_id(one.unique_id)
                for step in range(WEEK):
                    _promise(organisation, name, until[name], one, step)


def _promise(organisation: int, name: Name, last: date, one: Made, step: int = 0) -> None:
    """What is forecast of the next day, or a later one; what was promised first of a day holds."""
    bounds = {"mean": float(one.mean[step]), "low": float(one.low[0.80][step]), "high": float(one.high[0.80][step])}
    day = last + timedelta(days=1 + step)
    Promise.objects.get_or_create(organisation_id=organisation, **name.fields, day=day, defaults=bounds)


def _drift(organisation: int, name: Name, days: Days) -> dict[str, Any]:
    """Whether the forecasts of the last months held: what came against what was promised the evening before."""
    import numpy as np

    from haihe.tourism.domain.forecast.drift import watch
    from haihe.tourism.domain.forecast.said import both

    rows = Promise.objects.filter(organisation_id=organisation, **name.fields).order_by("-day")[:WATCHED_DAYS]
    kept = [(row.day, row.mean, row.low, row.high) for row in reversed(rows) if row.day in days]
    if not kept:
        return {"state": "too few"}
    when = [row[0] for row in kept]
    mean, low, high = (np.array(column, float) for column in list(zip(*kept, strict=True))[1:])
    found = watch(np.array([days[day] for day in when], float), mean, low, high)
    told: dict[str, Any] = {"state": found.state, "words": both(found.words)}
    if found.since is not None:
        told["since"] = str(when[found.since])
    return told


def months_known(organisation: int, name: str) -> dict[date, float]:
    """The monthly values of an indicator."""
    rows = Figure.objects.filter(organisation_id=organisation, indicator=name, grain=Figure.Grain.MONTH, by="")
    return {month: value for month, value in rows.values_list("period", "value") if value is not None}


if TYPE_CHECKING:
    from haihe.tourism.domain.forecast.guards import Ready
