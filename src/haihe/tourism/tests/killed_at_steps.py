"""Loading and rolling up, killed before each named step: what is served is of before or of after, whole.

The next run of the queue finishes.

Everything that starts an engine's threads is done in a process of its own: these do not outlive a fork.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ibis.backends.duckdb
import polars as pl
import pytest
from django.db import connection
from django.utils import timezone

from haihe.archive.domain import segments
from haihe.archive.tests.killed_at_steps import killed_at
from haihe.base.tasks import run_pending
from haihe.base.tasks.domain.leases import leave
from haihe.base.tasks.models import Job, Worker
from haihe.city.domain.organisations import found
from haihe.tourism.domain import figures, loads, places, replacing, rollups
from haihe.tourism.domain.facts.answering import Question
from haihe.tourism.domain.indicators.indicator import indicator
from haihe.tourism.domain.loading import keeping
from haihe.tourism.models import Figure, Load, Part, Stream
from haihe.tourism.tasks import run_load, take_back
from haihe.tourism.tests.test_loading_errors import HEADER, row

ASKED = Question(date(2026, 1, 1), date(2026, 2, 28), {}, "day")
Served = dict[str, list[list[Any]]]


@pytest.fixture
def stream(transactional_db: None, begun: Any, tmp_path: Path, settings: Any, monkeypatch: Any) -> Iterator[Stream]:
    """Two months of four houses, loaded, with their rollups. The database is a file, which outlives who writes it."""
    name, memory = connection.settings_dict["NAME"], connection.connection
    connection.settings_dict["NAME"] = str(begun(tmp_path) / "haihe.sqlite3")
    connection.connection = None
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    monkeypatch.setattr(rollups, "LEAST_ROWS", 0)
    made = loads.stream_of(found("文旅局", slug="bureau"), "lodging")
    Job.objects.all().delete()
    apart(lambda: (sent(made, 50), run_pending(["heavy"])))
    yield made
    connection.close()
    connection.settings_dict["NAME"], connection.connection = name, memory


def apart(work: Callable[[], Any]) -> Any:
    """What the work returns, done in a process of its own."""
    connection.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            told = json.dumps(work()).encode()
            with os.fdopen(writing, "wb") as out:
                out.write(told)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        answer = told.read()
    assert os.waitpid(child, 0)[1] == 0, "it broke in its process; see what it printed"
    return json.loads(answer)


def sent(stream: Stream, sold: int) -> str:
    """A file of both months that waits to be loaded; the second replaces one house of a day in each month."""
    days = ("2026-01-05", "2026-01-06", "2026-02-05") if sold == 50 else ("2026-01-05", "2026-02-05")
    houses = range(4) if sold == 50 else range(1)
    rows = [row(date=day, house=f"H{house:03}", rooms_sold=str(sold + house)) for day in days for house in houses]
    load = loads.receive("\n".join([HEADER, *rows, ""]).encode(), stream, filename="a.csv", by=None)
    run_load.enqueue(str(load.pk))
    return str(load.pk)


def served(stream: Stream) -> Served:
    """What pages show: kept figures, and answers from the rollups where they hold, else from the facts."""
    wanted = [indicator("rooms_sold"), indicator("houses")]
    told = rollups.ask(stream, wanted, ASKED)
    rows = Figure.objects.filter(indicator="rooms_sold", grain="day", by="").order_by("period")
    files = loads.live_files(stream.organisation_id, stream.contract)
    facts = pl.concat(pl.read_parquet(file, columns=["date", "rooms_sold"]) for file in files)
    sums = facts.group_by("date").agg(pl.col("rooms_sold").sum()).sort("date").rows()
    return {
        "asked": [[str(one.period), one.value] for one in told.answers["rooms_sold"]],
        "facts": [[str(day), float(value)] for day, value in sums],
        "figures": [[str(day), value] for day, value in rows.values_list("period", "value")],
        "source": [[told.source]],
    }


def next_run() -> None:
    """What the watch over leases does for a worker that is gone, without its pauses; then the worker's next run."""
    for worker in Worker.objects.all():
        leave(worker.pk)
    Job.objects.filter(state=Job.State.WAITING).update(run_after=timezone.now())
    run_pending(["heavy"])


def orphans(stream: Stream) -> int:
    """Files that no row and no manifest names."""
    folder = places.rollup_folder(stream)
    held = json.loads((folder / rollups.MANIFEST).read_text(encoding="utf-8"))["months"]
    named = {folder / file for entry in held.values() for file in entry["files"].values()}
    return len(set(folder.glob("*/*.parquet")) - named)


STEPS: list[tuple[Any, str]] = [
    (keeping, "sync"),
    (loads, "_note"),
    (loads, "_commit"),
    (replacing, "_written"),
    (loads, "_write_down"),
    (loads, "_figures_later"),
    (figures, "make"),
    (figures, "_compose"),
    (rollups, "make"),
    (ibis.backends.duckdb.Backend, "to_parquet"),
    (rollups, "_write"),
    (rollups.json, "dump"),
    (Path, "replace"),
    (rollups, "_tidy"),
]


@pytest.mark.parametrize(
    ("owner", "name"), STEPS, ids=[f"part{at % 4}-{name}" for at, (_owner, name) in enumerate(STEPS)]
)
def test_what_is_killed_while_loading_or_rolling_up_serves_the_old_or_the_new_and_is_finished(
    stream: Stream, owner: Any, name: str
) -> None:
    old = apart(lambda: served(stream))
    days = ("2026-01-05", "2026-01-06", "2026-02-05")
    assert old["asked"] == old["facts"] == old["figures"] == [[day, 206] for day in days]
    assert old["source"] == [["rollups"]]
    new = [["2026-01-05", 246], ["2026-01-06", 206], ["2026-02-05", 246]]
    number = 0
    while True:
        load = apart(lambda: sent(stream, 90))
        killed = killed_at(owner, name, number, lambda: run_pending(["heavy"]))
        state = Load.objects.get(pk=load).state
        now = apart(lambda: served(stream))
        assert now["asked"] == now["facts"] == (new if state == Load.State.LOADED else old["facts"]), number
        assert now["figures"] in (old["figures"], new)
        apart(next_run)
        now = apart(lambda: served(stream))
        assert now == {"asked": new, "facts": new, "figures": new, "source": [["rollups"]]}, number
        if not killed:
            break
        apart(lambda load=load: (take_back.call(load, 0), run_pending(["heavy"])))
        assert apart(lambda: served(stream)) == old
        number += 1
    assert number > 0
    hour_ago = timezone.now().timestamp() - 2 * rollups.KEEP_OLD
    for path in (*places.root().rglob("*.parquet"), *places.rollup_folder(stream).iterdir()):
        os.utime(path, (hour_ago, hour_ago))
    apart(lambda: (rollups.make(stream, []), loads.tidy()))
    assert orphans(stream) == 0
    assert {str(path.relative_to(places.root())) for path in (places.root() / "facts").rglob("live/*.parquet")} == set(
        Part.objects.filter(live=True, file__contains="/live/").values_list("file", flat=True)
    )
    shutil.rmtree(places.root())
