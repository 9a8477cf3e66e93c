"""Processes killed at named steps: between an object and its rows, halfway through another store, amid a repair."""

from __future__ import annotations

import os
import random
import signal
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from haihe.archive import read
from haihe.archive.domain import cataloguing, chain, copying, fixity, shelf_folder, stores
from haihe.archive.domain.items import Deposit, File, add_version, deposit_items
from haihe.archive.domain.ocfl.disk import Disk
from haihe.archive.domain.ocfl.errors import ObjectDamaged
from haihe.archive.domain.ocfl.store import Store
from haihe.archive.models import Copy, Event, Item, Master
from haihe.archive.tests.ocfl_made import judge_accepts_root
from haihe.city.models import Organisation


@pytest.fixture
def centre(transactional_db, begun, tmp_path) -> Iterator[Organisation]:
    """Its database is a file, which outlives whoever writes to it."""
    name, memory = connection.settings_dict["NAME"], connection.connection
    connection.settings_dict["NAME"] = str(begun(tmp_path) / "haihe.sqlite3")
    connection.connection = None
    yield Organisation.objects.create(name="海河市融媒体中心", slug="centre", path="/1/")
    connection.close()
    connection.settings_dict["NAME"], connection.connection = name, memory


@pytest.fixture
def second(settings, tmp_path) -> Path:
    settings.SECOND_STORE = f"file://{tmp_path}/second"
    settings.FIXITY_RATE = 10**12
    return tmp_path / "second"


@pytest.fixture
def item(centre, second) -> Item:
    """An item whose two copies are the same."""
    (made,) = deposit_items([Deposit(centre, [File("a", b"first"), File("扫描/b", os.urandom(3000))])])
    copying.replicate(seconds=60)
    return made


def killed_at(owner: Any, name: str, number: int, work: Callable[[], object]) -> bool:
    """Do the work in a process that kills itself before its call `number` of `owner.name`; False where it made fewer
    calls and came to its end."""
    connection.close()
    child = os.fork()
    if child == 0:
        left, step = [number], getattr(owner, name)

        def kill(*args: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*args, **more)

        setattr(owner, name, kill)
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work broke in its process; see what it printed"
    return os.WIFSIGNALED(status)


def each_step(owner: Any, names: list[str], work: Callable[[], object]) -> Iterator[str]:
    """Kill the work at every call of every one of these functions in turn, until it comes to its end."""
    for name in names:
        number = 0
        while killed_at(owner, name, number, work):
            yield f"{name} {number}"
            number += 1


def tree(root: Path | str) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in Path(root).rglob("*") if file.is_file()}


def damage(root: Path | str, item: Item, path: str) -> None:
    file = Path(root) / stores.place(item.pk) / path
    data = bytearray(file.read_bytes())
    data[random.Random(1).randrange(len(data))] ^= 1
    file.write_bytes(data)


def look() -> fixity.Checked:
    Copy.objects.update(checked_at=None)
    return fixity.check_some(seconds=60)


@pytest.mark.parametrize(
    "step", ["rename", "sync", *(pytest.param(name, marks=pytest.mark.full) for name in ("make_folder", "write"))]
)
def test_what_is_killed_at_any_step_is_kept_whole_or_not_at_all(item, step):
    def work() -> None:
        deposit_items([Deposit(item.organisation, [File("a", b"one"), File("b/c", b"two")])] * 2)
        add_version(item, put=[File("c", os.urandom(10))], why="New")

    killed = 0
    for _step in each_step(Disk, [step], work):
        killed += 1
        with chain.held():
            pass
        assert os.listdir(stores.local().staging) == []
    assert killed > 0
    assert judge_accepts_root(stores.local().root)
    there = {one.name.removeprefix("urn%3auuid%3a") for one in Path(stores.local().root).glob("???/*")}
    assert there == {str(pk) for pk in Item.objects.values_list("pk", flat=True)}
    for master in Master.objects.all():
        read(master)
    chain.check()


def test_a_version_without_its_rows_is_no_fault_and_no_older_one_is_laid_over_it(item):
    assert killed_at(cataloguing, "catalogue", 0, lambda: add_version(item, put=[File("c", b"new")], why="New"))
    assert Item.objects.get(pk=item.pk).head == 1
    assert Path(stores.local().path(item.identifier), "v2").is_dir()

    done = look()

    assert (done.faults, Event.objects.filter(type="fixity check").count()) == (0, 0)
    assert Item.objects.get(pk=item.pk).head == 2
    assert read(item.masters.get(path="c")) == b"new"
    assert judge_accepts_root(stores.local().root)
    chain.check()


def test_an_object_that_is_damaged_before_its_rows_are_made_up_for_keeps_nobody_waiting(item, second):
    assert killed_at(cataloguing, "catalogue", 0, lambda: add_version(item, put=[File("c", b"new")], why="New"))
    here = Path(stores.local().path(item.identifier))
    (here / "0=ocfl_object_1.1").write_bytes(b"ocfl_object_1.3\n")
    damage(stores.local().root, item, "v2/content/haihe/item.json")

    (other,) = deposit_items([Deposit(item.organisation, [File("a", b"other")])])

    assert Item.objects.get(pk=item.pk).head == 2
    assert read(other.masters.get()) == b"other"
    assert chain.check() == 3
    assert look().faults == 1


@pytest.mark.parametrize("step", ["write", "rename"])
def test_a_root_whose_making_was_killed_is_made_by_the_next(tmp_path, step):
    number = 0
    while killed_at(os, step, number, partial(Store, tmp_path / str(number))):
        assert judge_accepts_root(Store(tmp_path / str(number)).root)
        number += 1
    assert number > 0


def test_a_version_that_comes_while_its_object_is_repaired_stays(item, second, monkeypatch):
    damage(stores.local().root, item, "v1/content/files/a")
    replace = copying._replace

    def meanwhile(copy: Copy, folder: str) -> bool:
        monkeypatch.setattr(copying, "_replace", replace)
        add_version(item, put=[File("c", b"new")], why="New")
        return replace(copy, folder)

    monkeypatch.setattr(copying, "_replace", meanwhile)
    look()
    assert Item.objects.get(pk=item.pk).head == 2
    look()
    assert read(item.masters.get(path="c")) == b"new"
    assert not Copy.objects.exclude(fault="").exists()
    copying.replicate(seconds=60)
    assert tree(second / stores.place(item.pk)) == tree(stores.local().path(item.identifier))
    assert judge_accepts_root(stores.local().root)


def test_an_object_in_an_older_version_than_the_catalogue_knows_gets_no_other_one(item, second):
    add_version(item, put=[File("c", b"new")], why="New")
    here = Path(stores.local().path(item.identifier))
    stores.local().remove(item.identifier)
    here.parent.mkdir(exist_ok=True)
    (second / stores.place(item.pk)).rename(here)
    with pytest.raises(ObjectDamaged):
        add_version(item, put=[File("d", b"other")], why="Other")


def test_another_store_is_as_the_first_wherever_the_copying_was_killed(item, second):
    add_version(item, put=[File("c", b"new")], why="New")
    steps = 0
    for _step in each_step(shelf_folder.os, ["rename", "makedirs"], lambda: copying.replicate(seconds=60)):
        steps += 1
        copying.replicate(seconds=60)
        deposit_items([Deposit(item.organisation, [File("scan", os.urandom(10))])])
    assert steps > 6
    assert tree(second) == tree(stores.local().root)
    assert judge_accepts_root(str(second))


def test_what_a_killed_program_left_in_an_object_of_another_store_is_found_and_goes(item, second):
    """Earlier programs wrote files beside the ones they were to become; such a store did not list them."""
    before = tree(second)
    (second / stores.place(item.pk) / "inventory.json#1").write_bytes(b"{")
    (second / stores.place(item.pk) / "v1/content/files/a#2").write_bytes(b"fir")
    assert not judge_accepts_root(str(second))
    done = look()
    assert (done.faults, done.repaired) == (1, 1)
    assert tree(second) == before


def test_names_that_other_stores_keep_for_themselves_arrive_there(centre, second):
    deposit_items([Deposit(centre, [File("scan#1", b"one"), File("tab\tbed", b"two")])])
    copying.replicate(seconds=60)
    assert tree(second) == tree(stores.local().root)
    assert look().faults == 0


@pytest.mark.parametrize(("owner", "steps"), [(shelf_folder.os, ["rename", "unlink"]), (Disk, ["exchange", "sync"])])
def test_the_last_sound_bytes_outlive_a_repair_that_is_killed(item, second, owner, steps):
    """Each copy has a damaged file, which only the other has whole."""
    before, here = tree(second), stores.local().root
    damage(here, item, "v1/content/files/a")
    damage(second, item, "v1/content/files/扫描/b")
    killed = 0
    for _step in each_step(owner, steps, look):
        killed += 1
    assert killed > 0
    look()
    with chain.held():
        pass
    copying.replicate(seconds=60)
    assert tree(second) == tree(here)
    assert {key: value for key, value in tree(here).items() if key in before} == before
    assert not Copy.objects.exclude(fault="").exists()
    assert os.listdir(stores.local().staging) == []
