"""Official figures of this month before they are out, from the daily figures that are in; every evening's stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language

from haihe.tourism.domain.boards import Chart, unit_of
from haihe.tourism.domain.forecasting import months_known
from haihe.tourism.domain.indicators.indicator import indicator
from haihe.tourism.domain.series import FORECAST, Name, days_of
from haihe.tourism.models import Nowcast

# monthly figures that come late -> the daily ones that tell of them
OFFICIAL = {"industry_revenue": ("visits", "spending", "guests", "arrivals", "entries")}
SHOWN = 31


def tell_now(organisation: int, *, evenings: int = 1) -> int:
    """Nowcast every official figure of an organisation that is not out yet; returns how many could be told.

    evenings   how many up to the newest day, at most those of its month: each from the days that were in by then
    """
    told = 0
    days = {name: dict(days_of(organisation, Name(name))) for name in FORECAST}
    for name, streams in OFFICIAL.items():
        official = months_known(organisation, name)
        seen = {one: days[one] for one in streams if days.get(one)}
        as_of = max((max(one) for one in seen.values()), default=None)
        if as_of is None or as_of.replace(day=1) in official or not official:
            continue
        for back in range(min(evenings, as_of.day) - 1, -1, -1):
            told += _tell(organisation, name, official, seen, as_of - timedelta(days=back))
    return told


def _tell(
    organisation: int, name: str, official: dict[date, float], seen: dict[str, dict[date, float]], as_of: date
) -> bool:
    from haihe.tourism.domain.forecast.errors import NowcastImpossible
    from haihe.tourism.domain.forecast.nowcasting import nowcast

    try:
        made = nowcast(official, seen, as_of)
    except NowcastImpossible:
        return False  # the page says what it needs
    told = {"period": as_of.replace(day=1), "told": _as_kept(made)}
    Nowcast.objects.update_or_create(organisation_id=organisation, indicator=name, as_of=as_of, defaults=told)
    return True


def _as_kept(made: Any) -> dict[str, Any]:
    from haihe.tourism.domain.forecast.said import both

    bounds = {
        f"{side}{level * 100:.0f}": value for side in ("low", "high") for level, value in getattr(made, side).items()
    }
    plain = {name: getattr(made, name) for name in ("mean", "seen", "weights", "backtest", "naive")}
    return bounds | plain | {"left_out": {name: both(why) for name, why in made.left_out.items()}}


def told_now(organisation: int) -> list[dict[str, Any]]:
    """The newest nowcast of each official figure: value, bounds, what it rests on, and how it settled."""
    found = []
    language = get_language() or "zh-hans"
    at = 0 if language.startswith("zh") else 1
    for name in OFFICIAL:
        rows = list(Nowcast.objects.filter(organisation_id=organisation, indicator=name)[:SHOWN])
        if not rows:
            continue
        one, newest = indicator(name), rows[0]
        told = newest.told
        same = sorted((row for row in rows if row.period == newest.period), key=lambda row: row.as_of)
        chart = _settled(one.title(language), one, same, months_known(organisation, name).get(newest.period))
        found.append(
            {
                "title": one.title(language),
                "unit": unit_of(one),
                "row": newest,
                "shown": one.shown(told["mean"]),
                "low": one.shown(told["low80"]),
                "high": one.shown(told["high80"]),
                "seen": told["seen"] * 100,
                "backtest": told["backtest"],
                "naive": told["naive"],
                "weights": [(indicator(stream).title(language), weight) for stream, weight in told["weights"].items()],
                "left_out": [(indicator(stream).title(language), why[at]) for stream, why in told["left_out"].items()],
                "chart": chart,
            }
        )
    return found


def _settled(title: str, one: Any, rows: list[Nowcast], out: float | None) -> Chart:
    """How the figure of a month settled, evening by evening."""
    from django.utils.translation import gettext as _

    chart = Chart(title, unit_of(one), [_("nowcast"), "80% ↓", "80% ↑"], [], of=[one], head=_("evening"))
    chart.rows = [
        [str(row.as_of), *(one.shown(row.told[name]) for name in ("mean", "low80", "high80"))] for row in reversed(rows)
    ]
    words = {"observed": _("official"), "forecast": _("nowcast"), "inside80": "80%", "inside95": "95%"}
    chart.data = {"kind": "fan", "unit": chart.unit, "digits": one.digits, "x": [str(row.as_of) for row in rows]}
    chart.data |= {"observed": [out] * len(rows), "words": words, "mean": [row.told["mean"] for row in rows]}
    for name in ("low80", "high80", "low95", "high95"):
        chart.data[name.replace("low", "lo").replace("high", "hi")] = [row.told[name] for row in rows]
    return chart
