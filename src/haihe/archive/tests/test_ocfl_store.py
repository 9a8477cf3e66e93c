"""What the store writes: right for ocfl-py and for our validator, whatever the history and the names."""

import hashlib
import json
import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haihe.archive.domain.ocfl.changes import Changes, Metadata, portable
from haihe.archive.domain.ocfl.errors import (
    ChangeRefused,
    NoSuchObject,
    ObjectDamaged,
    ObjectExists,
    PathRefused,
    StoreUnusable,
    VersionConflict,
)
from haihe.archive.domain.ocfl.layout import HASHED, Layout
from haihe.archive.domain.ocfl.store import Store
from haihe.archive.domain.ocfl.validating import validate
from haihe.archive.tests.ocfl_disks import QuickDisk
from haihe.archive.tests.ocfl_made import ID, WHO, codes, judge_accepts, judge_accepts_root, one_object

NAMES = st.sampled_from(
    [
        "a.txt",
        "A.TXT",
        "sub/b",
        "Sub/B",
        "sub",
        "\u6d77\u6cb3/\u7167\u7247.tif",
        "\u6d77" * 300,
        "con",
        "x ",
        "x",
        "a\x00b",
        "tab\there",
        "back\\slash",
        "=1",
        "CON.txt",
        ".keep",
        "a" * 250,
        "/".join("d" * 30),
        "\U0001f3ee/e\u0301",
        "\u00e9",
    ]
)
BYTES = st.sampled_from([b"", b"one", b"two", b"three", bytes(70_000)])
STEP = st.fixed_dictionaries(
    {
        "put": st.dictionaries(NAMES, BYTES, max_size=3),
        "delete": st.integers(0, 2),
        "rename": st.lists(NAMES, max_size=2, unique=True),
    }
)


def contents(store: Store, identifier: str, version: str = "") -> dict[str, bytes]:
    return {path: Path(file).read_bytes() for path, file in store.files(identifier, version).items()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(STEP, min_size=1, max_size=5),
    st.randoms(use_true_random=False),
    st.sampled_from(["urn:a:b", "\u6d77 \u6cb3"]),
)
def test_any_history_is_valid_and_keeps_every_version(
    steps: list[dict], chance: random.Random, identifier: str
) -> None:
    with tempfile.TemporaryDirectory(prefix="ocfl-") as folder:
        store = Store(f"{folder}/root", disk=QuickDisk())
        history: list[dict[str, bytes]] = []
        for step in steps:
            _one_step(store, identifier, step, history, chance)
        for number, state in enumerate(history, 1):
            assert contents(store, identifier, f"v{number}") == state
        if history:
            path = Path(store.path(identifier))
            assert codes(path) <= {"W005"}
            assert judge_accepts(path)
        assert validate(store.root).valid is True
        assert os.listdir(store.staging) == []


def _one_step(
    store: Store, identifier: str, step: dict, history: list[dict[str, bytes]], chance: random.Random
) -> None:
    state = dict(history[-1]) if history else {}
    gone = chance.sample(sorted(state), min(step["delete"], len(state)))
    for path in gone:
        del state[path]
    rename = dict(zip(sorted(state), step["rename"], strict=False))
    moved = {new: state.pop(old) for old, new in rename.items()}
    clash = bool(moved.keys() & state.keys())
    state |= moved
    state |= step["put"]
    try:
        with store.batch() as batch:
            if history:
                batch.add_version(identifier, Changes(step["put"], gone, rename), WHO)
            else:
                batch.create(identifier, step["put"], WHO)
    except ChangeRefused:
        assert clash
    except PathRefused:
        assert _conflicting(state)
    else:
        assert not clash
        history.append(state if history else dict(step["put"]))
        assert [one.version for one in batch.receipts] == [f"v{len(history)}"]


def _conflicting(paths: dict[str, bytes]) -> bool:
    return any(other.startswith(f"{path}/") for path in paths for other in paths)


def test_the_root_is_valid_for_the_judge(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    with store.batch() as batch:
        for number in range(20):
            batch.create(f"urn:test:{number}", {"a": b"%d" % number, "b/c": b"same"}, WHO)
    assert judge_accepts_root(store.root)
    assert [one.id for one in batch.receipts] == [f"urn:test:{number}" for number in range(20)]
    assert {one.inventory for one in batch.receipts} == {
        hashlib.sha512(Path(one.path, "inventory.json").read_bytes()).hexdigest() for one in batch.receipts
    }


def test_layout_0004_is_written_and_opened_again(tmp_path: Path) -> None:
    layout = Layout(HASHED, "sha256", 2, 2)
    with Store(tmp_path / "root", layout=layout).batch() as batch:
        batch.create(ID, {"a": b"1"}, WHO)
    again = Store(tmp_path / "root")
    assert again.layout == layout
    assert contents(again, ID) == {"a": b"1"}
    assert validate(again.root).valid is True


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    path = one_object(tmp_path)
    assert sorted(str(one.relative_to(path)) for one in path.glob("v*/content/**/*") if one.is_file()) == [
        "v1/content/a.txt",
        "v1/content/sub/b.txt",
        "v2/content/sub/b.txt",
    ]
    fixity = json.loads((path / "inventory.json").read_text())["fixity"]["sha256"]
    assert fixity[hashlib.sha256(b"first").hexdigest()] == ["v1/content/a.txt"]


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 17])
def test_files_are_copied_whatever_their_size(tmp_path: Path, size: int) -> None:
    data = random.Random(size).randbytes(size)
    (tmp_path / "source").write_bytes(data)
    store = Store(tmp_path / "root")
    with store.batch() as batch:
        batch.create(ID, {"a": tmp_path / "source", "b": str(tmp_path / "source")}, WHO)
    assert contents(store, ID) == {"a": data, "b": data}
    assert len(set(store.files(ID).values())) == 1
    assert judge_accepts(Path(store.path(ID)))


def test_an_object_without_files(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    with store.batch() as batch:
        batch.create(ID, {}, WHO)
    assert contents(store, ID) == {}
    assert judge_accepts(Path(store.path(ID)))


@pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", "../a", "a/./b", ".", "\ud800"])
def test_paths_that_ocfl_does_not_allow(tmp_path: Path, path: str) -> None:
    store = Store(tmp_path / "root")
    with pytest.raises(PathRefused), store.batch() as batch:
        batch.create(ID, {path: b"x"}, WHO)
    assert os.listdir(store.staging) == []
    assert validate(store.root).objects == 0


def test_what_cannot_be_done_is_said_and_changes_nothing(tmp_path: Path) -> None:
    one_object(tmp_path)
    store = Store(tmp_path / "root")
    before = {path: path.read_bytes() for path in (tmp_path / "root").rglob("*") if path.is_file()}
    refusals = [
        (ObjectExists, lambda batch: batch.create(ID, {}, WHO)),
        (NoSuchObject, lambda batch: batch.add_version("urn:none", Changes(), WHO)),
        (ChangeRefused, lambda batch: batch.add_version(ID, Changes(delete=["nowhere"]), WHO)),
        (ChangeRefused, lambda batch: batch.add_version(ID, Changes(rename={"nowhere": "x"}), WHO)),
        (ChangeRefused, lambda batch: batch.add_version(ID, Changes(rename={"a.txt": "c.txt"}), WHO)),
        (PathRefused, lambda batch: batch.add_version(ID, Changes(put={"sub": b"x"}), WHO)),
        (ChangeRefused, lambda batch: batch.create("urn:new", {}, Metadata("", "", "", "yesterday"))),
        (PathRefused, lambda batch: batch.create("", {}, WHO)),
    ]
    for error, change in refusals:
        with pytest.raises(error), store.batch() as batch:
            change(batch)
    with store.batch() as batch:
        batch.create("urn:twice", {}, WHO)
        with pytest.raises(ChangeRefused):
            batch.create("urn:twice", {}, WHO)
    shutil.rmtree(store.path("urn:twice"))
    os.rmdir(os.path.dirname(store.path("urn:twice")))
    assert {path: path.read_bytes() for path in (tmp_path / "root").rglob("*") if path.is_file()} == before
    assert validate(store.root).valid is True


def test_a_source_that_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    store = Store(tmp_path / "root")
    for source in (tmp_path / "pipe", tmp_path, tmp_path / "nowhere"):
        with pytest.raises(Exception, match="Nothing was stored"), store.batch() as batch:
            batch.create(ID, {"a": source}, WHO)


def test_a_damaged_object_gets_no_version(tmp_path: Path) -> None:
    path = one_object(tmp_path)
    (path / "inventory.json.sha512").write_text("0" * 128 + " inventory.json\n")
    with pytest.raises(ObjectDamaged), Store(tmp_path / "root").batch() as batch:
        batch.add_version(ID, Changes(), WHO)


def test_of_two_writers_one_is_told(tmp_path: Path) -> None:
    one_object(tmp_path)
    store = Store(tmp_path / "root")
    with store.batch() as first, store.batch() as second:
        for batch, data in ((first, b"1"), (second, b"2")):
            batch.add_version(ID, Changes(put={"new": data}), WHO)
            batch.create("urn:new", {"new": data}, WHO)
    assert [one.version for one in second.receipts] == ["v3", "v1"]
    assert first.receipts == []
    assert [type(error) for _id, error in first.refused] == [VersionConflict, ObjectExists]
    assert contents(store, ID)["new"] == contents(store, "urn:new")["new"] == b"2"
    assert judge_accepts_root(store.root)
    assert os.listdir(store.staging) == []


def test_a_repair_leaves_living_batches_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    with store.batch() as batch:
        batch.create(ID, {"a": b"1"}, WHO)
        done = store.repair()
    assert done.completed == done.removed == []
    assert len(batch.receipts) == 1


def test_padded_versions_of_others_are_carried_on(tmp_path: Path, data_folder: Path) -> None:
    fixture = data_folder / "ocfl" / "1.1" / "warn-objects" / "W001_zero_padded_versions"
    store = Store(tmp_path / "root")
    identifier = json.loads((fixture / "inventory.json").read_text())["id"]
    shutil.copytree(fixture, store.path(identifier))
    with store.batch() as batch:
        batch.add_version(identifier, Changes(put={"new": b"new"}), WHO)
    assert [one.version for one in batch.receipts] == ["v004"]
    assert codes(Path(store.path(identifier))) == {"W001"} | ({"W005"} if ":" not in identifier else set())
    assert judge_accepts(Path(store.path(identifier)))


def test_a_folder_that_is_no_storage_root(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnusable):
        Store(tmp_path)


def test_names_that_some_file_system_cannot_hold() -> None:
    held = ["a", "a b/c.d", "\u6d77\u6cb3.tif", ".keep", "confirm", "a.con"]
    not_held = ["con", "a/NUL.txt", "a:b", "a.", "a ", "a /b", "\u6d77" * 100, "a" * 201, "a/" * 20 + "a", "=a", "a\nb"]
    assert [name for name in held if not portable(name)] == []
    assert [name for name in not_held if portable(name)] == []
