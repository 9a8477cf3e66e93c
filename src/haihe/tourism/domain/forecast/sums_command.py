"""`haihe tourism sums FILE.csv --tree TREE.csv --horizon H --seasonality M [--method M] [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from haihe.base.words import terminal_language
from haihe.tourism.domain.forecast.command import as_rows, as_text
from haihe.tourism.domain.forecast.reconciling import METHODS
from haihe.tourism.domain.forecast.said import both
from haihe.tourism.domain.forecast.series import read_file
from haihe.tourism.domain.forecast.sums import Summed, forecast_sums, read_tree


def main(words: Sequence[str]) -> int:
    """Print forecasts of the series of a file and of their sums, which add up. Raises HaiheError."""
    told = _parser().parse_args(list(words))
    made = forecast_sums(
        read_file(told.file),
        read_tree(told.tree),
        told.horizon,
        told.seasonality,
        method=told.method,
        today=told.today or datetime.now(UTC).date(),
        countries=[] if told.calendar == "none" else told.calendar.split(","),
        jobs=told.jobs,
    )
    _tell(made, as_json=told.json)
    return 0


def _tell(made: Summed, *, as_json: bool) -> None:
    chinese = terminal_language().startswith("zh")
    for one in made.refused:
        why = both(one.why)[0 if chinese else 1]
        told = (
            f"{one.unique_id} 无法预测，也不计入合计：{why}。"
            if chinese
            else f"{one.unique_id} is refused, no sum holds it: {why}."
        )
        print(f"haihe: {told}", file=sys.stderr)
        if as_json:
            print(json.dumps({"unique_id": one.unique_id, "refused": one.why}, ensure_ascii=False))
    for forecast in made.forecasts:
        if as_json:
            for row in as_rows(forecast):
                print(json.dumps(row, ensure_ascii=False))
        else:
            print("\n".join(as_text(forecast, chinese=chinese)))
    if not as_json:
        held = f"各级合计已一致；调整前最大相差 {made.before:,.1f}"
        print(held if chinese else f"Sums hold; before, the largest difference was {made.before:,.1f}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haihe tourism sums", description="Forecast series and their sums so that they add up."
    )
    parser.add_argument("file", metavar="FILE.csv", type=Path, help="columns unique_id, ds, y: the parts only")
    parser.add_argument("--tree", type=Path, required=True, metavar="FILE.csv", help="columns unique_id, path (a/b/c)")
    parser.add_argument("--horizon", type=int, required=True, metavar="H", help="steps ahead")
    parser.add_argument("--seasonality", type=int, required=True, metavar="M", help="as of `haihe tourism forecast`")
    parser.add_argument("--method", choices=METHODS, default="ols", help="how they are made to add up (ols)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line and step")
    parser.add_argument("--calendar", default="CN", metavar="CN,HK", help="whose holidays daily series follow; none")
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 8), help="processes; changes no number")
    parser.add_argument("--today", type=date.fromisoformat, help="the day after which a value cannot be known yet")
    return parser
