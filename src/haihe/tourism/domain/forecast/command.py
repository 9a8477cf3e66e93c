"""`haihe tourism forecast FILE.csv --horizon H --seasonality M [--json [--explain]]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from haihe.base.words import columns, terminal_language
from haihe.tourism.domain.forecast.engine import Forecast, forecast_all
from haihe.tourism.domain.forecast.guards import Refusal
from haihe.tourism.domain.forecast.regressors import read_known
from haihe.tourism.domain.forecast.said import both
from haihe.tourism.domain.forecast.series import read_file
from haihe.tourism.domain.forecast.words import CANNOT_KNOW


def main(words: Sequence[str]) -> int:
    """Print the forecast of every series of a file; exit status 0. What cannot be read raises HaiheError: exit 2."""
    arguments = _parser().parse_args(list(words))
    today = arguments.today or datetime.now(UTC).date()
    series = read_file(arguments.file)
    made = forecast_all(
        series,
        arguments.horizon,
        arguments.seasonality,
        today=today,
        countries=[] if arguments.calendar == "none" else arguments.calendar.split(","),
        known=read_known(arguments.known) if arguments.known else None,
        jobs=arguments.jobs,
    )
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # identifiers may be Chinese
    chinese = terminal_language().startswith("zh")
    for one in made:
        if isinstance(one, Refusal):
            why = both(one.why)[0 if chinese else 1]
            told = (
                f"haihe：{one.unique_id} 无法预测：{why}。" if chinese else f"haihe: {one.unique_id} is refused: {why}."
            )
            print(told, file=sys.stderr)
        if arguments.json:
            for row in as_rows(one):
                print(json.dumps(row, ensure_ascii=False))
            if arguments.explain and isinstance(one, Forecast):
                print(json.dumps(explained(one), ensure_ascii=False))
        elif isinstance(one, Forecast):
            print("\n".join(as_text(one, chinese=chinese)))
    return 0


def as_rows(one: Forecast | Refusal) -> Iterator[dict[str, Any]]:
    """One object a step, steps from 1; of a refused series one object with the reason."""
    if isinstance(one, Refusal):
        yield {"unique_id": one.unique_id, "refused": one.why}
        return
    for step, mean in enumerate(one.mean):
        yield {
            "unique_id": one.unique_id,
            "step": step + 1,
            "mean": float(mean),
            "lo80": float(one.low[0.80][step]),
            "hi80": float(one.high[0.80][step]),
            "lo95": float(one.low[0.95][step]),
            "hi95": float(one.high[0.95][step]),
        }


def explained(one: Forecast) -> dict[str, Any]:
    """What stands behind the steps of a series: back-test, models, and in words what the forecast cannot know."""
    inside = one.inside or {}
    return {
        "unique_id": one.unique_id,
        "models": list(one.models),
        "backtest": {
            "mase": one.backtest,
            "mase_seasonal_naive": one.backtest_naive,
            "inside80": inside.get(0.80),
            "inside95": inside.get(0.95),
        },
        "notes": list(one.notes),
        "cannot_know": CANNOT_KNOW,
    }


def as_text(one: Forecast, *, chinese: bool = False) -> Iterator[str]:
    """The same for a reader: back-test, notes, and a table."""
    yield one.unique_id
    if one.backtest is not None and one.backtest_naive is not None:
        levels = (one.inside or {}).items()
        if chinese:
            inside = "".join(f"；{level:.0%} 区间内 {share:.0%}" for level, share in levels)
            yield f"  回测：MASE {one.backtest:.2f}，季节性朴素法 {one.backtest_naive:.2f}{inside}"
        else:
            inside = "".join(f"; {share:.0%} inside {level:.0%}" for level, share in levels)
            yield f"  back-test: MASE {one.backtest:.2f}, seasonal naive {one.backtest_naive:.2f}{inside}"
    else:
        yield "  回测：序列太短，无法回测" if chinese else "  back-test: the series is too short for one"
    at = 0 if chinese else 1
    for note in one.notes:
        yield f"  {both(note)[at]}"
    heads = (
        ("期", "预测", "80% 自", "至", "95% 自", "至")
        if chinese
        else ("step", "mean", "80% from", "to", "95% from", "to")
    )
    yield "  " + " ".join(
        " " * (width - columns(head)) + head for head, width in zip(heads, (4, 12, 12, 12, 12, 12), strict=True)
    )
    for row in as_rows(one):
        cells = (row[name] for name in ("mean", "lo80", "hi80", "lo95", "hi95"))
        yield f"  {row['step']:>4} " + " ".join(f"{cell:>12,.1f}" for cell in cells)
    yield f"  {both(CANNOT_KNOW)[at]}"
    yield ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haihe tourism forecast", description="Forecast every series of a file, with intervals."
    )
    parser.add_argument("file", metavar="FILE.csv", type=Path, help="columns unique_id, ds, y")
    parser.add_argument("--horizon", type=int, required=True, metavar="H", help="steps ahead")
    parser.add_argument(
        "--seasonality", type=int, required=True, metavar="M", help="steps of a season: 1, 4, 12; 7 for days"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line and step")
    parser.add_argument("--explain", action="store_true", help="with --json: back-test and notes, one object a series")
    parser.add_argument(
        "--calendar", default="CN", metavar="CN,HK", help="whose holidays daily series follow; none: nobody's"
    )
    parser.add_argument(
        "--known", type=Path, metavar="FILE.csv", help="events and weather, known ahead: unique_id, ds, numbers"
    )
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 8), help="processes; changes no number")
    parser.add_argument("--today", type=date.fromisoformat, help="the day after which a value cannot be known yet")
    return parser
