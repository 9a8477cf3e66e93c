"""Help with a file whose heading is not understood: which of its columns could be which, by name and by what they hold.

Nothing is taken on a proposal alone: a person looks at it, with examples of every column, and checks the file again.
"""

from __future__ import annotations

import csv
import difflib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from haihe.tourism.domain.contracts.contract import Column, Contract
from haihe.tourism.domain.loading import heading as headings
from haihe.tourism.domain.loading.errors import FileRefused
from haihe.tourism.domain.loading.judging import Judge
from haihe.tourism.domain.loading.opening import HEAD, Opened, examine
from haihe.tourism.domain.loading.reading import ROW_READERS, parsed
from haihe.tourism.domain.loading.reasons import Reason

LOOKED_AT = 60  # rows that tell what a column holds
EXAMPLES = 3
FITS = 0.8  # of a column's cells that must be what the contract's column may hold
ALIKE = 0.3  # likeness of names, from which on a column of numbers may be meant


@dataclass(frozen=True)
class Assistance:
    """What can be told of a file's columns.

    names      of the file's columns, by position
    places     contract column -> position, understood from its name
    proposed   contract column -> position, guessed from what stands in the column
    examples   by position, the first values
    """

    names: tuple[str, ...]
    places: dict[str, int]
    proposed: dict[str, int]
    examples: tuple[tuple[str, ...], ...]


def assist(
    path: Path, contract: Contract, *, today: date, chosen: Mapping[str, str] | None = None
) -> Assistance | None:
    """Look at the first rows of a file; None where it is no table at all."""
    try:
        opened = examine(path)
        rows = list(itertools.islice(_rows(path, opened), LOOKED_AT + headings.MOST_TITLE_ROWS))
    except (FileRefused, OSError):
        return None
    rows = [row for row in rows if sum(bool(cell.strip()) for cell in row) > 1]
    if len(rows) < 2:
        return None
    first = rows[: headings.MOST_TITLE_ROWS + 1]
    headers = [(names, at + 1) for at, names in enumerate(first[:-1])]
    if opened.kind == "xlsx":  # where cells are merged
        headers += [(names, at + 2) for at, names in enumerate(headings.paired(first)) if at + 2 < len(rows)]
    header, below = max(headers, key=lambda one: _as_header(one[0], contract, one[1]))
    names, data = tuple(cell.strip() for cell in header), rows[below:][:LOOKED_AT]
    places = headings.guess(names, contract, chosen)
    columns = [[row[place].strip() for row in data if place < len(row)] for place in range(len(names))]
    columns = [[cell for cell in cells if cell] for cells in columns]
    examples = tuple(tuple(dict.fromkeys(cells).keys())[:EXAMPLES] for cells in columns)
    return Assistance(names, places, _proposed(contract, places, names, columns, Judge(contract, today)), examples)


def _rows(path: Path, opened: Opened) -> Iterator[list[str]]:
    if opened.kind != "csv":
        yield from (cells for _line, cells in ROW_READERS[opened.kind](path, opened))
        return
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    text = head.decode(opened.encoding, "replace")
    if len(head) == HEAD:
        text = text[: text.rfind("\n") + 1]
    try:
        yield from (cells for _first, _last, cells in parsed(text, opened.separator, 1))
    except csv.Error:
        return  # what came before it is shown


def _as_header(row: Sequence[str], contract: Contract, below: int) -> tuple[int, int, int]:
    """Columns that its names tell, cells that are no numbers, and the earlier the better."""
    words = sum(bool(cell.strip()) and not cell.strip().replace(".", "", 1).isdigit() for cell in row)
    return len(headings.guess(row, contract)), words, -below


def _proposed(
    contract: Contract, places: Mapping[str, int], names: Sequence[str], columns: Sequence[Sequence[str]], judge: Judge
) -> dict[str, int]:
    free = [at for at, name in enumerate(names) if at not in places.values() and columns[at]]
    open_ = [column for column in contract.columns if column.name not in places]
    fits = {
        (column.name, at): share
        for column in open_
        for at in free
        if (share := _share(judge, column, columns[at])) >= FITS
    }
    by_name = {column.name: column for column in open_}
    ranked = sorted(
        ((share + _likeness(by_name[name], names[at]), by_name[name], at) for (name, at), share in fits.items()),
        key=lambda one: (-one[0], one[1].name, one[2]),
    )
    found: dict[str, int] = {}
    for _score, column, at in ranked:
        if column.name in found or at in found.values():
            continue
        alone = sum(name == column.name for name, _at in fits) == 1 and sum(place == at for _name, place in fits) == 1
        if column.kind in ("date", "code") or column.pattern or alone or _likeness(column, names[at]) >= ALIKE:
            found[column.name] = at
    return found


def _share(judge: Judge, column: Column, cells: Sequence[str]) -> float:
    return sum(not isinstance(judge.cell(column, cell), Reason) for cell in cells) / len(cells)


def _likeness(column: Column, name: str) -> float:
    given = headings.plain(name)
    known = (column.name, column.label, *column.aliases)
    return max(difflib.SequenceMatcher(None, headings.plain(one), given).ratio() for one in known)
