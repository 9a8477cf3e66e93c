"""Killed in the middle of a sweep, and a disk that is full: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from haihe.archive.domain import segments
from haihe.archive.tests.disk import fill, small_disk
from haihe.base.outbound.testing import Site, serving
from haihe.city.models import Organisation
from haihe.newsroom.domain import collecting, sweeping
from haihe.newsroom.models import Fetch, Item, Source
from haihe.newsroom.tests.test_following import feed
from haihe.newsroom.tests.test_transports_sitemap import page, urlset

Begun = Callable[[Path], Path]
SOURCES, ENTRIES, PAGES = 24, 12, 20


def environment(home: Path) -> dict[str, str]:
    own = {"HAIHE_HOME": str(home), "HAIHE_ALLOW_ADDRESSES": "127.0.0.0/8"}
    return {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}


def django(home: Path, *command: str) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, *command], env=environment(home), **quiet)  # type: ignore[call-overload]


SET_UP = """
import sys, django; django.setup()
from haihe.city.domain.organisations import found
from haihe.newsroom.models import Source
office = found("Office", slug="office")
for number in range({sources}):
    Source.objects.create(organisation=office, name=str(number), address="{base}/feed-%d" % number)
Source.objects.create(organisation=office, name="map", transport="sitemap", linked="always", address="{base}/map.xml")
"""
SWEEP = """
import django; django.setup()
from django.utils import timezone
from django.core.management import call_command
from haihe.newsroom.models import Source
try:
    call_command("collect")
except SystemExit:
    pass
except Exception as error:
    if "have a problem" not in str(error):
        raise
"""


def serve(web: Site, generation: int) -> None:
    """Each feed gains entries with every generation, and repeats the ones before."""
    for number in range(SOURCES):
        entries = [
            (f"{number}-{n}", "", f"第{number}号来源的第{n}条内容，文字各不相同。") for n in range(ENTRIES * generation)
        ]
        web.put(f"/feed-{number}", feed(*entries))
    web.put("/map.xml", urlset(*((web.url(f"/{n}.html"), "") for n in range(PAGES * generation))))
    for n in range(PAGES * generation):
        web.put(f"/{n}.html", page(f"第{n}篇报道的标题", f"这是第{n}篇报道的正文。" * 12))


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        return database.execute(sql).fetchall()


def campaign(home: Path, kills: int) -> None:
    chance = random.Random(5)
    with serving() as web:
        assert django(home, "-c", SET_UP.format(sources=SOURCES, base=web.url(""))).wait(300) == 0
        killed = rounds = 0
        while killed < kills:  # a sweep that was over before its time is not counted
            rounds += 1
            assert rounds <= 4 * kills + 20, "hardly a sweep lasts long enough to be killed"
            generation = 1 + 3 * killed // kills
            serve(web, generation)
            with sqlite3.connect(home / "haihe.sqlite3") as database:
                database.execute("UPDATE newsroom_source SET next_visit_at = NULL, etag = ''")
            process = django(home, "-c", SWEEP)
            wanted, end = len(web.asked) + chance.randint(1, SOURCES), time.monotonic() + 120
            while process.poll() is None and len(web.asked) < wanted and time.monotonic() < end:
                time.sleep(0.002)  # the sweep is under way
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.choice((0, chance.uniform(0, 0.2))))  # at once, or while it writes
            process.kill()
            killed += process.wait(120) == -signal.SIGKILL
        serve(web, 3)
        with sqlite3.connect(home / "haihe.sqlite3") as database:
            database.execute("UPDATE newsroom_source SET next_visit_at = NULL, etag = ''")
            database.execute("UPDATE newsroom_linkedpage SET not_before = NULL WHERE state = 'waiting'")
        assert django(home, "-c", SWEEP).wait(300) == 0
    expected = SOURCES * ENTRIES * 3 + PAGES * 3
    counted = rows(home, "SELECT count(*), count(DISTINCT source_id || entry_id) FROM newsroom_item")
    assert counted == [(expected, expected)]
    assert rows(home, "SELECT count(*) FROM newsroom_itemversion") == [(0,)]
    assert rows(home, "SELECT state, count(*) FROM newsroom_linkedpage GROUP BY state") == [("taken", PAGES * 3)]
    check = "import django; django.setup()\nfrom haihe.archive import read\nfrom haihe.newsroom.models import Item\n"
    check += "from haihe.archive.models import Master\n[read(m) for m in Master.objects.all()]\n"
    check += "assert not Item.objects.filter(master=None).exists()"
    assert django(home, "-c", check).wait(300) == 0


def test_killed_in_the_middle_of_a_sweep_nothing_is_lost_or_doubled(begun: Begun, tmp_path: Path) -> None:
    campaign(begun(tmp_path), 2)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_killed_a_hundred_times_nothing_is_lost_or_doubled(begun: Begun, tmp_path: Path) -> None:
    campaign(begun(tmp_path), 100)


@pytest.mark.django_db
def test_disk_that_is_full_is_told_and_nothing_is_taken_in_by_half(
    web: Site, office: Organisation, tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = []
    for number in range(6):
        web.put(f"/feed-{number}", feed((f"{number}", "", f"第{number}条内容，不可丢失。")))
        sources.append(Source.objects.create(organisation=office, name=f"{number}", address=web.url(f"/feed-{number}")))
    with small_disk(tmp_path / "disk", "256k") as disk:
        settings.HOME = disk  # type: ignore[attr-defined]
        monkeypatch.setattr(segments, "_writer", None)
        filler = fill(disk, leave=0)
        sweeping.sweep(sources)
        assert set(Fetch.objects.values_list("problem_code", flat=True)) == {"StoreFull"}
        assert Item.objects.count() == 0
        filler.unlink()
        sweeping.sweep(sources)
        assert Item.objects.count() == 6
        row = collecting.visit(sources[0])
        assert (row.problem, row.new_items) == ("", 0)
        writer, segments._writer = segments._writer, None
        if writer is not None:
            writer.close()


@pytest.mark.full
def test_disk_that_is_full_under_the_database_too_is_said_and_made_good(begun: Begun, tmp_path: Path) -> None:
    """The home stands on it, as on one machine: what was taken in stays whole, the rest comes once there is room."""
    again = "UPDATE newsroom_source SET next_visit_at = NULL, etag = ''"
    with small_disk(tmp_path / "disk", "48m") as home, serving() as web:
        begun(home)
        assert django(home, "-c", SET_UP.format(sources=SOURCES, base=web.url(""))).wait(300) == 0
        serve(web, 1)
        for leave in (40_000, 900_000):  # not one answer fits; some fit
            filler = fill(home, leave=leave)
            told = subprocess.run(
                [sys.executable, "-m", "haihe", "collect"], env=environment(home) | {"LC_ALL": "C.UTF-8"},
                capture_output=True, text=True, timeout=240, check=False,
            )  # fmt: skip
            assert told.returncode == 1
            assert "Traceback" not in told.stderr
            assert "disk" in told.stderr
            filler.unlink()
            with closing(sqlite3.connect(home / "haihe.sqlite3")) as database, database:
                assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                database.execute(again)
                database.execute("UPDATE newsroom_linkedpage SET not_before = NULL WHERE state = 'waiting'")
        assert django(home, "-c", SWEEP).wait(300) == 0
        with closing(sqlite3.connect(home / "haihe.sqlite3")) as database:
            counted = database.execute("SELECT count(*), count(DISTINCT source_id || entry_id) FROM newsroom_item")
            expected = SOURCES * ENTRIES + PAGES
            assert counted.fetchall() == [(expected, expected)]
            assert database.execute("SELECT count(*) FROM newsroom_itemversion").fetchall() == [(0,)]
