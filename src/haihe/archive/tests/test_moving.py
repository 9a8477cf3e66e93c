"""The archive moved to another folder while deposits go on, killed at any step, on a full disk, with damage in it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from django.db import connection

from haihe.archive import read
from haihe.archive.domain import chain, moving, stores
from haihe.archive.domain.items import File, add_version
from haihe.archive.models import Event, Item, Master
from haihe.archive.tests.killed_any import SOUND
from haihe.archive.tests.ocfl_made import judge_accepts_root
from haihe.archive.tests.test_fixity import flip, kept, tree


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    return tmp_path / "other disk" / "海河"


def test_it_moves_with_all_its_bytes_and_back(centre, elsewhere):
    (first, _second) = kept(centre, 2)
    before = tree(stores.local().root)
    content = read(first.masters.get(path="b"))

    moved = moving.move(f"file://{elsewhere}", grace=0)

    assert (moved.objects, moved.where) == (2, str(elsewhere / "ocfl"))
    after = tree(elsewhere / "ocfl")
    assert {key: after[key] for key in before} == before
    assert stores.root_folder() == elsewhere / "ocfl"
    assert not (stores.layout.root() / "ocfl").exists()
    assert read(first.masters.get(path="b")) == content
    add_version(first, put=[File("c", os.urandom(2 << 20))], why="Large")
    (event,) = Event.objects.filter(type="migration")
    assert event.detail["objects"] == 2
    moving.move("home", grace=0)
    assert stores.root_folder() == stores.layout.root() / "ocfl"
    assert not (elsewhere / "ocfl").exists()
    assert judge_accepts_root(stores.local().root)
    assert chain.check() == Event.objects.count()


def test_what_comes_and_is_read_meanwhile_is_neither_lost_nor_refused(centre, elsewhere, monkeypatch):
    """Between the rounds of copying, items come and get versions, and everything is read all the time."""
    monkeypatch.setattr(moving, "FEW", 0)
    items = kept(centre, 5)
    rounds = []
    copy = moving._copy

    def meanwhile(*args):
        copy(*args)
        if len(rounds) < 3:
            rounds.append(1)
            items.extend(kept(centre, 1))
            items[0] = add_version(items[0], put=[File("b", os.urandom(20))], why="Again")
        for master in Master.objects.all():
            read(master)

    monkeypatch.setattr(moving, "_copy", meanwhile)
    moving.move(f"file://{elsewhere}", grace=0)
    assert len(rounds) == 3
    assert Item.objects.filter(kind="deposit").count() == 8
    assert items[0].head == 4
    for master in Master.objects.all():
        read(master)
    assert judge_accepts_root(str(elsewhere / "ocfl"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kills", [12, pytest.param(120, marks=pytest.mark.full)])
def test_killed_anywhere_it_is_said_again_and_comes_to_its_end(centre, elsewhere, kills):
    kept(centre, 6)
    digests = {master.pk: master.blob_id for master in Master.objects.all()}
    places = [f"file://{elsewhere}", "home"]
    done = killed = 0
    while killed < kills:
        reading, writing = os.pipe()
        connection.close()
        child = os.fork()
        if child == 0:
            try:
                moving.move(places[done % 2], grace=0)
                os.write(writing, b"done")
            finally:
                os._exit(0)
        os.close(writing)
        time.sleep(0.004 * (killed % 23))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as told:
            done += told.read() == b"done"
        killed += 1
        with chain.held():
            pass
        for master in Master.objects.select_related("blob"):
            assert len(read(master))
    moving.move(places[done % 2], grace=0)
    assert {master.pk: master.blob_id for master in Master.objects.all()} == digests
    assert judge_accepts_root(stores.local().root)
    assert os.listdir(stores.local().staging) == []
    assert not moving._Plan.file().exists()
    chain.check()


def test_what_is_damaged_is_told_and_stays_with_everything_else(centre, elsewhere):
    first, second = kept(centre, 2)
    flip(Path(stores.local().files(first.identifier)["files/b"]), random.Random(1))
    with pytest.raises(moving.NotAllSound):
        moving.move(f"file://{elsewhere}", grace=0)
    assert stores.root_folder() == stores.layout.root() / "ocfl"
    assert read(second.masters.get(path="b"))
    with pytest.raises(moving.MoveRefused):
        moving.move(f"file://{elsewhere}2", grace=0)  # one move at a time


@pytest.mark.parametrize("address", ["nonsense", "ftp://a/b", "file://host/a", "file:///"])
def test_addresses_that_lead_nowhere(centre, address):
    with pytest.raises(moving.ShelfUnknown):
        moving.move(address)


def test_a_folder_in_use_is_refused(centre, elsewhere):
    kept(centre, 1)
    (elsewhere / "ocfl").mkdir(parents=True)
    (elsewhere / "ocfl" / "theirs").touch()
    for address in (f"file://{elsewhere}", f"file://{stores.local().root}"):
        with pytest.raises(moving.MoveRefused):
            moving.move(address, grace=0)
    assert (elsewhere / "ocfl" / "theirs").exists()


@pytest.mark.django_db(transaction=True)
def test_a_writer_of_another_thread_waits_and_writes_to_the_new_place(centre, elsewhere):
    kept(centre, 3)
    made: list[Item] = []

    def work() -> None:
        made.extend(kept(centre, 2))
        connection.close()

    with chain.held():
        writer = threading.Thread(target=work)
        writer.start()
    moving.move(f"file://{elsewhere}", grace=0)
    writer.join()
    for item in made:
        assert (elsewhere / "ocfl" / stores.place(item.pk)).is_dir()
    shutil.rmtree(elsewhere)


@pytest.mark.full
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("homes", [1, 25])
def test_killed_in_whatever_it_does_the_archive_loses_nothing(begun, tmp_path, homes):
    """Deposits, versions, collecting, sealing, moves, damage and repair, each cut short anywhere: 20 kills a home.

    In memory where the machine has a place for it: a kill takes nothing of what was written, synced or not.
    """
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        begun(Path(folder))
        command = [sys.executable, "-m", "haihe.archive.tests.killed_any", folder, str(homes), "20", "7"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [{name: one.get(name) for name in SOUND} for one in told] == [SOUND] * homes, done.stderr[-3000:]
    assert all(one["acknowledged"] > 0 for one in told)
