"""Charts as the page carries them before any script: lines and columns as SVG paths, bars lying as rows.

They stand where the viewer will draw the same: the first chart comes with the page, and stays without JavaScript.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 1000.0, 300.0  # of the field, whatever size the page gives it
COLUMN = 0.6  # of its place, the width of a column
MOST_BARS = 14  # rows that can be read in the height of a chart
MOST_TICKS = 5
Values = Sequence[float | None]


@dataclass(frozen=True)
class Drawn:
    """A chart to be put into a page.

    names    of the series, where there are several
    paths    one for each series: SVG path data in a field of WIDTH × HEIGHT, from the upper left corner
    filled   whether the paths are areas
    ticks    values along the upright axis from the top down, evenly spaced
    ends     first, middle and last place along the other axis
    bars     of bars lying: name, value as read, length in a hundredth of the longest
    """

    names: Sequence[str]
    paths: Sequence[str] = ()
    filled: bool = False
    ticks: Sequence[str] = ()
    ends: Sequence[str] = ()
    bars: Sequence[tuple[str, str, str]] = ()


def drawn(told: Mapping[str, Any], *, chinese: bool) -> Drawn | None:
    """A chart of the kinds line, stacked, bar, share; None for other kinds and where nothing is known.

    told      {kind, digits, x: places, series: [{name, data}]}; None in data is a gap
    chinese   large values in 万 and 亿, else in k and M
    """
    lines: list[Values] = [one["data"] for one in told.get("series", ())]
    if not any(value is not None for line in lines for value in line):
        return None
    names = [one["name"] for one in told["series"]] if len(lines) > 1 else []
    if told["kind"] in ("bar", "share"):
        return Drawn((), bars=list(_bars(told["x"], lines[0], told["digits"])))
    stacked = told["kind"] == "stacked"
    if stacked:
        low, high = 0.0, max(sum(value or 0 for value in place) for place in zip(*lines, strict=True))
    else:
        known = [value for line in lines for value in line if value is not None]
        low, high = min(known), max(known)
    ticks = ticks_over(low, high)
    span = (ticks[0], ticks[-1])
    paths = list(_columns(lines, span)) if stacked else [_line(line, span) for line in lines]
    x = told["x"]
    ends = [x[0], x[len(x) // 2], x[-1]] if len(x) > 2 else x
    return Drawn(names, paths, stacked, [shortened(tick, chinese=chinese) for tick in reversed(ticks)], ends)


def ticks_over(low: float, high: float) -> list[float]:
    """At most MOST_TICKS + 1 round values in even steps, the first at or below `low`, the last at or above `high`."""
    step = 10.0 ** math.floor(math.log10((high - low) or abs(high) or 1.0)) / 10
    sizes = (step * size * 10**power for power in range(4) for size in (1, 2, 2.5, 5))
    for size in sizes:
        first, last = math.floor(low / size + 1e-9), math.ceil(high / size - 1e-9)
        last = max(last, first + 1)
        if last - first <= MOST_TICKS:
            return [place * size for place in range(first, last + 1)]
    raise AssertionError((low, high))


def shortened(value: float, *, chinese: bool) -> str:
    """As the viewer writes it along an axis."""
    size = abs(value)
    if chinese and size >= 1e8:
        return f"{_plain(value / 1e8, 2)} 亿"
    if chinese and size >= 1e4:
        return f"{_plain(value / 1e4, 1)} 万"
    if not chinese and size >= 1e6:
        return f"{_plain(value / 1e6, 1)}M"
    if not chinese and size >= 1e4:
        return f"{_plain(value / 1e3, 0)}k"
    return _plain(value, 2)


def _plain(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _line(values: Values, span: tuple[float, float]) -> str:
    slot, parts, pen = WIDTH / len(values), [], False
    for at, value in enumerate(values):
        if value is None:
            pen = False
            continue
        parts.append(f"{'L' if pen else 'M'}{(at + 0.5) * slot:.1f} {_down(value, span):.1f}")
        if not pen:
            parts.append("h0")  # a day between two gaps is a dot
        pen = True
    return "".join(parts)


def _columns(lines: Sequence[Values], span: tuple[float, float]) -> Iterator[str]:
    below = [0.0] * len(lines[0])
    slot = WIDTH / len(below)
    for line in lines:
        parts = []
        for at, value in enumerate(line):
            if not value:
                continue
            foot = _down(below[at], span)
            below[at] += value
            wide, rise = slot * COLUMN, _down(below[at], span) - foot
            parts.append(f"M{(at + 0.5) * slot - wide / 2:.1f} {foot:.1f}h{wide:.1f}v{rise:.1f}h{-wide:.1f}z")
        yield "".join(parts)


def _down(value: float, span: tuple[float, float]) -> float:
    return HEIGHT * (span[1] - value) / (span[1] - span[0])


def _bars(names: Sequence[str], values: Values, digits: int) -> Iterator[tuple[str, str, str]]:
    longest = max((value or 0 for value in values), default=0) or 1
    for name, value in list(zip(names, values, strict=True))[:MOST_BARS]:
        yield name, "–" if value is None else f"{value:,.{digits}f}", f"{max(value or 0, 0) / longest * 100:.1f}"
