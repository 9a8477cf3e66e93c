"""The archive beside and in a real S3 server (OpenStack Swift): the same bytes, repaired, moved there and rebuilt."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from haihe.archive import read
from haihe.archive.domain import chain, copying, dropping, fixity, moving, purging, rebuilding, stores, versions
from haihe.archive.domain.items import File, add_version
from haihe.archive.domain.shelf import Shelf, ShelfFailing
from haihe.archive.models import Blob, Copy, Event, Item, Master
from haihe.archive.tests.ocfl_made import judge_accepts_root
from haihe.archive.tests.test_fixity import kept, tree
from haihe.archive.tests.test_items import dump, forget_all


def name_of(address: str) -> str:
    return urlsplit(address).netloc


def written(objects: dict[str, bytes], folder: Path) -> Path:
    """What a bucket holds as files, for a judge who knows no buckets."""
    for name, data in objects.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def flip(client, bucket: str, key: str, chance: random.Random) -> None:
    data = bytearray(client.get_object(Bucket=bucket, Key=key)["Body"].read())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    client.put_object(Bucket=bucket, Key=key, Body=bytes(data))


def test_disk_and_bucket_hold_the_same_bytes(centre, settings, swift, bucket, tmp_path):
    settings.SECOND_STORE = bucket()
    first, _other = kept(centre, 2)
    assert copying.replicate(seconds=60) == 2
    add_version(first, put=[File("b", b"new")], why="New")
    assert (copying.replicate(seconds=60), copying.replicate(seconds=60)) == (1, 0)
    objects = swift.objects(name_of(settings.SECOND_STORE))
    assert objects == tree(stores.local().root)
    assert judge_accepts_root(str(written(objects, tmp_path / "judged")))


def test_flipped_bits_in_a_bucket_and_on_the_disk_are_repaired_from_each_other(centre, settings, swift, bucket):
    settings.SECOND_STORE, settings.FIXITY_RATE = bucket(), 10**12
    items = kept(centre, 4)
    copying.replicate(seconds=60)
    before, chance = tree(stores.local().root), random.Random(8)
    client, name = swift.client(), name_of(settings.SECOND_STORE)
    for item in items[:2]:
        keys = [key for key in before if key.startswith(stores.place(item.pk))]
        flip(client, name, chance.choice(sorted(keys)), chance)
    for item in items[2:]:
        shutil.rmtree(stores.local().path(item.identifier))
    done = fixity.check_some(seconds=60)
    assert (done.faults, done.repaired) == (4, 4)
    assert swift.objects(name) == before
    assert {key: data for key, data in tree(stores.local().root).items() if key in before} == before
    assert Event.objects.filter(type="recovery", outcome="success").count() == 4
    assert Item.objects.filter(kind="log").count() == 2  # one of what was found, one of what became of it


def test_the_archive_moves_into_a_bucket_and_goes_on_living(centre, settings, swift, bucket, tmp_path):
    first, second = kept(centre, 2)
    master = first.masters.get(path="b")
    content = read(master)
    before = tree(stores.local().root)
    address = bucket()

    moved = moving.move(address, grace=0)

    assert moved.objects == 2
    held = swift.objects(name_of(address))
    assert {key: held[key] for key in before} == before
    assert not Path(stores.local().path(first.identifier)).exists()
    assert read(master) == content
    assert versions.history(first)[0][0].lines
    add_version(first, put=[File("c", b"third")], why="More")
    assert copying.go_on(seconds=60, settled=False) == 2  # the version, and the event of the move
    assert not Path(stores.local().path(first.identifier)).exists()
    assert judge_accepts_root(str(written(swift.objects(name_of(address)), tmp_path / "judged")))
    dropping.export_bag(first, tmp_path / "bag")
    assert (tmp_path / "bag/data/c").read_bytes() == b"third"
    purging.purge_item(second)
    purging.finish()
    assert not [key for key in swift.objects(name_of(address)) if key.startswith(stores.place(second.pk))]
    assert chain.check() == Event.objects.count()

    moving.move("home", grace=0)
    assert (stores.main(), Copy.objects.filter(store="main").count()) == (None, 0)
    assert read(master) == content
    assert judge_accepts_root(stores.local().root)


def test_what_lies_in_a_bucket_alone_is_rebuilt_from_it(centre, settings, swift, bucket):
    first, _second = kept(centre, 2)
    add_version(first, put=[File("b", b"new")], why="New")
    moving.move(bucket(), grace=0)
    kept(centre, 1)
    before = dump()
    forget_all()
    done = rebuilding.rebuild(jobs=1)
    assert (done.objects, done.left) == (4, [])
    assert dump() == before
    assert read(first.masters.get(path="b", version=2)) == b"new"


def test_a_server_that_stops_and_starts_loses_and_blames_nothing(centre, settings, swift, bucket):
    settings.SECOND_STORE, settings.FIXITY_RATE = bucket(), 10**12
    kept(centre, 2)
    copying.replicate(seconds=60)
    kept(centre, 1)
    swift.stop()
    try:
        with pytest.raises(ShelfFailing):
            copying.replicate(seconds=60)
        done = fixity.check_some(seconds=60)
        assert (done.copies, done.faults) == (3, 0)  # those of the disk
    finally:
        swift.start()
    assert copying.replicate(seconds=60) == 1
    assert fixity.check_some(seconds=60).copies == 3
    assert swift.objects(name_of(settings.SECOND_STORE)) == tree(stores.local().root)


def test_an_object_damaged_on_the_way_keeps_its_place_on_the_disk(centre, settings, swift, bucket):
    (item,) = kept(centre, 1)
    address = bucket()
    stores.set_main(address)
    copying._bring(stores.MAIN, stores.main(), seconds=60)
    key = next(key for key in swift.objects(name_of(address)) if key.endswith("b"))
    flip(swift.client(), name_of(address), key, random.Random(1))
    assert copying.go_on(seconds=60, settled=False) == 0
    assert Path(stores.local().path(item.identifier)).is_dir()
    assert "E093" in Copy.objects.get(store="main").fault


def test_a_bucket_that_is_not_there_is_refused_before_anything_moves(centre, swift, bucket):
    kept(centre, 1)
    missing = bucket().replace("s3://", "s3://not")
    with pytest.raises(ShelfFailing):
        moving.move(missing, grace=0)
    assert stores.main() is None
    assert (Blob.objects.count(), Master.objects.count()) == (2, 2)


def test_content_is_sent_once(centre, swift, bucket):
    (item,) = kept(centre, 1)
    shelf, root, place = Shelf(bucket()), stores.local().root, stores.place(item.pk)
    whole = shelf.put_object(root, place)
    again = shelf.put_object(root, place)
    assert whole - again == item.size + sum(file.stat().st_size for file in Path(root, place).rglob("content/haihe/*"))
