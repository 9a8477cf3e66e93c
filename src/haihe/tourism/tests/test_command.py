"""The command as a person calls it: a file, lines on both streams, an exit status; once as a process of its own."""

from __future__ import annotations

import io
import json
import runpy
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from haihe.tourism.tests.made import visitors

KEYS = ["unique_id", "step", "mean", "lo80", "hi80", "lo95", "hi95"]


@dataclass(frozen=True)
class Done:
    """What a run left: exit status and both streams."""

    returncode: int
    stdout: str
    stderr: str


def in_a_process(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "haihe", "tourism", "forecast", str(file), *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def forecast(file: Path, *words: str) -> Done:
    """The same in this process: what is compiled once serves every test."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _stream in range(2))
    told = ["haihe", "tourism", "forecast", str(file), *words]
    with (
        patch.object(sys, "argv", told),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        runpy.run_module("haihe", run_name="__main__")
    for stream in (out, err):
        stream.seek(0)
    return Done(int(ended.value.code or 0), out.read(), err.read())


def write(file: Path, series: dict[str, list[tuple[str, str]]]) -> Path:
    lines = [f"{name},{when},{value}" for name, rows in series.items() for when, value in rows]
    file.write_text("\n".join(["unique_id,ds,y", *lines]) + "\n", encoding="utf-8")
    return file


def quarters(count: int, seed: int) -> list[tuple[str, str]]:
    values = visitors(count, 4, seed=seed)
    return [(f"{2010 + step // 4}Q{step % 4 + 1}", f"{value:.3f}") for step, value in enumerate(values)]


def test_forecast_prints_one_line_a_step_in_order(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", {"盘山": quarters(40, 1), "古文化街": quarters(44, 2)})
    done = in_a_process(file, "--horizon", "8", "--seasonality", "4", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert [(row["unique_id"], row["step"]) for row in rows] == [
        (name, step) for name in sorted(["盘山", "古文化街"]) for step in range(1, 9)
    ]
    assert all(list(row) == KEYS for row in rows)
    assert all(0 <= row["lo95"] <= row["lo80"] < row["mean"] < row["hi80"] <= row["hi95"] for row in rows)


def test_forecast_is_the_same_again_and_with_more_processes(tmp_path: Path) -> None:
    series = {f"s{number}": quarters(40, number) for number in range(6)}
    file = write(tmp_path / "many.csv", series)
    backwards = write(tmp_path / "backwards.csv", {name: rows[::-1] for name, rows in reversed(series.items())})
    words = ["--horizon", "4", "--seasonality", "4", "--json"]
    first = forecast(file, *words, "--jobs", "1")
    assert first.stdout.count("\n") == 6 * 4
    assert in_a_process(backwards, *words, "--jobs", "2").stdout == first.stdout


def test_refused_series_says_why_and_stops_nothing(tmp_path: Path) -> None:
    bad = [("2020Q1", "5"), ("2020Q2", "many"), ("2020Q3", "6"), ("2020Q4", "6")]
    file = write(tmp_path / "a.csv", {"bad": bad, "good": quarters(40, 1), "few": quarters(3, 1)})
    done = forecast(file, "--horizon", "2", "--seasonality", "4", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    why = "line 3 reads ds='2020Q2', y='many': no time and number"
    assert done.returncode == 0
    assert rows[:2] == [
        {"unique_id": "bad", "refused": why},
        {"unique_id": "few", "refused": "it has 3 known values; at least 4 are needed"},
    ]
    assert [(row["unique_id"], row["step"]) for row in rows[2:]] == [("good", 1), ("good", 2)]
    assert done.stderr.splitlines()[0] == f"haihe: bad is refused: {why}."


def test_reader_sees_backtest_and_what_it_cannot_know(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", {"盘山": quarters(40, 1)})
    said = forecast(file, "--horizon", "2", "--seasonality", "4").stdout
    assert "back-test: MASE " in said
    assert "no closure, policy, price, storm or epidemic that has not happened yet is in it" in said


def test_explained_forecast_says_what_stands_behind_it_and_leaves_the_steps_alone(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", {"a": quarters(40, 1), "few": quarters(3, 1), "one": [("2020Q1", "5")]})
    words = ["--horizon", "2", "--seasonality", "4", "--json"]
    plain, explained = (
        forecast(file, *words).stdout.splitlines(),
        forecast(file, *words, "--explain").stdout.splitlines(),
    )
    told = [json.loads(line) for line in explained if "cannot_know" in line]
    assert [line for line in explained if "cannot_know" not in line] == plain
    assert [one["unique_id"] for one in told] == ["a"]
    assert list(told[0]) == ["unique_id", "models", "backtest", "notes", "cannot_know"]
    assert list(told[0]["backtest"]) == ["mase", "mase_seasonal_naive", "inside80", "inside95"]
    assert 0 < told[0]["backtest"]["mase"] < told[0]["backtest"]["mase_seasonal_naive"] * 2
    assert "no closure, policy, price, storm or epidemic" in told[0]["cannot_know"]


def days(count: int, rain: tuple[int, ...] = ()) -> list[tuple[str, str]]:
    first = date(2024, 8, 1)
    level = [1000 + 300 * ((first + timedelta(step)).weekday() >= 5) + step % 5 for step in range(count)]
    return [(str(first + timedelta(step)), str(0.5 * one if step in rain else one)) for step, one in enumerate(level)]


def test_daily_series_follow_calendar_and_what_is_known_ahead(tmp_path: Path) -> None:
    wet = tuple(range(3, 56, 9))
    file = write(tmp_path / "a.csv", {"a": days(55, wet)})  # ends on 24 September
    known = tmp_path / "known.csv"
    lines = [f"*,{date(2024, 8, 1) + timedelta(step)},{int(step in wet or step == 56)}" for step in range(62)]
    known.write_text("\n".join(["unique_id,ds,rain", *lines]), encoding="utf-8")
    words = ["--horizon", "8", "--seasonality", "7"]
    said = forecast(file, *words, "--known", str(known)).stdout
    assert "make-up day (2024-09-29), national (2024-09-30 to 2024-10-02)" in said
    assert "rain is not known for 1 of the 8 days ahead" in said
    silent = forecast(file, *words, "--calendar", "none").stdout
    assert "holidays" not in silent
    done = forecast(file, *words, "--calendar", "XX")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("haihe: XX: No calendar of holidays is known for this country.")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The first line must name unique_id and ds and y exactly once."),
        (b"unique_id,ds,y\n", "The file has no line of data."),
        (b"unique_id,ds,value\na,1,2\n", "The first line must name y exactly once."),
        (b"unique_id,ds,y\na,1\n", "Line 2 has 2 cells, too few for the header."),
        (b"unique_id,ds,y\n,1,2\n", "Line 2 has no unique_id."),
        ("unique_id,ds,y\n海河,1,2\n".encode("gb18030"), "The file is not UTF-8 at byte 15."),
        (b"unique_id,ds,y\na,1,\x00\n", "The file is not text."),
    ],
)
def test_unreadable_file_is_refused_in_one_line(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    done = forecast(file, "--horizon", "2", "--seasonality", "4", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"haihe: {file}: {why}")


@pytest.mark.parametrize(("horizon", "season"), [("0", "4"), ("401", "4"), ("4", "0"), ("four", "4")])
def test_impossible_questions_are_refused(tmp_path: Path, horizon: str, season: str) -> None:
    file = write(tmp_path / "a.csv", {"a": quarters(40, 1)})
    done = forecast(file, "--horizon", horizon, "--seasonality", season, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_missing_file_is_refused(tmp_path: Path) -> None:
    done = forecast(tmp_path / "none.csv", "--horizon", "2", "--seasonality", "4")
    assert done.returncode == 2
    assert "The file cannot be opened: No such file or directory." in done.stderr


def test_dates_of_every_writing_are_the_same_series(tmp_path: Path) -> None:
    values = [f"{value:.3f}" for value in visitors(60, 12)]
    months = [(2015 + step // 12, step % 12 + 1) for step in range(60)]
    writings = [
        [f"{year}-{month:02d}" for year, month in months],
        [f"{year}-{month:02d}-28" for year, month in months],
        [f"{year}/{month}/1" for year, month in months],
        [f"{year}{month:02d}" for year, month in months],
        [f"{year}-{month:02d}-01 00:00:00" for year, month in months],
        [str(step) for step in range(1, 61)],
    ]
    names = [f"w{number}" for number in range(len(writings))]
    rows = {name: list(zip(writing, values, strict=True)) for name, writing in zip(names, writings, strict=True)}
    done = forecast(write(tmp_path / "a.csv", rows), "--horizon", "3", "--seasonality", "12", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    means: dict[str, list[float]] = {name: [] for name in names}
    for line in done.stdout.splitlines():
        means[json.loads(line)["unique_id"]].append(json.loads(line)["mean"])
    assert np.unique(np.array(list(means.values())), axis=0).shape == (1, 3)
