"""What pages show of forecasts: fans, the league of series, what a series is made of, holidays ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haihe.tourism.domain import boards
from haihe.tourism.domain.boards import Chart
from haihe.tourism.domain.figures import counterpart
from haihe.tourism.domain.series import Name, days_of
from haihe.tourism.models import Figure, Forecast

SHOWN_BEFORE = 42


def fans(organisation: int, names: Sequence[Name] | None = None) -> list[dict[str, Any]]:
    """Every whole forecast of an organisation, or those named: chart and table of its fan, notes, drift."""
    rows = Forecast.objects.filter(organisation_id=organisation).order_by("indicator", "by", "key")
    if names is None:
        first = {name: place for place, name in enumerate(boards.HOLIDAY_INDICATORS)}  # what is asked for first
        whole = sorted(rows.filter(by=""), key=lambda row: first.get(row.indicator, len(first)))
        return [fan(row) for row in whole]
    return [fan(row) for row in rows if name_of(row) in names]


def model_label(name: str) -> str:
    """What a model of a forecast is called."""
    words = {
        "ets": _("exponential smoothing (ETS)"),
        "ets_damped": _("damped exponential smoothing"),
        "ces": _("complex exponential smoothing (CES)"),
        "theta": _("Theta"),
        "theta_optimised": _("optimised Theta"),
        "arima": _("ARIMA"),
        "snaive": _("last week repeated"),
        "drift": _("drift"),
        "gbm": _("gradient boosting over all series"),
        "imapa": _("intermittent demand (IMAPA)"),
        "constant": _("never changed"),
    }
    return words.get(name, name)


def name_of(row: Forecast) -> Name:
    return Name(row.indicator, row.by, row.key)


def fan(row: Forecast) -> dict[str, Any]:
    """One forecast as a page shows it."""
    name = name_of(row)
    one, title = name.of, name.title()
    told: dict[str, Any] = {
        "one": one,
        "title": title,
        "row": row,
        "name": name,
        "refused": _said(row.told.get("refused")),
    }
    if told["refused"]:
        return told
    steps = row.told["steps"]
    days = [row.last_day + timedelta(days=step["step"]) for step in steps]
    since = row.last_day - timedelta(days=SHOWN_BEFORE - 1)
    before = list(days_of(row.organisation_id, name, since))
    head = [None] * len(before)
    x = [str(day) for day, _value in before] + [str(day) for day in days]
    names = {"mean": _("forecast"), "lo80": "80% ↓", "hi80": "80% ↑", "lo95": "95% ↓", "hi95": "95% ↑"}
    series = {part: [*head, *(step[part] for step in steps)] for part in names}
    chart = Chart(title, boards.unit_of(one), list(names.values()), [], of=[one], head=_("day"))
    chart.rows = [[str(day), *(one.shown(step[part]) for part in names)] for day, step in zip(days, steps, strict=True)]
    words = {"observed": _("observed"), "forecast": _("forecast"), "inside80": "80%", "inside95": "95%"}
    observed = [value for _day, value in before] + [None] * len(days)
    chart.data = {"kind": "fan", "unit": chart.unit, "digits": one.digits, "x": x, "observed": observed, "words": words}
    chart.data |= series
    notes = [_said(note) for note in [*row.told["notes"], row.told.get("cannot_know")] if note]
    return told | {
        "chart": chart,
        "backtest": row.told["backtest"],
        "notes": notes,
        "models": [model_label(name) for name in row.told["models"]],
        "drift": drift_of(row),
    }


def _said(told: Any) -> str:
    """A sentence as it was kept: in both languages, or once in English."""
    if isinstance(told, list):
        return str(told[0 if (get_language() or "zh-hans").startswith("zh") else 1])
    return str(told or "")


def drift_of(row: Forecast) -> dict[str, Any]:
    """What the watch says of a series: state, sentence, since when; `moved` where it holds no longer."""
    told = row.told.get("drift") or {"state": "too few"}
    state = told["state"]
    words = {
        "holds": _("holds"),
        "level": _("level moved"),
        "spread": _("spread grew"),
        "intervals": _("misses too often"),
    }
    return {
        "state": words.get(state, _("not enough days yet")),
        "moved": state in ("level", "spread", "intervals"),
        "words": _said(told.get("words")),
        "since": told.get("since", ""),
    }


@dataclass(frozen=True)
class Place:
    """One series in the league. gain: how much lower its error is than that of last week repeated."""

    name: Name
    title: str
    mase: float
    naive: float
    gain: float | None
    inside80: float
    inside95: float
    drift: dict[str, Any]
    made_at: Any


def league(organisation: int) -> list[Place]:
    """Every series by how well it did at its back-test beside last week repeated, the best first."""
    found = []
    for row in Forecast.objects.filter(organisation_id=organisation):
        backtest = row.told.get("backtest") or {}
        if backtest.get("mase") is None:
            continue
        naive = backtest["mase_seasonal_naive"]
        gain = 100 * (1 - backtest["mase"] / naive) if naive else None
        inside = [100 * (backtest.get(level) or 0) for level in ("inside80", "inside95")]
        name = name_of(row)
        found.append(
            Place(name, name.title(), backtest["mase"], naive, gain, inside[0], inside[1], drift_of(row), row.made_at)
        )
    return sorted(found, key=lambda one: (one.mase, one.name))


def apart(row: Forecast) -> list[Chart]:
    """What a series is made of: the observed beside its level, and the factors of weekday, holiday and the rest."""
    told = row.told.get("parts")
    if not told:
        return []
    one = name_of(row).of
    first = date.fromisoformat(told["first"])
    x = [str(first + timedelta(days=step)) for step in range(len(told["level"]))]
    names = [_("observed"), _("level")]
    level = Chart(_("Level"), boards.unit_of(one), names, [], of=[one], head=_("day"))
    level.data = _lines(level.unit, one.digits, x, names, [told["observed"], told["level"]])
    factors = {part: [100 * (value - 1) for value in told[part]] for part in ("weekday", "holiday", "rest")}
    words = [_("weekday"), _("holiday"), _("unexplained")]
    made = Chart(_("What moves it away from its level"), "%", words, [], of=[one], head=_("day"))
    made.data = _lines("%", 1, x, words, list(factors.values()))
    for at in range(len(x) - 1, -1, -1):
        level.rows.append([x[at], one.shown(told["observed"][at]), one.shown(told["level"][at])])
        made.rows.append([x[at], *(f"{values[at]:+.1f}%" for values in factors.values())])
    return [level, made]


def _lines(unit: str, digits: int, x: list[str], names: list[str], values: list[list[float]]) -> dict[str, Any]:
    series = [{"name": name, "data": data} for name, data in zip(names, values, strict=True)]
    return {"kind": "line", "unit": unit, "digits": digits, "x": x, "series": series}


def holidays_ahead(organisation: int) -> list[tuple[str, list[boards.HolidayRow]]]:
    """Holidays that the forecasts reach: their days as forecast, beside last year's with the same place in them."""
    from haihe.tourism.domain.forecast.holiday_slots import holiday_days

    ahead: dict[tuple[str, date], dict[str, float]] = {}
    rows = Forecast.objects.filter(organisation_id=organisation, by="", indicator__in=boards.HOLIDAY_INDICATORS)
    for row in rows:
        for step in row.told.get("steps", ()):
            ahead[row.indicator, row.last_day + timedelta(days=step["step"])] = step
    days = sorted({day for _name, day in ahead})
    if not days:
        return []
    special = holiday_days("CN", range(days[0].year, days[-1].year + 1))
    off = [day for day in days if day in special and special[day].rest > 0]
    told = []
    for run in boards.runs_of(off):
        before = {day: counterpart(day) for day in run}
        known = Figure.objects.filter(
            organisation_id=organisation, grain="day", by="", period__in=[day for day in before.values() if day]
        )
        then = {(name, period): value for name, period, value in known.values_list("indicator", "period", "value")}
        title = boards.holiday_name(special[run[len(run) // 2]].slot, run)
        told.append((title, [_ahead(day, before[day], ahead, then) for day in run]))
    return told


def _ahead(
    day: date,
    before: date | None,
    ahead: dict[tuple[str, date], dict[str, float]],
    then: dict[tuple[str, date], float | None],
) -> boards.HolidayRow:
    values = []
    for name in boards.HOLIDAY_INDICATORS:
        one, step, old = Name(name).of, ahead.get((name, day)), then.get((name, before)) if before else None
        if step is None:
            values.append((one.shown(None), one.shown(old), ""))
            continue
        change = boards.change_shown(one, step["mean"], old)
        values.append(
            (
                f"{one.shown(step['mean'])} ({one.shown(step['lo80'])} – {one.shown(step['hi80'])})",
                one.shown(old),
                change,
            )
        )
    return boards.HolidayRow(day, before, values)
