"""What chooses recipes and widths sees the known parts alone: it runs where no test part is."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

import select_forecast
import select_intervals
from haihe.tourism.tests.made import visitors


@pytest.fixture
def training_only(tmp_path: Path) -> Path:
    """A data folder with the training part of six yearly series, and nothing else."""
    series = [visitors(26 + number, 1, seed=number) for number in range(6)]
    place = tmp_path / "tourism-competition"
    place.mkdir()
    longest = max(map(len, series))
    rows = [[f"Y{number}" for number in range(6)], [str(len(one)) for one in series], ["1980"] * 6]
    rows += [[f"{one[step]:.3f}" if step < len(one) else "" for one in series] for step in range(longest)]
    with (place / "yearly_in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return tmp_path


@pytest.mark.parametrize(
    ("script", "first"),
    [(select_forecast, "yearly: 6 series, origins (4, 8, 12)"), (select_intervals, "yearly: 6 series")],
    ids=["forecast", "intervals"],
)
def test_what_chooses_runs_with_the_test_files_absent(
    script: object, first: str, training_only: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["select", "yearly", "--data", str(training_only)])
    script.main()  # type: ignore[attr-defined]
    told = capsys.readouterr().out.strip().splitlines()
    assert told[0].startswith(first)
    assert len(told) > 4
    assert sorted(path.name for path in training_only.rglob("*.csv")) == ["yearly_in.csv"]
