"""Series as they come from a file: identifier, times, values."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from haihe.tourism.domain.forecast.errors import ForecastFileUnreadable
from haihe.tourism.domain.forecast.panel import Floats, Ints

LARGEST_FILE = 512 * 1024 * 1024
COLUMNS = ("unique_id", "ds", "y")
MISSING = {"", "na", "nan", "null", "none", "."}
_QUARTER = re.compile(r"(\d{4})[- ]?[Qq]([1-4])")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ][0-9:.+Z-]*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[+-]?\d+")


@dataclass(frozen=True)
class Series:
    """One series as it came, in the order of its lines.

    times     one number per value: a day since 0001-01-01 where `dated`, else the step as the file counts it
    values    NaN where the file leaves the value open
    dated     the times are calendar dates
    problem   why this series cannot be read; empty where it can
    """

    unique_id: str
    times: Ints
    values: Floats
    dated: bool
    problem: str = ""


def read_file(path: Path) -> list[Series]:
    """Series of a CSV file with the columns unique_id, ds, y, in order of unique_id.

    ds is a date (2024-05-01, 2024/5/1, 20240501), a month (2024-05, 202405), a quarter (2024Q2), a year
    or a whole number.
    A line that cannot be read spoils its series alone. Raises ForecastFileUnreadable.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ForecastFileUnreadable(f"The file is larger than {LARGEST_FILE >> 20} MB.", thing=path)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ForecastFileUnreadable(f"The file cannot be opened: {error.strerror}.", thing=path) from error
    except UnicodeDecodeError as error:
        raise ForecastFileUnreadable(f"The file is not UTF-8 at byte {error.start}.", thing=path) from None
    if "\x00" in text:
        raise ForecastFileUnreadable("The file is not text.", thing=path)
    gathered: dict[str, _Gathered] = {}
    try:
        lines = csv.reader(io.StringIO(text))
        place = _columns(next(lines, []), path)
        for line in lines:
            if any(cell.strip() for cell in line):
                _take(line, place, gathered, lines.line_num, path)
    except csv.Error as error:
        raise ForecastFileUnreadable(f"Line {lines.line_num} is no CSV: {error}.", thing=path) from None
    if not gathered:
        raise ForecastFileUnreadable("The file has no line of data.", thing=path)
    return [gathered[name].series(name) for name in sorted(gathered)]


class _Gathered:
    def __init__(self) -> None:
        self.times: list[int] = []
        self.values: list[float] = []
        self.kinds: set[bool] = set()
        self.problem = ""

    def series(self, name: str) -> Series:
        problem = self.problem
        if not problem and len(self.kinds) > 1:
            problem = "some of its times are dates and some are plain numbers"
        return Series(name, np.array(self.times, np.int64), np.array(self.values, float), True in self.kinds, problem)


def _columns(header: list[str], path: Path) -> tuple[int, int, int]:
    names = [cell.strip() for cell in header]
    missing = [name for name in COLUMNS if names.count(name) != 1]
    if missing:
        raise ForecastFileUnreadable(f"The first line must name {' and '.join(missing)} exactly once.", thing=path)
    return names.index("unique_id"), names.index("ds"), names.index("y")


def _take(
    line: list[str], place: tuple[int, int, int], gathered: dict[str, _Gathered], number: int, path: Path
) -> None:
    if len(line) <= max(place):
        raise ForecastFileUnreadable(f"Line {number} has {len(line)} cells, too few for the header.", thing=path)
    name, when, what = (line[column].strip() for column in place)
    if not name:
        raise ForecastFileUnreadable(f"Line {number} has no unique_id.", thing=path)
    one = gathered.setdefault(name, _Gathered())
    try:
        time, dated = time_of(when)
        value = math.nan if what.lower() in MISSING else float(what)
    except ValueError:
        one.problem = one.problem or f"line {number} reads ds={when[:40]!r}, y={what[:40]!r}: no time and number"
        return
    one.times.append(time)
    one.values.append(value)
    one.kinds.add(dated)


def time_of(text: str) -> tuple[int, bool]:
    """A time as a number, and whether it is a date (then: days since 0001-01-01). Raises ValueError."""
    if quarter := _QUARTER.fullmatch(text):
        return date(int(quarter[1]), int(quarter[2]) * 3 - 2, 1).toordinal(), True
    if found := _DATE.fullmatch(text) or _COMPACT.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3] or 1)).toordinal(), True
    if month := _MONTH.fullmatch(text):
        return date(int(month[1]), int(month[2]), 1).toordinal(), True
    if _NUMBER.fullmatch(text):
        return int(text), False
    raise ValueError(text)
