"""Forecasts in the room: the newest of each daily indicator, by the engine that the command line runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haihe.tourism.domain.boards import Chart
from haihe.tourism.domain.indicators.indicator import indicator
from haihe.tourism.models import Figure, Forecast, Load

if TYPE_CHECKING:
    from haihe.tourism.domain.forecast.engine import Forecast as Made
    from haihe.tourism.domain.forecast.guards import Refusal

FORECAST = ("visits", "arrivals", "entries", "occupancy", "spending", "guests")
HORIZON = 21
WEEK = 7
SHOWN_BEFORE = 42
LEAST_DAYS = 60


def forecast_city(organisation: int) -> int:
    """Forecast the daily indicators of an organisation three weeks ahead; returns how many were forecast."""
    from haihe.tourism.domain.forecast.command import as_rows, explained
    from haihe.tourism.domain.forecast.engine import forecast_all
    from haihe.tourism.domain.forecast.guards import Refusal

    series = [one for name in FORECAST if (one := _series(organisation, name)) is not None]
    if not series:
        return 0
    made: Sequence[Made | Refusal] = forecast_all(
        series, HORIZON, WEEK, today=timezone.localdate(), countries=["CN"], jobs=min(os.cpu_count() or 1, 2)
    )
    last = {one.unique_id: date.fromordinal(int(one.times[-1])) for one in series}
    for one in made:
        told: dict[str, Any] = {"steps": list(as_rows(one))}
        if isinstance(one, Refusal):
            told = {"refused": one.why}
        else:
            told |= explained(one)
        Forecast.objects.update_or_create(
            organisation_id=organisation,
            indicator=one.unique_id,
            defaults={"made_at": timezone.now(), "last_day": last[one.unique_id], "told": told},
        )
    return sum(not isinstance(one, Refusal) for one in made)


def line_up_first(organisation: int) -> None:
    """Forecast at once where nothing was forecast yet and nothing more is about to be loaded; then every night."""
    from haihe.tourism.tasks import forecast_one

    waiting = Load.objects.filter(stream__organisation=organisation, state=Load.State.WAITING)
    if not waiting.exists() and not Forecast.objects.filter(organisation_id=organisation).exists():
        forecast_one.enqueue_once(organisation, key=f"organisation:{organisation}")


def _series(organisation: int, name: str) -> Any:
    import numpy as np

    from haihe.tourism.domain.forecast.series import Series

    days = list(_days(organisation, name))
    if len(days) < LEAST_DAYS:
        return None
    times = np.array([day.toordinal() for day, _value in days], np.int64)
    return Series(name, times, np.array([value for _day, value in days], float), True)


def _days(organisation: int, name: str) -> Any:
    rows = Figure.objects.filter(organisation_id=organisation, indicator=name, grain="day", by="").exclude(value=None)
    return rows.order_by("period").values_list("period", "value")


def fan(organisation: int) -> list[dict[str, Any]]:
    """Every forecast of an organisation: chart and table of its fan, back-test and notes."""
    return [_fan(row) for row in Forecast.objects.filter(organisation_id=organisation).order_by("indicator")]


def _fan(row: Forecast) -> dict[str, Any]:
    one = indicator(row.indicator)
    title = one.title(get_language() or "zh-hans")
    told = {"one": one, "title": title, "row": row, "refused": row.told.get("refused", "")}
    if told["refused"]:
        return told
    steps = row.told["steps"]
    days = [row.last_day + timedelta(days=step["step"]) for step in steps]
    since = row.last_day - timedelta(days=SHOWN_BEFORE)
    before = [(day, value) for day, value in _days(row.organisation_id, row.indicator) if day > since]
    head = [None] * len(before)
    x = [str(day) for day, _value in before] + [str(day) for day in days]
    names = {"mean": _("forecast"), "lo80": "80% ↓", "hi80": "80% ↑", "lo95": "95% ↓", "hi95": "95% ↑"}
    series = {name: [*head, *(step[name] for step in steps)] for name in names}
    chart = Chart(title, one.unit, list(names.values()), [], of=[one], head=_("day"))
    chart.rows = [[str(day), *(one.shown(step[name]) for name in names)] for day, step in zip(days, steps, strict=True)]
    words = {"observed": _("observed"), "forecast": _("forecast"), "inside80": "80%", "inside95": "95%"}
    observed = [value for _day, value in before] + [None] * len(days)
    chart.data = {"kind": "fan", "unit": one.unit, "digits": one.digits, "x": x, "observed": observed, "words": words}
    chart.data |= series
    return told | {
        "chart": chart,
        "backtest": row.told["backtest"],
        "notes": row.told["notes"],
        "models": row.told["models"],
    }


def league(organisation: int) -> list[dict[str, Any]]:
    """Forecasts by how well they did at their back-test beside the seasonal naive one, the best first."""
    told = []
    for row in Forecast.objects.filter(organisation_id=organisation):
        backtest = row.told.get("backtest") or {}
        if backtest.get("mase") is None:
            continue
        gain = 1 - backtest["mase"] / backtest["mase_seasonal_naive"] if backtest.get("mase_seasonal_naive") else None
        name = indicator(row.indicator).title(get_language() or "zh-hans")
        told.append({"name": name, "backtest": backtest, "gain": gain, "made_at": row.made_at})
    return sorted(told, key=lambda one: one["backtest"]["mase"])
