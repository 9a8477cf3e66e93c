"""Numbers that are known ahead, day by day: events, school holidays, forecast weather."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from haihe.tourism.domain.forecast.errors import KnownFileUnreadable
from haihe.tourism.domain.forecast.panel import Floats
from haihe.tourism.domain.forecast.series import LARGEST_FILE, MISSING, time_of

ALL = ("", "*")  # a line whose unique_id is one of these holds for every series


@dataclass(frozen=True)
class Known:
    """Regressors by series and day.

    names    of the regressors
    days     unique_id ("" for all series) -> day from 0001-01-01 -> one value a name, NaN where open
    """

    names: tuple[str, ...]
    days: dict[str, dict[int, tuple[float, ...]]]

    def of(self, unique_id: str, first: int, count: int) -> Floats:
        """(count, names); NaN where a regressor is not known for a day. A line of the series' own goes first."""
        own, common = self.days.get(unique_id, {}), self.days.get("", {})
        open_day = (math.nan,) * len(self.names)
        rows = [
            tuple(
                one if not math.isnan(one) else other
                for one, other in zip(own.get(day, open_day), common.get(day, open_day), strict=True)
            )
            for day in range(first, first + count)
        ]
        return np.array(rows, float).reshape(count, len(self.names))


def read_known(path: Path) -> Known:
    """Regressors of a CSV file: columns unique_id, ds, and one column a regressor; numbers, or empty where open.

    Lines with an empty unique_id or * hold for all series. Raises KnownFileUnreadable.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise KnownFileUnreadable(f"The file is larger than {LARGEST_FILE >> 20} MB.", thing=path)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise KnownFileUnreadable(f"The file cannot be opened: {error.strerror}.", thing=path) from error
    except UnicodeDecodeError as error:
        raise KnownFileUnreadable(f"The file is not UTF-8 at byte {error.start}.", thing=path) from None
    try:
        lines = csv.reader(io.StringIO(text))
        header = [cell.strip() for cell in next(lines, [])]
        if header.count("unique_id") != 1 or header.count("ds") != 1 or len(set(header)) < max(len(header), 3):
            why = "The first line must name unique_id, ds and at least one regressor, each once."
            raise KnownFileUnreadable(why, thing=path)
        return _gathered(lines, header, path)
    except csv.Error as error:
        raise KnownFileUnreadable(f"Line {lines.line_num} is no CSV: {error}.", thing=path) from None


def _gathered(lines: csv.reader, header: list[str], path: Path) -> Known:  # type: ignore[valid-type]
    names = tuple(name for name in header if name not in ("unique_id", "ds"))
    places = [header.index(name) for name in names]
    days: dict[str, dict[int, tuple[float, ...]]] = {}
    for line in lines:  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in line):
            continue
        number = lines.line_num  # type: ignore[attr-defined]
        if len(line) != len(header):
            raise KnownFileUnreadable(f"Line {number} has {len(line)} cells, the header {len(header)}.", thing=path)
        try:
            time, dated = time_of(line[header.index("ds")].strip())
            values = tuple(_number(line[place]) for place in places)
        except ValueError:
            raise KnownFileUnreadable(f"Line {number} holds no date and numbers.", thing=path) from None
        if not dated or any(math.isinf(value) for value in values):
            raise KnownFileUnreadable(f"Line {number} holds no date and finite numbers.", thing=path)
        name = line[header.index("unique_id")].strip()
        days.setdefault("" if name in ALL else name, {})[time] = values
    return Known(names, days)


def _number(text: str) -> float:
    return math.nan if text.strip().lower() in MISSING else float(text)
