"""Storage roots: declaration, layout, folders that lead to objects, and what holds for all objects together."""

import json
import os
import shutil
from pathlib import Path

import pytest

from haihe.archive.domain.ocfl.layout import FLAT, HASH_AND_ID, HASHED, Layout, LayoutUnknown, from_config
from haihe.archive.domain.ocfl.store import Store
from haihe.archive.domain.ocfl.validating import validate
from haihe.archive.tests.ocfl_made import WHO, codes


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store = Store(tmp_path / "root")
    with store.batch() as batch:
        for number in range(3):
            batch.create(f"urn:test:{number}", {"a.txt": b"%d" % number}, WHO)
    return tmp_path / "root"


def an_object(root: Path) -> Path:
    return next(root.glob("*/urn*"))


def found(root: Path) -> set[str]:
    return set(validate(root).counts)


def test_a_root_that_we_made_is_valid(root: Path) -> None:
    report = validate(root)
    assert (report.kind, report.spec, report.valid, report.objects, report.files) == ("root", "1.1", True, 3, 3)
    assert report.counts.total() == 0


def test_processes_find_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("haihe.archive.domain.ocfl.validating.PROCESSES_FROM", 2)
    monkeypatch.setattr("haihe.archive.domain.ocfl.validating.PART", 1)
    (an_object(root) / "extra").touch()
    assert validate(root, jobs=2) == validate(root)


def test_declarations(root: Path) -> None:
    declaration = root / "0=ocfl_1.1"
    declaration.write_text("ocfl_1.1")
    assert found(root) == {"E080"}
    declaration.rename(root / "1=ocfl_1.1")
    assert found(root) == {"E069", "E076", "E077", "E078"}
    (root / "1=ocfl_1.1").rename(root / "0=ocfl_7.7")
    assert found(root) == {"E069", "E076", "E077", "E079"}
    (root / "0=ocfl_7.7").unlink()
    assert found(root) == {"E069", "E076"}
    (root / "0=ocfl_1.0").write_text("ocfl_1.0\n")
    assert found(root) == {"E081"}
    declaration.write_text("ocfl_1.1\n")
    assert found(root) == {"E076"}


def test_layout_file(root: Path) -> None:
    layout = root / "ocfl_layout.json"
    for text in ("", "[]", "{}", '{"extension": "x"}', '{"description": "x"}', "\ud800", "[" * 100_000):
        layout.write_text(text, errors="surrogatepass")
        assert found(root) == {"E070"}, text[:20]
    layout.write_text(json.dumps({"extension": "mine", "description": "x"}))
    assert found(root) == {"E071"}
    layout.unlink()
    assert found(root) == set()


def test_folders_that_lead_to_no_object(root: Path) -> None:
    (root / "zzz" / "empty").mkdir(parents=True)
    assert found(root) == {"E073", "E085"}
    (root / "zzz" / "empty" / "file").touch()
    assert found(root) == {"E072", "E084"}
    shutil.rmtree(root / "zzz")
    (root / "README").touch()
    assert found(root) == set()
    (root / "link").symlink_to("README")
    assert found(root) == {"E090"}


def test_root_extensions(root: Path) -> None:
    (root / "extensions" / "mine").mkdir()
    assert found(root) == {"W016"}
    (root / "extensions" / "file").touch()
    assert found(root) == {"W016", "E112"}


def test_the_same_id_twice(root: Path) -> None:
    shutil.copytree(an_object(root), root / "zzz" / "copy")
    assert found(root) == {"E037", "E083", "W014"}
    shutil.move(root / "zzz" / "copy", root / "copy")
    shutil.rmtree(root / "zzz")
    assert found(root) == {"E037", "E083", "W014", "W015"}


def test_hard_links_between_objects(root: Path) -> None:
    one, other = sorted(root.glob("*/urn*/v1/content/a.txt"))[:2]
    other.unlink()
    os.link(one, other)
    assert "E090" in found(root)


def test_an_object_in_a_root_is_judged_as_alone(root: Path) -> None:
    path = an_object(root)
    (path / "v1" / "content" / "a.txt").write_text("changed")
    report = validate(root)
    assert codes(path) == set(report.counts) == {"E092", "E093"}
    assert {one.path for one in report.errors} == {f"{path.relative_to(root)}/v1/content/a.txt"}
    assert (report.objects, report.invalid) == (3, 1)


def test_layouts_of_the_extensions() -> None:
    """The examples of the texts of extensions 0003 and 0004."""
    digest = "487326d8c2a3c0b885e23da1469b4d6671fd4e76978924b4443e9e3c316cda6d"
    assert from_config(HASHED, {}).path("..hor/rib:le-$id") == f"487/326/d8c/{digest}"
    short = {"digestAlgorithm": "md5", "tupleSize": 2, "numberOfTuples": 15, "shortObjectRoot": True}
    assert from_config(HASHED, short).path("object-01") == "ff/75/53/44/92/48/5e/ab/b3/9f/86/35/67/28/88/4e"
    assert from_config(HASHED, {"tupleSize": 0, "numberOfTuples": 0}).path("..hor/rib:le-$id") == digest
    assert from_config(HASH_AND_ID, {}).path("object-01") == "3c0/ff4/240/object-01"
    assert from_config(HASH_AND_ID, {}).path("..hor/rib:le-$id") == "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"
    assert from_config(FLAT, {}).path("object-01") == "object-01"
    for wrong in (
        {"tupleSize": 0},
        {"tupleSize": 33},
        {"tupleSize": 3.5},
        {"tupleSize": True},
        {"digestAlgorithm": "x"},
    ):
        with pytest.raises(LayoutUnknown):
            from_config(HASHED, wrong)


@pytest.mark.parametrize("identifier", ["a", "urn:\u6d77\u6cb3/\u5929\u6d25", "x" * 500, "%41", "..", "\u0000", "a.v1"])
@pytest.mark.parametrize("extension", [HASH_AND_ID, HASHED])
def test_a_folder_name_leads_back_to_its_path(identifier: str, extension: str) -> None:
    layout = Layout(extension, "sha256", 3, 2)
    path = layout.path(identifier)
    assert layout.path_of_name(path.rpartition("/")[2]) == path
    assert ".." not in path.split("/")
