"""`haihe tourism nowcast --official FILE.csv --streams FILE.csv [--as-of DAY]`; `haihe tourism drift FILE.csv`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np

from haihe.base.words import terminal_language
from haihe.tourism.domain.forecast.drift import Drift, watch
from haihe.tourism.domain.forecast.nowcasting import Nowcast, nowcast
from haihe.tourism.domain.forecast.said import both
from haihe.tourism.domain.forecast.tables import read_table


def tell_now(words: Sequence[str]) -> int:
    """Print the present month's official figure before it is out. Raises HaiheError."""
    parser = argparse.ArgumentParser(
        prog="haihe tourism nowcast", description="The present month's official figure, from daily streams."
    )
    parser.add_argument("--official", type=Path, required=True, metavar="FILE.csv", help="columns ds (months), y")
    parser.add_argument("--streams", type=Path, required=True, metavar="FILE.csv", help="unique_id, ds (days), y")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DAY", help="what was known that evening")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    told = parser.parse_args(list(words))
    official = {
        date.fromordinal(line.day("ds")).replace(day=1): line.number_in("y", low=0)
        for line in read_table(told.official, ("ds", "y"))
    }
    streams: dict[str, dict[date, float]] = {}
    for line in read_table(told.streams, ("unique_id", "ds", "y")):
        streams.setdefault(line.text("unique_id"), {})[date.fromordinal(line.day("ds"))] = line.number_in("y", low=0)
    official = {month: value for month, value in official.items() if value == value}
    as_of = told.as_of or max((day for days in streams.values() for day in days), default=date.min)
    made = nowcast(official, streams, as_of)
    print(json.dumps(_plain(made), ensure_ascii=False) if told.json else _in_words(made))
    return 0


def _plain(made: Nowcast) -> dict[str, object]:
    bounds = {f"lo{level * 100:.0f}": value for level, value in made.low.items()}
    bounds |= {f"hi{level * 100:.0f}": value for level, value in made.high.items()}
    rest = {name: value for name, value in asdict(made).items() if name not in ("low", "high")}
    return rest | bounds


def _in_words(made: Nowcast) -> str:
    chinese = terminal_language().startswith("zh")
    lines = [f"{made.period}  {made.mean:,.1f}   80%: {made.low[0.8]:,.1f} – {made.high[0.8]:,.1f}"]
    if chinese:
        lines.append(
            f"本月已到 {made.seen:.0%}；同样早时的平均误差 {made.backtest:.1f}%，按上月增速外推 {made.naive:.1f}%"
        )
    else:
        lines.append(
            f"{made.seen:.0%} of the month is in; mean error as early as this {made.backtest:.1f}%, "
            f"of last month's growth carried on {made.naive:.1f}%"
        )
    lines += [f"  {name}: {weight:+.2f}" for name, weight in made.weights.items()]
    lines += [
        f"  {name}: {'未用，' if chinese else 'left out, '}{both(why)[0 if chinese else 1]}"
        for name, why in made.left_out.items()
    ]
    return "\n".join(lines)


def tell_drift(words: Sequence[str]) -> int:
    """Print which series' forecasts hold no longer. Raises HaiheError."""
    parser = argparse.ArgumentParser(
        prog="haihe tourism drift", description="Whether forecasts still hold, against what came."
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="unique_id, ds, y, mean, lo80, hi80; y may be open")
    parser.add_argument("--json", action="store_true", help="one JSON object a series")
    told = parser.parse_args(list(words))
    columns = ("y", "mean", "lo80", "hi80")
    series: dict[str, dict[int, list[float]]] = {}
    for line in read_table(told.file, ("unique_id", "ds", *columns)):
        row = [line.number_in(name) for name in columns]
        if any(value != value for value in row[1:]):
            raise line.wrong("mean", "and its bounds must be numbers")
        series.setdefault(line.text("unique_id"), {})[line.day("ds")] = row
    for name, days in sorted(series.items()):
        ordered = sorted(days)
        found = watch(*np.array([days[day] for day in ordered]).T)
        since = None if found.since is None else str(date.fromordinal(ordered[found.since]))
        row_ = {
            "unique_id": name,
            "state": found.state,
            "since": since,
            "inside80": _known(found),
            "words": found.words,
        }
        words_ = both(found.words)[0 if terminal_language().startswith("zh") else 1]
        print(json.dumps(row_, ensure_ascii=False) if told.json else f"{name}: {found.state}. {words_}")
    return 0


def _known(found: Drift) -> float | None:
    return None if found.inside != found.inside else found.inside
