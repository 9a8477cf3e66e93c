"""Loads hold wholly or not at all, replace exactly what they correct, and can be taken back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import date
from typing import Any

import polars as pl
import pytest

from haihe.archive import read
from haihe.base.tasks import run_pending
from haihe.city.domain.organisations import found
from haihe.tourism.domain import flagging, loads, places
from haihe.tourism.domain.loads import NotLoaded
from haihe.tourism.models import Figure, Flag, Load, Part, Stream
from haihe.tourism.tests.test_loading_errors import HEADER, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stream() -> Any:
    yield loads.stream_of(found("文旅局", slug="bureau"), "lodging")
    shutil.rmtree(places.root(), ignore_errors=True)


def loaded(stream: Stream, *rows: str, **also: Any) -> Load:
    data = "\n".join([HEADER, *rows, ""]).encode()
    return loads.run(loads.receive(data, stream, filename="住宿.csv", by=None, **also))


def facts(stream: Stream) -> list[tuple[str, str, int]]:
    files = loads.live_files(stream.organisation_id, stream.contract)
    if not files:
        return []
    rows = pl.concat([pl.read_parquet(file, columns=["date", "house", "guests"]) for file in files]).sort(
        "date", "house"
    )
    return [(str(one["date"]), one["house"], one["guests"]) for one in rows.to_dicts()]


def test_a_load_is_a_master_and_facts(stream: Stream) -> None:
    load = loaded(stream, row(), row(house="H002", guests="-1"))
    assert (load.state, load.rows, load.accepted, load.rejected) == (Load.State.LOADED, 2, 1, 1)
    assert read(load.master).decode().splitlines()[2] == row(house="H002", guests="-1")
    assert facts(stream) == [("2026-01-05", "H001", 90)]
    assert load.first_day == load.last_day == date(2026, 1, 5)


def test_a_corrected_file_replaces_exactly_what_it_corrects(stream: Stream) -> None:
    """The slice is a day of one house: other days and other houses of the first file stay."""
    loaded(stream, row(), row(house="H002"), row(date="2026-01-06"), row(date="2026-02-01"))
    loaded(stream, row(guests="77"))
    assert facts(stream) == [
        ("2026-01-05", "H001", 77),
        ("2026-01-05", "H002", 90),
        ("2026-01-06", "H001", 90),
        ("2026-02-01", "H001", 90),
    ]


def test_rolling_back_brings_back_what_was_replaced(stream: Stream) -> None:
    loaded(stream, row(), row(house="H002"))
    second = loaded(stream, row(guests="77"))
    third = loaded(stream, row(guests="66"))
    loads.roll_back(second, None)
    assert facts(stream) == [("2026-01-05", "H001", 66), ("2026-01-05", "H002", 90)]
    loads.roll_back(third, None)
    assert facts(stream) == [("2026-01-05", "H001", 90), ("2026-01-05", "H002", 90)]
    with pytest.raises(NotLoaded):
        loads.roll_back(third, None)


def test_the_same_file_twice_changes_nothing(stream: Stream) -> None:
    rows = [row(house=f"H{n:03}") for n in range(20)]
    first = loaded(stream, *rows)
    before = facts(stream)
    second = loaded(stream, *rows)
    assert facts(stream) == before
    assert first.master_id != second.master_id
    assert first.master.blob_id == second.master.blob_id


def test_a_dry_run_and_a_refused_file_keep_no_facts(stream: Stream) -> None:
    dry = loaded(stream, row(), row(guests="x"), dry=True)
    assert (dry.state, dry.accepted, dry.outcome["rejects"][0]["line"]) == (Load.State.CHECKED, 1, 3)
    refused = loads.run(loads.receive(b"%PDF-1.7", stream, filename="a.zip", by=None))
    assert refused.state == Load.State.REFUSED
    assert "PDF" in refused.outcome["refused"][0]
    assert (facts(stream), Part.objects.count()) == ([], 0)


def test_what_fails_in_the_last_step_leaves_all_as_it_was(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the database goes in the middle: no facts, no files, and the load can be tried again."""
    loaded(stream, row())
    waiting = loads.receive(f"{HEADER}\n{row(guests='11')}\n".encode(), stream, filename="b.csv", by=None)
    with monkeypatch.context() as broken:
        broken.setattr(Part.objects, "bulk_create", lambda rows: (_ for _ in ()).throw(OSError(5, "gone")))
        with pytest.raises(OSError, match="gone"):
            loads.run(waiting)
    assert facts(stream) == [("2026-01-05", "H001", 90)]
    assert not places.folder_of(waiting).exists()
    again = loads.run(Load.objects.get(pk=waiting.pk))
    assert again.state == Load.State.LOADED
    assert facts(stream) == [("2026-01-05", "H001", 11)]


def test_figures_follow_the_facts(stream: Stream) -> None:
    loaded(stream, row(), row(date="2026-01-06", rooms_sold="40"))
    run_pending(["heavy"])

    def occupancy() -> dict[str, float | None]:
        rows = Figure.objects.filter(indicator="occupancy", by="")
        return {f"{one.grain} {one.period}": one.value for one in rows.order_by("grain", "period")}

    assert occupancy() == {"day 2026-01-05": 60, "day 2026-01-06": 40, "month 2026-01-01": 50}
    second = loaded(stream, row(rooms_sold="100"))
    run_pending(["heavy"])
    assert occupancy() == {"day 2026-01-05": 100, "day 2026-01-06": 40, "month 2026-01-01": 70}
    loads.roll_back(second, None)
    run_pending(["heavy"])
    assert occupancy() == {"day 2026-01-05": 60, "day 2026-01-06": 40, "month 2026-01-01": 50}


def test_gaps_jumps_repeats_and_units_are_flagged_and_settled_once(stream: Stream) -> None:
    days = [f"2026-03-{day:02}" for day in range(1, 32)]
    sold = {day: 40 + number * 7 % 23 for number, day in enumerate(days)}
    sold |= {"2026-03-10": 4400, "2026-03-21": sold["2026-03-20"]}
    rows = [
        row(date=day, rooms_sold=str(count), rooms_available="5000")
        for day, count in sold.items()
        if day != "2026-03-15"
    ]
    loaded(stream, *rows)
    run_pending(["heavy"])
    flags = {(flag.kind, str(flag.day)) for flag in Flag.objects.all()}
    assert flags == {("unit", "2026-03-10"), ("gap", "2026-03-15"), ("repeat", "2026-03-21")}
    flag = Flag.objects.get(kind="gap")
    assert "缺 1 天" in flag.told["zh"]
    flagging.settle(flag, None, "停业")  # type: ignore[arg-type]
    loaded(stream, row(date="2026-03-10", rooms_sold="44", rooms_available="5000"))
    run_pending(["heavy"])
    assert set(Flag.objects.filter(settled_at=None).values_list("kind", flat=True)) == {"repeat"}


def test_late_streams_are_flagged_until_they_come(stream: Stream) -> None:
    loaded(stream, row(date="2026-03-01"))
    flagging.look_for_late(stream, date(2026, 3, 4))
    assert list(stream.flags.values_list("kind", "day")) == [("late", date(2026, 3, 4))]
    loaded(stream, row(date="2026-03-02"))
    flagging.look_for_late(stream, date(2026, 3, 4))
    assert not stream.flags.exists()


def test_a_process_killed_while_it_loads_leaves_nothing_that_counts(stream: Stream) -> None:
    """Files it had begun are nobody's, go with the next tidying, and the load can be run again."""
    loaded(stream, row())
    big = "\n".join([HEADER, *(row(house=f"H{n:06}") for n in range(100_000)), ""])
    waiting = loads.receive(big.encode(), stream, filename="b.csv", by=None)
    folder, source = places.folder_of(waiting), places.root() / "b.csv"
    source.write_text(big, encoding="utf-8")
    code = (
        "import sys, time; from pathlib import Path; from datetime import date\n"
        "from haihe.tourism.domain.contracts.contract import read_contract\n"
        "from haihe.tourism.domain.loading.loading import load\n"
        "load(Path(sys.argv[1]), read_contract('lodging'), Path(sys.argv[2]), today=date(2026, 11, 28),\n"
        "     told=lambda done, all_: (print('reading', flush=True), time.sleep(60)))\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(source), str(folder)], env=env, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "reading\n"
        child.kill()
    assert list(folder.glob("*.parquet"))
    assert facts(stream) == [("2026-01-05", "H001", 90)]
    hours_ago = time.time() - 7200
    os.utime(folder, (hours_ago, hours_ago))
    assert loads.tidy() == 1
    assert not folder.exists()
    done = loads.run(Load.objects.get(pk=waiting.pk))
    assert (done.state, done.accepted) == (Load.State.LOADED, 100_000)
