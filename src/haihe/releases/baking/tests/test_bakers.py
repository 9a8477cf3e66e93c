"""Several bakers as real processes on one database file; one of them is killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from haihe.base.edge import tree

PAGES = 60
SCRIPT = """
import django
from django.conf import settings
settings.ROOT_URLCONF = "haihe.releases.baking.tests.urls"
django.setup()
from haihe.releases.baking.domain import baking
tally = baking.bake()
print(tally.baked, tally.failed, flush=True)
"""
FILL = """
import django
django.setup()
from django.utils import timezone
from haihe.releases.baking.models import BakedPage, Clock
from haihe.releases.models import Section
Clock.objects.get_or_create(pk=1)
BakedPage.objects.all().delete()
for n in range({pages}):
    Section.objects.get_or_create(slug=f"s{{n}}", defaults={{"name": f"栏目{{n}}"}})
    BakedPage.objects.create(path=f"/section/s{{n}}/", language="zh-hans", dirty_since=timezone.now())
"""


@pytest.fixture(scope="module")
def migrated(begun: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a migrated, empty database in a file."""
    folder = begun(tmp_path_factory.mktemp("migrated"))
    subprocess.run([sys.executable, "-c", FILL.format(pages=PAGES)], env=environ(folder), check=True, timeout=120)
    return folder


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Path:
    """A home of this test's own, with pages to bake."""
    with sqlite3.connect(migrated / "haihe.sqlite3") as source, sqlite3.connect(tmp_path / "haihe.sqlite3") as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = WAL")
    return tmp_path


def environ(home: Path) -> dict[str, str]:
    return {**os.environ, "HAIHE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}


def baker(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SCRIPT], env=environ(home), stdout=subprocess.PIPE, text=True)


def assert_all_baked(home: Path) -> None:
    for number in range(PAGES):
        found = tree.read(home / "baked", f"/section/s{number}/")
        assert found is not None
        assert f"栏目{number} " in found[1]["identity"].decode() or f"栏目{number}<" in found[1]["identity"].decode()
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM baking_bakedpage WHERE dirty_since IS NOT NULL").fetchall() == [
            (0,)
        ]
        rows = database.execute("SELECT count(*), count(DISTINCT page_id) FROM baking_dependency").fetchall()
        assert rows == [(PAGES, PAGES)]


def test_two_bakers_bake_every_page_once(home: Path) -> None:
    told = [process.communicate(timeout=120)[0].split() for process in (baker(home), baker(home))]
    assert [failed for _, failed in told] == ["0", "0"]
    assert sum(int(baked) for baked, _ in told) == PAGES
    assert_all_baked(home)
    assert list((home / "baked").rglob(".new-*")) == []


def test_killed_baker_leaves_nothing_half_done(home: Path) -> None:
    first = baker(home)
    end = time.monotonic() + 60
    while not list((home / "baked").rglob("*.meta")) and time.monotonic() < end:
        time.sleep(0.005)
    first.send_signal(signal.SIGKILL)
    first.wait()
    for address in tree.addresses(home / "baked"):
        assert tree.read(home / "baked", address) is not None
    with sqlite3.connect(home / "haihe.sqlite3") as database:
        database.execute("UPDATE baking_bakedpage SET claimed_until = NULL")  # its claim has run out
    assert baker(home).communicate(timeout=120)[0].split()[1] == "0"
    assert_all_baked(home)
    tree.sweep(home / "baked", older_than=0)
    assert list((home / "baked").rglob(".new-*")) == []
    shutil.rmtree(home / "baked")
