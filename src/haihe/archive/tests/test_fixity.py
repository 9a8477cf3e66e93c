"""Bits flip, files vanish, objects are swapped: all of it is found, told, and repaired from the other store."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from haihe.archive import read
from haihe.archive.domain import chain, copying, fixity, purging, stores
from haihe.archive.domain.items import Deposit, File, add_version, deposit_items
from haihe.archive.domain.shelf import Shelf, ShelfFailing, ShelfUnknown
from haihe.archive.models import Copy, Event, Item
from haihe.archive.tests.ocfl_made import judge_accepts_root


@pytest.fixture
def second(settings, tmp_path) -> Path:
    settings.SECOND_STORE = f"file://{tmp_path}/second"
    settings.FIXITY_RATE = 10**12
    return tmp_path / "second"


def kept(centre, count: int) -> list[Item]:
    return deposit_items(
        [
            Deposit(centre, [File("扫描/a 100%.bin", os.urandom(3000)), File("b", os.urandom(10))])
            for _one in range(count)
        ]
    )


def tree(root: Path | str) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in Path(root).rglob("*") if file.is_file()}


def flip(file: Path, chance: random.Random) -> None:
    data = bytearray(file.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.chmod(0o600)
    file.write_bytes(data)


def test_both_stores_hold_the_same_bytes(centre, second):
    first, _other = kept(centre, 2)
    assert copying.replicate(seconds=60) == 2
    add_version(first, put=[File("b", b"new")], why="New")
    assert (copying.replicate(seconds=60), copying.replicate(seconds=60)) == (1, 0)
    assert tree(second) == tree(stores.local().root)
    assert judge_accepts_root(str(second))
    done = fixity.check_some(seconds=60)
    assert (done.copies, done.faults) == (4, 0)
    assert fixity.check_some(seconds=60).copies == 0  # not again for a month
    assert set(Event.objects.values_list("type", flat=True)) == {"ingestion", "accession"}


@pytest.mark.parametrize("flips", [16, pytest.param(1000, marks=pytest.mark.full)])
def test_flipped_bits_of_either_store_are_found_and_repaired(centre, second, flips):
    kept(centre, flips)
    copying.replicate(seconds=600)
    before, chance = tree(second), random.Random(3)
    damaged = []
    for item in Item.objects.order_by("pk"):
        root = chance.choice([second, Path(stores.local().root)])
        files = sorted(one for one in (root / stores.place(item.pk)).rglob("*") if one.is_file())
        flip(chance.choice(files), chance)
        damaged.append(item.pk)

    done = fixity.check_some(seconds=600, rate=10**12)  # as fast as it can, by the dozen

    logs = Copy.objects.filter(item__kind=Item.Kind.LOG).exclude(checked_at=None).count()  # what was told is kept, too
    assert (done.copies - logs, done.faults, done.repaired) == (2 * flips, flips, flips)
    assert tree(second) == before
    assert {key: value for key, value in tree(stores.local().root).items() if key in before} == before
    told = Event.objects.filter(type="fixity check", outcome="fail").values_list("item", flat=True)
    assert sorted(told) == sorted(damaged)
    assert Event.objects.filter(type="recovery", outcome="success").count() == flips
    assert not Copy.objects.exclude(fault="").exists()
    chain.check()


def test_a_bit_that_only_changes_the_case_of_a_digest_is_found_too(centre, second):
    (item,) = kept(centre, 1)
    fixity.check_some(seconds=60)
    file = Path(stores.local().path(item.identifier), "v1/inventory.json.sha512")
    before = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(before.split()[0].upper() + b" inventory.json\n")
    Copy.objects.update(checked_at=None)
    copying.replicate(seconds=60)
    done = fixity.check_some(seconds=60)
    assert Event.objects.get(type="fixity check").detail["fault"] == "E061"
    assert (done.faults, done.repaired, file.read_bytes()) == (1, 1, before)  # a digest's digest needs no other copy


def test_an_object_that_is_gone_or_another_is_found_and_repaired(centre, second):
    gone, swapped, same = kept(centre, 3)
    copying.replicate(seconds=60)
    root = Path(stores.local().root)
    content = read(gone.masters.get(path="b"))
    shutil.rmtree(root / stores.place(gone.pk))
    assert read(gone.masters.get(path="b")) == content  # from the other store
    shutil.rmtree(root / stores.place(swapped.pk))
    shutil.copytree(root / stores.place(same.pk), root / stores.place(swapped.pk))
    done = fixity.check_some(seconds=60)
    assert (done.faults, done.repaired) == (2, 2)
    assert judge_accepts_root(str(root))


def test_two_copies_damaged_in_different_places_are_mended_from_each_other(centre, second):
    (item,) = kept(centre, 1)
    copying.replicate(seconds=60)
    add_version(item, put=[File("c", b"new")], why="New")
    copying.replicate(seconds=60)
    before, chance = tree(second), random.Random(5)
    here, there = Path(stores.local().path(item.identifier)), second / stores.place(item.pk)
    for file in (here / "inventory.json", here / "v1/inventory.json.sha512", there / "v1/inventory.json"):
        flip(file, chance)
    flip(next(one for one in sorted((there / "v1/content").rglob("*")) if one.is_file()), chance)
    done = fixity.check_some(seconds=60)
    assert (done.faults, done.repaired) == (2, 2)
    assert {key: value for key, value in tree(stores.local().root).items() if key in before} == before == tree(second)


def test_a_version_added_to_a_damaged_object_does_not_make_the_damage_last(centre, second):
    (item,) = kept(centre, 1)
    copying.replicate(seconds=60)
    file = Path(stores.local().files(item.identifier)["files/b"])
    before = file.read_bytes()
    flip(file, random.Random(1))
    add_version(item, put=[File("c", b"new")], why="New")
    done = fixity.check_some(seconds=60)
    assert (done.faults, done.repaired, file.read_bytes()) == (1, 1, before)
    assert copying.replicate(seconds=60) >= 1
    assert tree(second / stores.place(item.pk)) == tree(stores.local().path(item.identifier))


def test_what_is_damaged_in_the_same_place_everywhere_stays_as_it_is(centre, second):
    (item,) = kept(centre, 1)
    copying.replicate(seconds=60)
    for root in (second, Path(stores.local().root)):
        flip(root / stores.place(item.pk) / "v1/content/files/b", random.Random(1))
    done = fixity.check_some(seconds=60)
    assert (done.faults, done.repaired) == (2, 0)
    assert os.listdir(stores.local().staging) == []


def test_without_another_copy_the_fault_stays_and_is_told(centre, settings):
    settings.FIXITY_RATE = 10**12
    (item,) = kept(centre, 1)
    flip(Path(stores.local().files(item.identifier)["files/b"]), random.Random(1))
    done = fixity.check_some(seconds=60)
    assert (done.faults, done.repaired) == (1, 0)
    assert "E093" in Copy.objects.get(item=item).fault
    assert [(e.type, e.outcome) for e in Event.objects.order_by("pk")][1:] == [
        ("fixity check", "fail"), ("recovery", "fail"),
    ]  # fmt: skip


def test_a_damaged_object_is_not_spread(centre, second):
    (item,) = kept(centre, 1)
    flip(Path(stores.local().files(item.identifier)["files/b"]), random.Random(1))
    assert copying.replicate(seconds=60) == 0
    assert not (second / stores.place(item.pk)).exists()


def test_a_purged_object_goes_from_both(centre, second):
    (item,) = kept(centre, 1)
    copying.replicate(seconds=60)
    place = second / stores.place(item.pk)
    assert place.exists()
    purging.purge_item(item)
    purging.finish()
    assert not [one for one in place.rglob("*") if one.is_file()]


def test_reading_keeps_to_its_budget(centre, settings):
    kept(centre, 4)
    done = fixity.check_some(seconds=1.5, rate=3000)
    assert 1 <= done.copies <= 3


@pytest.mark.parametrize("address", ["ftp://x", "s3://", "s3://b?secret=1", "file://host/x", "nonsense"])
def test_addresses_that_are_no_store(address):
    with pytest.raises(ShelfUnknown):
        Shelf(address)


def test_a_server_that_is_away_is_no_fault_of_the_bytes(centre, settings, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    (item,) = kept(centre, 1)
    settings.SECOND_STORE = "s3://bucket?endpoint=http://127.0.0.1:9"
    with pytest.raises(ShelfFailing):
        stores.second().put_object(stores.local().root, stores.place(item.pk))
    Copy.objects.create(item=item, store=stores.SECOND, head=1)
    done = fixity.check_some(seconds=30)
    assert (done.copies, done.faults) == (1, 0)
    assert Copy.objects.get(store="second").checked_at is None
