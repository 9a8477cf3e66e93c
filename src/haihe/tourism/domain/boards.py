"""Boards: which figures stand on them, read from the kept figures of one organisation. No facts are asked here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from statistics import fmean
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from haihe.tourism.domain import places
from haihe.tourism.domain.board_list import BOARDS as BOARDS
from haihe.tourism.domain.board_list import Board as Board
from haihe.tourism.domain.board_list import Wanted as Wanted
from haihe.tourism.domain.chart_drawing import Drawn, drawn
from haihe.tourism.domain.figures import comparable, counterpart, year_before
from haihe.tourism.domain.indicators.indicator import Indicator, indicator, indicators
from haihe.tourism.models import Figure

MOST_KEYS = 9


@dataclass
class Headline:
    """One number with what it is compared with."""

    of: Indicator
    title: str
    unit: str
    shown: str = "–"
    period: str = ""
    change: str = ""
    against: str = ""
    rises: bool | None = None


@dataclass
class Chart:
    """A chart and the table beside it.

    rows      the table: period or key, then one shown value a series
    data      what the viewer draws: {kind, unit, x, series: [{name, data}]}
    values    of one period broken down: code and value, in the order of the rows
    map       the same on the operator's map
    """

    title: str
    unit: str
    names: list[str]
    rows: list[list[str]]
    data: dict[str, Any] = field(default_factory=dict)
    of: Sequence[Indicator] = ()
    head: str = ""
    by: str = ""
    values: list[tuple[str, float | None]] = field(default_factory=list)
    map: Any = None

    def label(self, key: str) -> str:
        return key_label(self.of[0], self.by, key)

    @cached_property
    def drawn(self) -> Drawn | None:
        """What stands in its place until the viewer draws it."""
        return drawn(self.data, chinese=_language().startswith("zh")) if self.data else None

    def meanings(self) -> list[tuple[str, str]]:
        """Id and title of each indicator it shows."""
        return [(one.id, one.title(_language())) for one in self.of]


def headline(organisation: int, name: str, by: str = "", key: str = "") -> Headline:
    """The newest value of an indicator, beside that of the comparable day, or of the month a year before."""
    one = indicator(name)
    grain = "day" if "day" in (one.grains if not by or by in one.daily_by else ()) else "month"
    made = Headline(one, one.title(_language()), unit_of(one))
    told = {"indicator": name, "grain": grain, "by": by, "key": key}
    rows = Figure.objects.filter(organisation_id=organisation, **told).exclude(value=None)
    newest = rows.order_by("-period").first()
    if newest is None or newest.value is None:
        return made
    made.shown, made.period = _short(one, newest.value), period_shown(newest.period, grain)
    before = comparable(newest.period) if grain == "day" else year_before(newest.period)
    old = rows.filter(period=before).values_list("value", flat=True).first()
    if old:
        made.against = period_shown(before, grain)
        if one.unit == "%":
            made.change = _("%(points)s points") % {"points": f"{newest.value - old:+.1f}"}
        else:
            made.change = f"{newest.value / old - 1:+.1%}"
        made.rises = newest.value >= old
    return made


def keys(organisation: int, board: Board) -> list[tuple[str, str]]:
    """Codes of which a board may show one, each with its name; those that have figures."""
    one = indicator(board.headlines[0])
    rows = Figure.objects.filter(organisation_id=organisation, indicator=one.id, by=board.of)
    return [(key, key_label(one, board.of, key)) for key in sorted(set(rows.values_list("key", flat=True)))]


def _short(one: Indicator, value: float) -> str:
    """For a headline: large amounts in 万 and 亿, or in thousands and millions."""
    if abs(value) < 1e6:
        return one.shown(value)
    chinese = _language().startswith("zh")
    size, word = ((1e8, " 亿") if abs(value) >= 1e8 else (1e4, " 万")) if chinese else (1e6, "M")
    return f"{value / size:,.2f}{word}" if value / size < 100 else f"{value / size:,.0f}{word}"


def chart(organisation: int, wanted: Wanted) -> Chart:
    """The newest periods of one or several indicators, or of one broken down."""
    ones = [indicator(name) for name in wanted.indicators]
    rows = Figure.objects.filter(
        organisation_id=organisation, indicator__in=wanted.indicators, grain=wanted.grain, by=wanted.by
    )
    if wanted.key:
        rows = rows.filter(key=wanted.key)
    newest = rows.order_by("-period").values_list("period", flat=True).first()
    title = _("%(what)s by %(column)s") if wanted.by and not wanted.key else "%(what)s"
    what = (
        "、".join(one.name for one in ones) if _language().startswith("zh") else ", ".join(one.name_en for one in ones)
    )
    titled = title % {"what": what, "column": column_label(ones[0], wanted.by)}
    made = Chart(titled, unit_of(ones[0]), [], [], of=ones, by=wanted.by)
    if newest is None:
        return made
    rows = rows.filter(period__gte=_first(newest, wanted)).order_by("period", "key")
    values = {
        (one, period, key): value for one, period, key, value in rows.values_list("indicator", "period", "key", "value")
    }
    if wanted.by and wanted.periods == 1:
        _one_period(made, ones[0], wanted, newest, values)
    else:
        _many_periods(made, ones, wanted, values)
    return made


Values = dict[tuple[str, date, str], float | None]


def _one_period(made: Chart, one: Indicator, wanted: Wanted, newest: date, values: Values) -> None:
    found = [(key, value) for (_name, _period, key), value in values.items() if value]
    found.sort(key=lambda pair: -pair[1])
    made.title += f" · {period_shown(newest, wanted.grain)}"
    made.names = [one.title(_language())]
    labels = [key_label(one, wanted.by, key) for key, _value in found]
    made.rows = [[label, one.shown(value)] for label, (_key, value) in zip(labels, found, strict=True)]
    made.values = list(found)
    made.head = column_label(one, wanted.by)
    series = [{"name": made.names[0], "data": [value for _key, value in found]}]
    if wanted.kind == "share":
        whole = sum(value for _key, value in found)
        made.names.append(pgettext("tourism", "share"))
        made.rows = [[*row, f"{value / whole:.1%}"] for row, (_key, value) in zip(made.rows, found, strict=True)]
    made.data = {"kind": wanted.kind, "unit": made.unit, "digits": one.digits, "x": labels, "series": series}


def _many_periods(made: Chart, ones: Sequence[Indicator], wanted: Wanted, values: Values) -> None:
    periods = sorted({period for _name, period, _key in values})
    if wanted.by and not wanted.key:
        totals: dict[str, float] = {}
        for (_name, _period, key), value in values.items():
            totals[key] = totals.get(key, 0) + (value or 0)
        keys = sorted(totals, key=lambda key: -totals[key])[:MOST_KEYS]
        lines = [(ones[0], key, key_label(ones[0], wanted.by, key)) for key in keys]
    else:
        lines = [(one, wanted.key, one.title(_language())) for one in ones]
    made.names = [name for _one, _key, name in lines]
    made.head = _("day") if wanted.grain == "day" else _("month")
    x = [period_shown(period, wanted.grain) for period in periods]
    table = [[values.get((one.id, period, key)) for one, key, _name in lines] for period in periods]
    made.rows = [
        [x[at], *(line[0].shown(value) for line, value in zip(lines, table[at], strict=True))]
        for at in range(len(periods) - 1, -1, -1)
    ]
    series = [{"name": name, "data": [row[at] for row in table]} for at, name in enumerate(made.names)]
    made.data = {"kind": wanted.kind, "unit": made.unit, "digits": ones[0].digits, "x": x, "series": series}


def _first(newest: date, wanted: Wanted) -> date:
    if wanted.grain == "day":
        return newest - timedelta(days=wanted.periods - 1)
    months = newest.year * 12 + newest.month - wanted.periods
    return date(months // 12, months % 12 + 1, 1)


def key_label(one: Indicator, by: str, key: str) -> str:
    """What a key of a breakdown is called."""
    codes = places.contract(one.stream).column(by).codes if one.stream and by else {}
    return codes[key][0 if _language().startswith("zh") else 1] if key in codes else key


def column_label(one: Indicator, by: str) -> str:
    if not by or not one.stream:
        return ""
    return places.contract(one.stream).column(by).title(_language())


def period_shown(period: date, grain: str) -> str:
    return f"{period:%Y-%m-%d}" if grain == "day" else f"{period:%Y-%m}"


def unit_of(one: Indicator) -> str:
    """What it is counted in, as the page says it."""
    return one.measured_in(_language())


def _language() -> str:
    return get_language() or "zh-hans"


@dataclass
class HolidayRow:
    """One day of a holiday beside the day of last year with the same place in it.

    day     none for the mean of the days of which both are known
    before  none where last year had no such day
    values  shown, shown then, change
    """

    day: date | None
    before: date | None
    values: list[tuple[str, str, str]]


HOLIDAY_INDICATORS = ("visits", "arrivals", "entries", "occupancy", "spending")


def holidays_told(organisation: int) -> list[tuple[str, list[HolidayRow]]]:
    """Holidays with figures, the newest first: their days beside last year's, lunar-aligned."""
    from haihe.tourism.domain.forecast.holiday_slots import holiday_days

    rows = Figure.objects.filter(organisation_id=organisation, indicator__in=HOLIDAY_INDICATORS, grain="day", by="")
    values = {(name, period): value for name, period, value in rows.values_list("indicator", "period", "value")}
    days = sorted({period for _name, period in values}, reverse=True)
    if not days:
        return []
    special = holiday_days("CN", range(days[-1].year, days[0].year + 1))
    off = [day for day in days if day in special and special[day].rest > 0]
    told = []
    for run in reversed([run for run in runs_of(sorted(off)) if len(run) >= 3]):
        title = holiday_name(special[run[len(run) // 2]].slot, run)
        told.append((title, [*(_holiday_row(day, values) for day in run), _mean_row(run, values)]))
    return told[:8]


def runs_of(days: Sequence[date]) -> list[list[date]]:
    """Days in their order, those that follow one another together."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def holiday_name(slot: str, run: Sequence[date]) -> str:
    kinds = {
        "spring": _("Spring Festival"),
        "national": _("National Day"),
        "labour": _("Labour Day"),
        "qingming": _("Qingming"),
        "dragon boat": _("Dragon Boat Festival"),
        "mid-autumn": _("Mid-Autumn Festival"),
        "new year": _("New Year"),
    }
    kind = next((name for start, name in kinds.items() if slot.startswith(start)), slot.partition(" · ")[0])
    days = f"{run[0]:%m-%d} – {run[-1]:%m-%d}"
    return _("%(year)s %(holiday)s (%(days)s)") % {"year": run[0].year, "holiday": kind, "days": days}


def _holiday_row(day: date, values: dict[tuple[str, date], float | None]) -> HolidayRow:
    before = counterpart(day)
    row = []
    for name in HOLIDAY_INDICATORS:
        one, now, then = indicator(name), values.get((name, day)), values.get((name, before)) if before else None
        row.append((one.shown(now), one.shown(then), change_shown(one, now, then)))
    return HolidayRow(day, before, row)


def _mean_row(run: Sequence[date], values: dict[tuple[str, date], float | None]) -> HolidayRow:
    """A holiday as a whole: per day, because last year's may have been longer; then only of days that have one."""
    row = []
    for name in HOLIDAY_INDICATORS:
        one = indicator(name)
        pairs = [
            (values.get((name, day)), values.get((name, before)) if (before := counterpart(day)) else None)
            for day in run
        ]
        all_days = [now for now, _then in pairs if now is not None]
        both = [(now, then) for now, then in pairs if now is not None and then is not None]
        now, then = (fmean(column) for column in zip(*both, strict=True)) if both else (None, None)
        row.append((one.shown(fmean(all_days) if all_days else None), one.shown(then), change_shown(one, now, then)))
    return HolidayRow(None, None, row)


def change_shown(one: Indicator, now: float | None, then: float | None) -> str:
    """Against then: in per cent, of shares in points; nothing where one of them is not known."""
    if now is None or then is None:
        return ""
    if one.unit == "%":
        return f"{now - then:+.1f}"
    return f"{now / then - 1:+.1%}" if then else ""


def by_module() -> dict[str, list[Indicator]]:
    found: dict[str, list[Indicator]] = {}
    for one in indicators().values():
        found.setdefault(one.module, []).append(one)
    return found
