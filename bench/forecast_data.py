"""The series that forecasts are chosen by and judged on, read from the data folder as its SOURCE.md describes."""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COMPETITION = {"yearly": (1, 4, 2), "quarterly": (4, 8, 3)}  # season, horizon, lines above the values


def folder() -> Path:
    """The data folder: HAIHE_TEST_DATA, or ../shared/data beside the checkout."""
    return Path(os.environ.get("HAIHE_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


def known_part(frequency: str, place: Path) -> dict[str, Floats]:
    """The training part of a competition frequency; `place` is the folder its `_in.csv` lies in."""
    return _competition(place / f"{frequency}_in.csv", COMPETITION[frequency][2])


def test_part(frequency: str, place: Path) -> dict[str, Floats]:
    return _competition(place / f"{frequency}_oos.csv", COMPETITION[frequency][2])


def _competition(path: Path, above: int) -> dict[str, Floats]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header, *rows = list(csv.reader(lines))
    series = {}
    for column, name in enumerate(header):
        count = int(float(rows[0][column]))  # what stands below that many lines is stray
        series[name] = np.array([float(rows[above + step][column]) for step in range(count)])
    return series


def monthly(place: Path, *, least: int = 120) -> dict[str, Floats]:
    """Monthly tourism series of the data folder without gaps: Australia's regions and short-term movements."""
    with gzip.open(place / "tourism-hierarchical/tourismlarge/data.csv.gz", "rt") as lines:
        header, *rows = list(csv.reader(lines))
    nights = np.array([[float(cell) for cell in row[1:]] for row in rows])
    series = {f"nights {name}": nights[:, column] for column, name in enumerate(header[1:139])}
    for name in ("aus_inbound_monthly", "aus_outbound_monthly"):
        series.update(_movements(place / f"tourism-flows/{name}.csv.gz", name))
    return {name: one for name, one in sorted(series.items()) if len(one) >= least and (one > 0).mean() > 0.9}


def _movements(path: Path, name: str) -> dict[str, Floats]:
    with gzip.open(path, "rt", encoding="utf-8-sig") as text:
        rows = list(csv.DictReader(io.StringIO(text.read())))
    time, value = next(iter(rows[0])), list(rows[0])[-1]
    grouped: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        key = f"{name} " + " ".join(cell for column, cell in row.items() if column not in (time, value))
        if row[value] not in ("", "NA"):
            grouped[key][row[time]] = float(row[value])
    longest = max(len(one) for one in grouped.values())
    return {key: np.array([one[when] for when in sorted(one)]) for key, one in grouped.items() if len(one) == longest}
