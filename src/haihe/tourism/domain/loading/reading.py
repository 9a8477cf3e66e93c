"""Tables as batches of text, with the line each row stands on; whatever the file is, what comes after is one path."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from haihe.tourism.domain.contracts.contract import Contract
from haihe.tourism.domain.loading import heading as headings
from haihe.tourism.domain.loading.errors import FileRefused
from haihe.tourism.domain.loading.heading import Heading
from haihe.tourism.domain.loading.opening import HEAD, Opened
from haihe.tourism.domain.loading.reasons import Reason, Reject

if TYPE_CHECKING:
    import polars as pl

CHUNK = 16 << 20
ROWS = 100_000
LINE = "_line"


@dataclass
class Batch:
    """Some rows.

    frame     text columns of the contract, and `_line`
    raw       line number -> the line as it came
    rejects   lines that are no rows
    read      bytes of the file up to here
    """

    frame: pl.DataFrame
    raw: Callable[[int], str]
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0


def batches(
    path: Path, opened: Opened, contract: Contract, chosen: Mapping[str, str] | None = None
) -> tuple[Heading, Iterator[Batch]]:
    """The heading of a file and its rows. Raises FileRefused, also while the batches are taken."""
    if opened.kind == "csv":
        from haihe.tourism.domain.loading.delimited import Delimited

        text = Delimited(path, opened, contract, chosen)
        return text.heading, text.batches()
    rows = ROW_READERS[opened.kind](path, opened)
    first = []
    for row in rows:
        first.append(row)
        if len(first) == headings.MOST_TITLE_ROWS:
            break
    heading = _heading(first, contract, chosen)
    return heading, _framed(first, rows, heading, contract)


Row = tuple[int, list[str]]


def _heading(first: list[Row], contract: Contract, chosen: Mapping[str, str] | None) -> Heading:
    """Also a header of two rows with merged cells."""
    cells = [row for _line, row in first]
    try:
        one = headings.find(cells, contract, chosen)
    except FileRefused:
        one = None
    if one is None or one.missing:
        try:
            two = headings.find(headings.paired(cells), contract, chosen)
        except FileRefused:
            two = None
        if two is not None and (one is None or len(two.missing) < len(one.missing)):
            one = Heading(two.row + 1, two.places, two.names, two.unused, two.missing)
    if one is None:
        one = headings.find(cells, contract, chosen)  # says what is wrong
    headings.complain_of_missing(one, contract)
    return one


def _framed(first: list[Row], rest: Iterator[Row], heading: Heading, contract: Contract) -> Iterator[Batch]:
    rows = first[heading.row :]
    while True:
        for row in rest:
            rows.append(row)
            if len(rows) >= ROWS:
                break
        if not rows:
            return
        yield frame_of(rows, heading, contract, len(heading.names))
        rows = []


def frame_of(rows: list[Row], heading: Heading, contract: Contract, width: int) -> Batch:
    """Rows of cells as a batch; empty rows are left out, rows of another width are rejects."""
    import polars as pl

    good, rejects = [], []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        told = {"count": len(cells), "wanted": width}
        if len(cells) < width and (max(heading.places.values()) >= len(cells)):
            alone = sum(bool(cell.strip()) for cell in cells) == 1
            if alone and headings.plain(cells[0])[:1] in "注说备数来制填合总小":
                cells = [*cells, *[""] * (width - len(cells))]
            else:
                rejects.append(Reject(line, "", ",".join(cells), Reason("cells_few", told)))
                continue
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            rejects.append(Reject(line, "", ",".join(cells), Reason("cells_many", told)))
            continue
        good.append((line, cells))
    columns: dict[str, Any] = {LINE: pl.Series([line for line, _cells in good], dtype=pl.Int64)}
    for column in contract.columns:
        place = heading.places.get(column.name)
        cells_of = ["" if place is None or place >= len(cells) else cells[place] for _line, cells in good]
        columns[column.name] = pl.Series(cells_of, dtype=pl.String)
    kept = dict(good)
    return Batch(pl.DataFrame(columns), lambda line: ",".join(kept.get(line, [])), rejects)


def as_text(value: Any) -> str:
    """A cell of a spreadsheet or a JSON document as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _sheet(path: Path, opened: Opened) -> Iterator[Row]:
    """The first sheet that has rows. Merged cells reach to the right within the rows of the header only."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError, KeyError) as error:
        raise FileRefused(f"表格打不开（{error}）。", f"The workbook cannot be opened ({error}).") from error
    sheet = next((one for one in sheets if one.total_height), None)
    if sheet is None:
        raise FileRefused("表格是空的。", "The workbook is empty.")
    spans = [span for span in (sheet.merged_cell_ranges or []) if span[0][0] < headings.MOST_TITLE_ROWS]
    for at, row in enumerate(sheet.iter_rows()):
        line = at + 1 + (sheet.start[0] if sheet.start else 0)
        cells = [as_text(cell) for cell in row]
        for (top, left), (bottom, right) in spans:
            if top <= line - 1 <= bottom and right > left and top == line - 1:
                shift = sheet.start[1] if sheet.start else 0
                for column in range(left - shift, min(right - shift + 1, len(cells))):
                    cells[column] = cells[column] or cells[left - shift]
        yield line, cells


def _objects(path: Path, opened: Opened) -> Iterator[Row]:
    """JSON: a list of objects, an object with one such list in it, or one object a line; the keys are the header."""
    keys: list[str] = []
    for line, entry in _entries(path, opened):
        if not isinstance(entry, dict):
            raise FileRefused(f"第 {line} 条不是对象。", f"Entry {line} is no object.")
        if not keys:
            keys = [str(key) for key in entry]
            yield 1, keys
        row = [as_text(entry.get(key)) for key in keys]
        extra = [str(key) for key in entry if str(key) not in keys]
        yield line + 1, [*row, *extra]


def _entries(path: Path, opened: Opened) -> Iterator[tuple[int, Any]]:
    try:
        if opened.kind == "json":
            if path.stat().st_size > 512 << 20:
                raise FileRefused(
                    "JSON 超过 512 MB，请改用每行一个对象或 CSV。", "JSON above 512 MB: use one object a line, or CSV."
                )
            told = json.loads(path.read_bytes().decode(opened.encoding))
            if not isinstance(told, list):
                raise FileRefused("JSON 里没有数据列表。", "There is no list of rows in this JSON.")
            yield from enumerate(told, start=1)
            return
        if path.stat().st_size < HEAD * 64 and (inside := _list_inside(path, opened)) is not None:
            yield from enumerate(inside, start=1)
            return
        with path.open(encoding=opened.encoding) as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileRefused(f"JSON 读不通：{error}。", f"The JSON cannot be read: {error}.") from error


def _list_inside(path: Path, opened: Opened) -> list[Any] | None:
    """The one list of an object that is the whole file; None where it is one object a line."""
    try:
        told = json.loads(path.read_bytes().decode(opened.encoding))
    except json.JSONDecodeError:
        return None
    lists = [value for value in told.values() if isinstance(value, list)] if isinstance(told, dict) else []
    return lists[0] if len(lists) == 1 else None


def _parquet(path: Path, opened: Opened) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        yield 1, list(file.schema_arrow.names)
        line = 2
        for part in file.iter_batches(batch_size=ROWS):
            for row in zip(*(column.to_pylist() for column in part.columns), strict=True):
                yield line, [as_text(cell) for cell in row]
                line += 1
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(f"Parquet 读不通：{error}。", f"The Parquet file cannot be read: {error}.") from error


ROW_READERS = {"xlsx": _sheet, "json": _objects, "jsonl": _objects, "parquet": _parquet}


def parsed(text: str, separator: str, line: int) -> Iterator[tuple[int, int, list[str]]]:
    """Records of CSV text with the first and the last line of each. Raises csv.Error."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    for cells in reader:
        yield line + before, line + reader.line_num - 1, cells
        before = reader.line_num
