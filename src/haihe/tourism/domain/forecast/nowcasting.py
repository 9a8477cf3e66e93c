"""This month's official figure before it is out, from streams that arrive by the day.

Official figures come weeks late; gates, cards and operators count daily. The growth of each stream over the same days a
year earlier, as far as they are in, tells the growth of the official figure. How much to trust a stream is learned from
past periods, each seen as far as the present one is; so the error is that of a nowcast on this day of the period, and
shrinks as days come in. A bridge equation after Baffigi, Golinelli and Parigi 2004, "Bridge models to forecast the
euro area GDP".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from haihe.tourism.domain.forecast.errors import NowcastImpossible
from haihe.tourism.domain.forecast.intervals import NORMAL
from haihe.tourism.domain.forecast.panel import Floats
from haihe.tourism.domain.forecast.said import Said

LEAST_PERIODS = 8  # past ones with both figures, to learn from
MOST_PERIODS = 48
LEAST_SHARE = 0.8  # of the days asked for that a stream must have
RIDGE = 0.5
LEFT_OUT = Said("its days are not in, or were not a year ago", "本期或上年同期的天数不足")


@dataclass(frozen=True)
class Nowcast:
    """The official figure of the period that holds `as_of`.

    low, high    by level
    seen         share of the period's days that are in
    weights      stream -> what a growth of 1% there adds to the growth here, in percent
    backtest     mean absolute error in percent, on past periods seen as far
    naive        the same of last year's figure times last period's growth
    left_out     streams that were not there, or not a year ago, and why
    """

    period: str
    mean: float
    low: dict[float, float]
    high: dict[float, float]
    seen: float
    weights: dict[str, float]
    backtest: float
    naive: float
    left_out: dict[str, str]


def nowcast(official: dict[date, float], streams: dict[str, dict[date, float]], as_of: date) -> Nowcast:
    """The figure of the month of `as_of`, from what is known by the evening of that day.

    official   first day of a month -> its figure; months not yet out are not there
    streams    name -> day -> value; days after `as_of` are not looked at

    Raises NowcastImpossible.
    """
    month = as_of.replace(day=1)
    day = (as_of - month).days + 1
    official = {when: value for when, value in official.items() if when < month and value > 0}
    used: dict[str, dict[date, float]] = {}
    left_out: dict[str, str] = {}
    for name, values in sorted(streams.items()):
        growth = _stream_growth(values, month, day)
        if growth is None:
            left_out[name] = LEFT_OUT
        else:
            used[name] = values
    past = [when for when in sorted(official) if _year_before(when) in official][-MOST_PERIODS:]
    past = [when for when in past if all(_stream_growth(one, when, day) is not None for one in used.values())]
    if _year_before(month) not in official:
        raise NowcastImpossible("The official figure of a year ago is missing.", thing=_year_before(month))
    if len(past) < LEAST_PERIODS:
        why = f"Only {len(past)} past months have both official figures and streams; {LEAST_PERIODS} are needed."
        raise NowcastImpossible(why, thing=month)
    inputs = np.array([_inputs(when, day, official, used) for when in [*past, month]])
    truth = np.array([np.log(official[when] / official[_year_before(when)]) for when in past])
    weight = _ridge(inputs[:-1], truth)
    errors = np.array([_left_out_error(inputs[:-1], truth, place) for place in range(len(past))])
    carried = inputs[:-1, 1] - truth
    growth = float(inputs[-1] @ weight)
    size = float(np.sqrt(np.mean(errors**2)))
    base = official[_year_before(month)]
    factor = {level: NORMAL[level] * size * (1 + 2 / len(past)) for level in NORMAL}
    days = (_next_month(month) - month).days
    return Nowcast(
        f"{month:%Y-%m}",
        float(base * np.exp(growth)),
        {level: float(base * np.exp(growth - one)) for level, one in factor.items()},
        {level: float(base * np.exp(growth + one)) for level, one in factor.items()},
        day / days,
        dict(zip(used, (float(one) for one in weight[2:]), strict=True)),
        float(100 * np.mean(np.abs(np.expm1(errors)))),
        float(100 * np.mean(np.abs(np.expm1(carried)))),
        left_out,
    )


def _inputs(month: date, day: int, official: dict[date, float], used: dict[str, dict[date, float]]) -> list[float]:
    """A constant, the last known growth of the official figure, and the growth of each stream."""
    growths = [_stream_growth(one, month, day) for one in used.values()]
    return [1.0, _last_growth(month, official), *(0.0 if one is None else one for one in growths)]


def _last_growth(month: date, official: dict[date, float]) -> float:
    """Over a year, of the latest figure before `month`."""
    known = [when for when in official if when < month and _year_before(when) in official]
    if not known:
        return 0.0
    last = max(known)
    return float(np.log(official[last] / official[_year_before(last)]))


def _stream_growth(values: dict[date, float], month: date, day: int) -> float | None:
    """Growth of the first `day` days of a month over the same days a year earlier; None where too few are known."""
    now, before = _sum(values, month, day), _sum(values, _year_before(month), day)
    return None if now is None or before is None or now <= 0 or before <= 0 else float(np.log(now / before))


def _sum(values: dict[date, float], first: date, count: int) -> float | None:
    known = [values[day] for step in range(count) if (day := first + timedelta(days=step)) in values]
    known = [one for one in known if np.isfinite(one)]
    if len(known) < LEAST_SHARE * count:
        return None
    return float(np.mean(known)) * count


def _ridge(inputs: Floats, truth: Floats) -> Floats:
    """Streams are drawn to sharing the growth among them, the rest to nothing."""
    count = inputs.shape[1]
    believed = np.zeros(count)
    if count > 2:
        believed[2:] = 1 / (count - 2)
    else:
        believed[1] = 1.0
    scale = float(np.mean(inputs[:, 1:] ** 2)) or 1.0
    gram = inputs.T @ inputs + RIDGE * scale * np.eye(count)
    return np.asarray(believed + np.linalg.solve(gram, inputs.T @ (truth - inputs @ believed)))


def _left_out_error(inputs: Floats, truth: Floats, place: int) -> float:
    others = np.arange(len(truth)) != place
    return float(inputs[place] @ _ridge(inputs[others], truth[others]) - truth[place])


def _year_before(month: date) -> date:
    return month.replace(year=month.year - 1)


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def months_of(values: dict[date, float]) -> dict[date, float]:
    """Sums of whole months of a daily stream."""
    found: dict[date, list[float]] = {}
    for day, value in values.items():
        found.setdefault(day.replace(day=1), []).append(value)
    return {month: float(np.sum(one)) for month, one in found.items() if len(one) == (_next_month(month) - month).days}


def day_by_day(
    official: dict[date, float], streams: dict[str, dict[date, float]], days: Sequence[date]
) -> list[Nowcast]:
    """The nowcasts of several days in turn, each with what was known then: how the figure settled."""
    return [nowcast(official, streams, day) for day in days]
