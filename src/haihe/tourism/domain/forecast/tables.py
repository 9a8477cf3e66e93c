"""Tables beside the series: capacities, reservations, official figures, trees of sums. CSV in UTF-8 with a header."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from haihe.tourism.domain.forecast.errors import TableUnreadable
from haihe.tourism.domain.forecast.series import LARGEST_FILE, MISSING, time_of


@dataclass(frozen=True)
class Line:
    """One line of a table; what it does not hold as asked raises TableUnreadable with its number and column."""

    file: Path
    number: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        if not self.cells[column]:
            raise self.wrong(column, "is empty")
        return self.cells[column]

    def number_in(self, column: str, *, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number within bounds; NaN where the cell is empty."""
        if self.cells[column].lower() in MISSING:
            return math.nan
        try:
            value = float(self.cells[column])
        except ValueError:
            raise self.wrong(column, "is no number") from None
        if not math.isfinite(value) or not low <= value <= high:
            raise self.wrong(column, "cannot be")
        return value

    def day(self, column: str) -> int:
        """Days since 0001-01-01; of a month its first day."""
        try:
            time, dated = time_of(self.text(column))
        except ValueError:
            raise self.wrong(column, "is no date") from None
        if not dated:
            raise self.wrong(column, "is no date")
        return time

    def wrong(self, column: str, why: str) -> TableUnreadable:
        return TableUnreadable(f"Line {self.number}, {column}: {self.cells[column][:40]!r} {why}.", thing=self.file)


def read_table(path: Path, columns: Sequence[str]) -> Iterator[Line]:
    """The lines of a file with these columns, in any order; others are left alone. Raises TableUnreadable."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise TableUnreadable(f"The file is larger than {LARGEST_FILE >> 20} MB.", thing=path)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise TableUnreadable(f"The file cannot be opened: {error.strerror}.", thing=path) from error
    except UnicodeDecodeError as error:
        raise TableUnreadable(f"The file is not UTF-8 at byte {error.start}.", thing=path) from None
    lines = csv.reader(io.StringIO(text))
    try:
        header = [cell.strip() for cell in next(lines, [])]
        missing = [name for name in columns if header.count(name) != 1]
        if missing:
            raise TableUnreadable(f"The first line must name {', '.join(missing)} exactly once.", thing=path)
        places = {name: header.index(name) for name in columns}
        for line in lines:
            if not any(cell.strip() for cell in line):
                continue
            if len(line) <= max(places.values()):
                why = f"Line {lines.line_num} has {len(line)} cells, too few for the header."
                raise TableUnreadable(why, thing=path)
            yield Line(path, lines.line_num, {name: line[place].strip() for name, place in places.items()})
    except csv.Error as error:
        raise TableUnreadable(f"Line {lines.line_num} is no CSV: {error}.", thing=path) from None
