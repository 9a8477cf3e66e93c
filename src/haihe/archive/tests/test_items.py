"""Items as objects: what lies in them, what a crash leaves, and the catalogue made again from nothing else."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from haihe.archive import deposit, deposit_collected, read
from haihe.archive.domain import cataloguing, chain, granting, keeping, layout, packing, rebuilding, segments, stores
from haihe.archive.domain.faults import MayNotDeposit, NothingToKeep, PathNotKept
from haihe.archive.domain.items import Deposit, File, add_version, deposit_items
from haihe.archive.domain.ocfl.validating import validate
from haihe.archive.models import Blob, Copy, Event, Item, Master, Rights, Segment
from haihe.archive.tests.conftest import Answer
from haihe.archive.tests.ocfl_made import judge_accepts_root
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person

SCAN = os.urandom(3 << 20)


def boat(centre, by=None, **also) -> Deposit:
    files = [File("扫描/海河.tif", io.BytesIO(SCAN)), File("note.txt", "漕运".encode())]
    rights = {"licence": "CC-BY-4.0", "holder": "海河博物馆"}
    return Deposit(
        centre, files, title="漕船", about={"creator": "佚名", "subject": ["漕运", "船"]}, rights=rights, by=by, **also
    )


def dump() -> dict[str, list[dict]]:
    """Every field of every row that the objects must give back; times of rows themselves are none."""
    rows = {}
    for model, key, without in (
        (Item, "pk", ()),
        (Blob, "pk", ("created_at", "segment_id")),
        (Master, "pk", ("segment_id",)),
        (Segment, "name", ("id",)),
        (Event, "pk", ()),
        (Rights, "decided_at", ("id",)),
    ):
        rows[model.__name__] = [
            {name: value for name, value in row.items() if name not in without}
            for row in model.objects.order_by(key).values()
        ]
    names = dict(Segment.objects.values_list("pk", "name"))
    rows["places"] = [(b.pk, names.get(b.segment_id)) for b in Blob.objects.order_by("pk")]
    rows["records"] = [(str(m.pk), names.get(m.segment_id)) for m in Master.objects.order_by("pk")]
    return rows


def forget_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE archive_master SET segment_id = NULL, item_id = NULL")
    for model in (Rights, Master, Blob, Segment, Copy, Event, Item):
        model.objects.all().delete()


def test_a_deposit_is_one_valid_object_with_all_that_is_known_of_it(centre):
    (item,) = deposit_items([boat(centre)])

    store = stores.local()
    files = store.files(item.identifier)
    assert set(files) == {"files/扫描/海河.tif", "files/note.txt", "haihe/item.json", "haihe/events.jsonl"}
    assert Path(files["files/扫描/海河.tif"]).read_bytes() == SCAN
    assert validate(store.root).valid is True
    assert judge_accepts_root(store.root)
    assert os.listdir(store.staging) == []
    assert list(layout.incoming().iterdir()) == []
    assert (item.head, item.files, item.size) == (1, 2, len(SCAN) + 6)
    assert {master.path: read(master) for master in item.masters.all()} == {
        "扫描/海河.tif": SCAN,
        "note.txt": "漕运".encode(),
    }


def test_versions_keep_what_was_before(centre):
    (item,) = deposit_items([boat(centre)])
    put = [File("note.txt", "漕运,第二稿".encode()), File("back.txt", b"verso")]
    item = add_version(item, put=put, delete=["扫描/海河.tif"], why="A better note")
    item = add_version(item, rename={"back.txt": "verso.txt"}, why="Named after the field")

    store = stores.local()
    assert set(store.files(item.identifier, "v1")) >= {"files/扫描/海河.tif", "files/note.txt"}
    newest = {
        path: Path(file).read_bytes() for path, file in store.files(item.identifier).items() if path[:6] == "files/"
    }
    assert newest == {"files/note.txt": "漕运,第二稿".encode(), "files/verso.txt": b"verso"}
    assert (item.head, item.files, item.size) == (3, 2, len("漕运,第二稿".encode()) + 5)
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == [
        "ingestion", "accession", "metadata modification",
    ]  # fmt: skip
    assert judge_accepts_root(store.root)


def test_rebuild_gives_every_field_and_the_chain_back(centre, django_user_model):
    person = Person.objects.create_superuser("keeper", "keeper@example.org")
    museum = found("海河博物馆", slug="museum", kind="museum", name_en="Haihe Museum")
    first, _second = deposit_items([boat(centre, by=person), boat(museum)])
    add_version(first, put=[File("note.txt", b"new")], why="New note", by=person)
    deposit(
        b"loose", organisation=museum, source_kind="upload", filename="loose.txt", rights={"note": "授权"}, by=person
    )
    deposit_collected(Answer(b"<rss/>"), organisation=centre, source_kind="feed", rights={"licence": "none"})
    deposit_collected(Answer(b"<rss/>"), organisation=museum, source_kind="feed")
    deposit_collected(Answer(SCAN[:1000]), organisation=museum, source_kind="feed")
    segments._writer.close()
    assert segments.seal(segments._writer.row)
    Segment.objects.update(sealed_at=Segment.objects.get().sealed_at - timedelta(hours=1))
    assert (keeping.keep_loose(), keeping.keep_segments()) == (1, 1)
    assert keeping.keep_segments() == 0
    granting.withdraw(Master.objects.get(filename="loose.txt"), by=person, reason="错误")
    granting.withdraw(Master.objects.filter(segment__isnull=False)[0], by=person, reason="错误")
    assert (keeping.keep_rights(), keeping.keep_rights()) == (2, 0)
    before = dump()
    assert [len(before[name]) for name in ("Item", "Master", "Segment", "Event", "Rights")] == [4, 9, 1, 7, 2]

    forget_all()
    done = rebuilding.rebuild(jobs=1)

    assert done.left == []
    assert (done.objects, done.events) == (4, 7)
    assert dump() == before
    assert rebuilding.rebuild(jobs=1).objects == 4  # again
    assert dump() == before
    for master in Master.objects.all():
        read(master)


def test_an_organisation_that_is_gone_is_founded_again(db):
    museum = found("海河博物馆", slug="museum", kind="museum", name_en="Haihe Museum")
    deposit_items([boat(museum)])
    forget_all()
    Organisation.objects.all().delete()

    rebuilding.rebuild(jobs=1)

    row = Organisation.objects.get()
    assert (row.name, row.slug, row.kind, row.name_en) == ("海河博物馆", "museum", "museum", "Haihe Museum")
    assert {master.organisation for master in Master.objects.all()} == {row}


def test_what_a_damaged_object_says_is_not_taken(centre):
    bad, good = deposit_items([boat(centre), boat(centre)])
    Path(stores.local().files(bad.identifier)["haihe/item.json"]).write_bytes(b"{}")
    forget_all()

    with pytest.raises(chain.ChainBroken):
        rebuilding.rebuild(jobs=1)

    assert list(Item.objects.values_list("pk", flat=True)) == [good.pk]


def test_a_crash_before_the_catalogue_was_written_is_made_good(centre, monkeypatch):
    deposit_items([boat(centre)])
    real = cataloguing.catalogue

    def dying(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(cataloguing, "catalogue", dying)
    with pytest.raises(KeyboardInterrupt):
        deposit_items([boat(centre), boat(centre)])
    assert Item.objects.count() == 1
    assert len(os.listdir(stores.local().staging)) == 1
    monkeypatch.setattr(cataloguing, "catalogue", real)

    with chain.held():
        pass

    assert Item.objects.count() == 3
    assert chain.check() == 3
    assert os.listdir(stores.local().staging) == []


def test_all_of_a_batch_or_nothing(centre):
    with pytest.raises(PathNotKept):
        deposit_items([boat(centre), Deposit(centre, [File("../out", b"x")])])
    with pytest.raises(NothingToKeep):
        deposit_items([boat(centre), Deposit(centre, [])])
    assert (Item.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", "a/../b", ".", "haihe/item.json", "a\0b", "x" * 5000])
def test_paths_that_are_not_kept(centre, path):
    with pytest.raises(PathNotKept):
        deposit_items([Deposit(centre, [File(path, b"x")])])


@pytest.mark.parametrize("path", ["河" * 300, "a\nb", 'a:b*c?"<>|', "CON", "结尾.", "e\u0301", "é"])
def test_names_no_disk_likes_are_kept_all_the_same(centre, path):
    (item,) = deposit_items([Deposit(centre, [File(path, b"x"), File("other", b"y")])])
    assert read(item.masters.get(path=path)) == b"x"
    assert judge_accepts_root(stores.local().root)


def test_only_who_may_create_there_deposits(centre):
    stranger = Person.objects.create_user("stranger")
    with pytest.raises(MayNotDeposit):
        deposit_items([boat(centre, by=stranger)])


def test_loose_bytes_of_two_organisations_become_two_objects(centre):
    other = found("区博物馆", slug="other")
    first = deposit(SCAN, organisation=centre, source_kind="upload")
    second = deposit(SCAN, organisation=other, source_kind="upload")
    assert keeping.keep_loose() == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.item_id != second.item_id
    assert not layout.blob_file(first.blob_id).exists()
    assert read(first) == read(second) == SCAN
    third = deposit(SCAN, organisation=centre, source_kind="upload")
    assert keeping.keep_loose() == 1
    assert read(third) == SCAN
    assert validate(stores.local().root).valid is True


def test_a_damaged_loose_file_becomes_no_object(centre):
    master = deposit(b"whole", organisation=centre, source_kind="upload")
    file = layout.blob_file(master.blob_id)
    file.chmod(0o600)
    file.write_bytes(b"torn")
    assert keeping.keep_loose() == 0
    assert file.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.full
@pytest.mark.parametrize("kills", [5, 100])
def test_killed_anywhere_nothing_acknowledged_is_lost_and_the_chain_holds(tmp_path, kills):
    """Deposits and versions in processes killed at random moments: the next one makes good what the last one left."""
    connection.ensure_connection()
    with sqlite3.connect(tmp_path / "haihe.sqlite3") as file:
        connection.connection.backup(file)
    command = [sys.executable, "-m", "haihe.archive.tests.killed", str(kills)]
    done = subprocess.run(
        command, env={**os.environ, "HAIHE_HOME": str(tmp_path)}, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {
        "lost": [],
        "orphans": [],
        "left": [],
        "valid": True,
        "events": told["versions"],
        "versions": told["versions"],
    }
    assert told["versions"] > kills


def test_changed_events_are_found(centre):
    deposit_items([boat(centre), boat(centre)])
    assert chain.check() == 2
    Event.objects.filter(pk=1).update(outcome="fail")
    with pytest.raises(chain.ChainBroken, match="Event 1 is not as it was written"):
        chain.check()
    assert packing.broken_link([]) == ""
