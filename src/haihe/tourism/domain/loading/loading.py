"""Loading one file of a stream: examined, checked, kept as Parquet; what was not taken is told line by line."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from haihe.tourism.domain.contracts.contract import Contract
from haihe.tourism.domain.loading.checking import Checker
from haihe.tourism.domain.loading.delimited import lines_of
from haihe.tourism.domain.loading.errors import FileChanged
from haihe.tourism.domain.loading.heading import Heading
from haihe.tourism.domain.loading.keeping import Keeper, Part, sync
from haihe.tourism.domain.loading.opening import Opened, examine
from haihe.tourism.domain.loading.reading import LINE, Batch, batches
from haihe.tourism.domain.loading.reasons import REJECTS, Reason, Reject

if TYPE_CHECKING:
    import polars as pl

MOST_REJECTS = 100_000  # of which every line is told; the rest is counted
PREVIEW = 20
Told = Callable[[int, int], None]


@dataclass
class Outcome:
    """What became of a file.

    rows        lines of data; accepted + rejected = rows
    reasons     code of the reason -> lines
    parts       files of accepted rows, by month; none after a dry run
    notes       [Chinese, English] sentences about the file as a whole
    preview     the first accepted rows
    """

    opened: Opened
    heading: Heading
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    first_day: date | None = None
    last_day: date | None = None
    parts: list[Part] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)  # the first ones; all of them stand in rejects.jsonl


def load(
    path: Path,
    contract: Contract,
    into: Path,
    *,
    today: date,
    chosen: Mapping[str, str] | None = None,
    dry: bool = False,
    told: Told = lambda _done, _all: None,
) -> Outcome:
    """Check a file and keep its good rows below `into`, which is made, and removed again where anything goes wrong.

    path     read once from its start to its end; CSV (UTF-8, UTF-16, GB18030), xlsx, JSON, Parquet
    chosen   contract column -> the file's name of it, where a person has said so
    dry      check only
    told     called with the bytes read so far and those there are

    Raises FileRefused (no table of this stream), FileChanged (it grew meanwhile), OSError (of the disk).
    """
    before = _state(path)
    try:
        outcome = _load(path, contract, into, today, chosen, dry, told, before[0])
        if _state(path) != before:
            raise FileChanged(thing=path.name)
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise
    return outcome


def _load(
    path: Path,
    contract: Contract,
    into: Path,
    today: date,
    chosen: Mapping[str, str] | None,
    dry: bool,
    told: Told,
    size: int,
) -> Outcome:
    opened = examine(path)
    heading, taken = batches(path, opened, contract, chosen)
    outcome = Outcome(opened, heading)
    checker, keeper = Checker(contract, today), Keeper(into, contract)
    with (into / REJECTS).open("w", encoding="utf-8") as lines, ThreadPoolExecutor(1) as ahead:
        writing = None
        for batch in _ahead(taken, ahead):
            good, rejects = checker.check(batch)
            if not outcome.rows and len(rejects) > max(10, good.height) and (pair := checker.swapped(batch)):
                outcome.notes.append(_swapped(contract, pair))
            _count(outcome, good, rejects, lines)
            keeper.add(good)
            told(batch.read, size)
        del writing
        keeper.close()
        repeated = keeper.repeated()
        if len(repeated):
            again = _repeats(keeper.rows_of(repeated), contract)
            if again:
                keeper.without({reject.line for reject in again})
                again = _as_they_came(again, path, opened)
                outcome.accepted -= len(again)
                _note(outcome, again, lines)
        lines.flush()
        os.fsync(lines.fileno())
    _say_of_file(outcome)
    if dry:
        shutil.rmtree(into, ignore_errors=True)
    else:
        outcome.parts = keeper.finish()
        sync(into.parent)
    return outcome


def _ahead(taken: Iterator[Batch], pool: ThreadPoolExecutor) -> Iterator[Batch]:
    """The next batch is read while this one is checked."""
    coming = pool.submit(next, taken, None)
    while (batch := coming.result()) is not None:
        coming = pool.submit(next, taken, None)
        yield batch


def _count(outcome: Outcome, good: pl.DataFrame, rejects: list[Reject], lines: TextIO) -> None:
    outcome.rows += good.height + len(rejects)
    outcome.accepted += good.height
    if good.height:
        first, last = good["date"].min(), good["date"].max()
        assert isinstance(first, date)
        assert isinstance(last, date)
        outcome.first_day = min(outcome.first_day or first, first)
        outcome.last_day = max(outcome.last_day or last, last)
        if len(outcome.preview) < PREVIEW:
            outcome.preview += good.head(PREVIEW - len(outcome.preview)).to_dicts()
    _note(outcome, rejects, lines)


def _note(outcome: Outcome, rejects: list[Reject], lines: TextIO) -> None:
    for reject in rejects:
        if outcome.rejected < MOST_REJECTS:
            lines.write(json.dumps(reject.as_json(), ensure_ascii=False, default=str) + "\n")
        if len(outcome.rejects) < 1000:
            outcome.rejects.append(reject)
        outcome.rejected += 1
        outcome.reasons[reject.reason.code] += 1
        outcome.columns[reject.column] += 1


def _repeats(rows: pl.DataFrame, contract: Contract) -> list[Reject]:
    """Of rows that share a key: copies of the first are rejected; where they differ, all of them."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(tuple(row[name] for name in contract.key), []).append(row)
    rejects = []
    for key, same in found.items():
        if len(same) < 2:
            continue
        first, *rest = same
        differ = any(row[name] != first[name] for row in rest for name in contract.values)
        shown = " ".join(str(part) for part in key)
        for row in same if differ else rest:
            other = same[1] if row is first else first
            told = {"line": other[LINE], "key": shown}
            raw = ",".join("" if row[name] is None else str(row[name]) for name in contract.names)
            rejects.append(Reject(row[LINE], "", raw, Reason("conflict" if differ else "repeat", told)))
    return rejects


def _as_they_came(rejects: list[Reject], path: Path, opened: Opened) -> list[Reject]:
    if opened.kind != "csv":
        return rejects
    lines = lines_of(path, opened, {reject.line for reject in rejects[:MOST_REJECTS]})
    return [replace(reject, raw=lines.get(reject.line, reject.raw)) for reject in rejects]


def _swapped(contract: Contract, pair: tuple[str, str]) -> tuple[str, str]:
    first, second = (contract.column(name) for name in pair)
    return (
        f"“{first.label}”和“{second.label}”两列的内容像是对调了，请核对列对应。",
        f"The columns {first.name} and {second.name} look exchanged; check which column is which.",
    )


def _say_of_file(outcome: Outcome) -> None:
    heading = outcome.heading
    if heading.row > 1:
        said = f"表头在第 {heading.row} 行，之前的标题行没有当作数据。"
        outcome.notes.append((said, f"The header stands in row {heading.row}; what is above it was left out."))
    if heading.unused:
        names = "、".join(heading.unused[:10])
        outcome.notes.append(
            (f"没有用到的列：{names}。", f"Columns that were not used: {', '.join(heading.unused[:10])}.")
        )
    if outcome.rejected > MOST_REJECTS:
        said = f"未采用的行太多，只逐行记下前 {MOST_REJECTS:,} 行，其余只计数。"
        outcome.notes.append((said, f"Only the first {MOST_REJECTS:,} rejected lines are told one by one."))
    if not outcome.rows:
        outcome.notes.append(("表头之后没有数据。", "There is nothing after the header."))


def _state(path: Path) -> tuple[int, int]:
    told = path.stat()
    return told.st_size, told.st_mtime_ns
