"""Sums, alerts, nowcasts and drift as commands: files in, lines out, and a reason for what cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from haihe.tourism.domain.forecast.alerts import Ledger
from haihe.tourism.domain.forecast.alerts_command import main as alerts
from haihe.tourism.domain.forecast.errors import TableUnreadable
from haihe.tourism.domain.forecast.now_command import tell_drift, tell_now
from haihe.tourism.domain.forecast.sums_command import main as sums
from haihe.tourism.tests.made import visitors

FIRST = date(2026, 1, 5)


def csv_in(file: Path, header: str, rows: Sequence[Sequence[object]]) -> Path:
    file.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return file


def lines_of(main: Callable[[Sequence[str]], int], capsys: pytest.CaptureFixture[str], *words: object) -> list[dict]:
    assert main([str(word) for word in words]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def quarters(seeds: Sequence[tuple[str, int]]) -> list[tuple[object, ...]]:
    return [
        (name, f"{2010 + step // 4}Q{step % 4 + 1}", f"{value:.2f}")
        for name, seed in seeds
        for step, value in enumerate(visitors(40, 4, seed=seed))
    ]


def test_sums_add_up_and_leave_out_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*quarters([("盘山", 1), ("古文化街", 2), ("五大道", 3)]), ("坏", "2020Q1", "-5")]
    file = csv_in(tmp_path / "parts.csv", "unique_id,ds,y", rows)
    places = [("盘山", "天津/蓟州"), ("古文化街", "天津/南开"), ("五大道", "天津/和平"), ("坏", "天津/和平")]
    tree = csv_in(tmp_path / "tree.csv", "unique_id,path", places)
    words = [file, "--tree", tree, "--horizon", 4, "--seasonality", 4, "--jobs", 1, "--json"]
    found = lines_of(sums, capsys, *words)
    assert found[0] == {
        "unique_id": "坏",
        "refused": "it has 1 known values; at least 4 are needed",
    } or "negative" in str(found[0]["refused"])
    mean = {(row["unique_id"], row["step"]): row["mean"] for row in found[1:]}
    for step in range(1, 5):
        parts = sum(mean[name, step] for name in ("盘山", "古文化街", "五大道"))
        assert mean["天津", step] == pytest.approx(parts, rel=1e-9)
        assert mean["天津/和平", step] == pytest.approx(mean["五大道", step], rel=1e-9)
    assert all(row["lo95"] <= row["lo80"] < row["mean"] < row["hi80"] <= row["hi95"] for row in found[1:])


def hours_of(days: int, seed: int) -> list[tuple[object, ...]]:
    """A place that fills at weekends, open from 9 to 16."""
    draw = np.random.default_rng(seed)
    made = []
    for step in range(days):
        day = FIRST + timedelta(days=step)
        size = (900 if day.weekday() >= 5 else 350) * draw.lognormal(0, 0.05)
        made += [("盘山", f"{day}T{hour:02}:00", round(size * (1 - abs(hour - 12) / 6))) for hour in range(9, 17)]
    return made


def test_alerts_tell_ahead_keep_a_ledger_and_say_whether_they_were_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = hours_of(96, 1)  # 95 days end on a Thursday: Saturday lies within 72 hours
    thursday = [row for row in rows if str(row[1]) < "2026-04-10"]
    capacity = csv_in(tmp_path / "capacity.csv", "place,capacity", [("盘山", 1000)])
    booked = csv_in(
        tmp_path / "booked.csv",
        "place,day,hours_before,booked",
        [
            ("盘山", FIRST + timedelta(days=step), hours, 90 if (FIRST + timedelta(days=step)).weekday() >= 5 else 35)
            for step in range(98)
            for hours in (0, 24, 48)
        ],
    )
    ledger = tmp_path / "ledger"
    words = ["--capacity", capacity, "--booked", booked, "--ledger", ledger, "--calendar", "none", "--json"]
    first = lines_of(alerts, capsys, csv_in(tmp_path / "a.csv", "place,time,load", thursday), *words)
    told = [row["alert"] for row in first if "alert" in row]
    assert [(one["stage"], one["day"], one["lifted"]) for one in told][:1] == [("crowded", "2026-04-11", False)]
    assert told[0]["told"] == ["place", "bureau"]
    ahead = [row for row in first if row.get("share") == 0.8]
    assert {row["ahead"] for row in ahead} <= set(range(1, 73))
    assert max(row["chance"] for row in ahead if row["hour"].startswith("2026-04-10")) < 0.2
    whole = csv_in(tmp_path / "b.csv", "place,time,load", hours_of(98, 1))
    again = lines_of(alerts, capsys, whole, *words)
    score = next(row for row in again if row.get("stage") == "crowded")
    assert (score["right"], score["missed"], score["ahead"] > 24) == (2, 0, True)
    kept = Ledger(ledger).alerts
    assert [(one.stage, one.lifted) for one in kept] == [("crowded", False), ("crowded", False), ("reached", False)]


def test_nowcast_tells_the_month_and_drift_what_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = [date(2024, 1, 1) + timedelta(days=step) for step in range(730 + 130)]
    value = {day: 1000 * (1 + 0.2 * (day.year - 2024)) * (1 + 0.1 * (day.month % 5)) for day in days}
    months = sorted({day.replace(day=1) for day in days})[:-1]
    official = [
        (f"{first:%Y-%m}", 3 * sum(value[day] for day in days if day.replace(day=1) == first)) for first in months
    ]
    streams = csv_in(tmp_path / "s.csv", "unique_id,ds,y", [("gates", day, value[day]) for day in days])
    told = csv_in(tmp_path / "o.csv", "ds,y", official)
    (made,) = lines_of(tell_now, capsys, "--official", told, "--streams", streams, "--as-of", "2026-05-09", "--json")
    whole = 3 * sum(1000 * 1.4 * 1.0 for _day in range(31))
    assert made["period"] == "2026-05"
    assert made["mean"] == pytest.approx(whole, rel=0.05)
    rows = [("a", day, 100 if step < 30 else 160, 100, 90, 110) for step, day in enumerate(days[:50])]
    rows += [("b", day, 100 + 6 * (-1) ** step, 100, 90, 110) for step, day in enumerate(days[:50])]
    moved, steady = lines_of(
        tell_drift, capsys, csv_in(tmp_path / "d.csv", "unique_id,ds,y,mean,lo80,hi80", rows), "--json"
    )
    assert (moved["state"], moved["since"]) == ("level", str(days[30]))
    assert steady["state"] == "holds"


@pytest.mark.parametrize(
    ("header", "row", "why"),
    [
        ("place,time", "盘山,2026-01-01", "load"),
        ("place,time,load", "盘山,yesterday,5", "'yesterday' is no date"),
        ("place,time,load", "盘山,2026-01-01T25,5", "no hour from 0 to 23"),
        ("place,time,load", "盘山,2026-01-01,-5", "'-5' cannot be"),
        ("place,time,load", "盘山,2026-01-01,many", "'many' is no number"),
        ("place,time,load", "五大道,2026-01-01,5", "no capacity of 五大道"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(header: str, row: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"{header}\n{row}\n", encoding="utf-8")
    capacity = csv_in(tmp_path / "capacity.csv", "place,capacity", [("盘山", 1000)])
    with pytest.raises(TableUnreadable, match=why):
        alerts([str(file), "--capacity", str(capacity)])
