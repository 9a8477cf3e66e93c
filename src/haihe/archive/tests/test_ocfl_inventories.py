"""One thing wrong in an otherwise right object, and the code that the specification gives it."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from haihe.archive.domain.ocfl.names import is_time, is_uri
from haihe.archive.domain.ocfl.objects import validate_object
from haihe.archive.tests.ocfl_made import codes, one_object, rewrite, store_inventory

Change = Callable[[dict[str, Any]], None]
SHA512 = hashlib.sha512(b"first").hexdigest()


def put(*keys: str, value: object) -> Change:
    def change(inventory: dict[str, Any]) -> None:
        place = inventory
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value

    return change


def drop(*keys: str) -> Change:
    def change(inventory: dict[str, Any]) -> None:
        place = inventory
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return change


def logical(path: object) -> Change:
    def change(inventory: dict[str, Any]) -> None:
        inventory["versions"]["v2"]["state"][SHA512].append(path)

    return change


def content(path: object) -> Change:
    def change(inventory: dict[str, Any]) -> None:
        inventory["manifest"][SHA512].append(path)

    return change


def uppercase(block: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    def change(inventory: dict[str, Any]) -> None:
        place = block(inventory)
        place[SHA512.upper()] = place.pop(SHA512)

    return change


IN_THE_ROOT: list[tuple[str, Change]] = [
    ("E036", drop("id")),
    ("E036", drop("type")),
    ("E036", drop("digestAlgorithm")),
    ("E036", drop("head")),
    ("E037", put("id", value="")),
    ("E037", put("id", value=7)),
    ("E038", put("type", value="https://ocfl.io/1.0/spec/#inventory")),
    ("E038", put("type", value="https://ocfl.io/9.9/spec/#inventory")),
    ("E038", put("type", value=["https://ocfl.io/1.1/spec/#inventory"])),
    ("E025", put("digestAlgorithm", value="md5")),
    ("E025", put("digestAlgorithm", value=None)),
    ("E039", put("digestAlgorithm", value="sha256")),
    ("E040", put("head", value="v1")),
    ("E040", put("head", value=2)),
    ("E017", put("contentDirectory", value="con/tent")),
    ("E018", put("contentDirectory", value="..")),
    ("E108", put("contentDirectory", value="")),
    ("E019", put("contentDirectory", value="content")),
    ("E020", put("contentDirectory", value="other")),
    ("E041", drop("manifest")),
    ("E106", put("manifest", value=[])),
    ("E092", put("manifest", SHA512, value="v1/content/a.txt")),
    ("E092", put("manifest", SHA512, value=[])),
    ("E092", content("v1/content/nowhere")),
    ("E099", content("v1/content/../a.txt")),
    ("E099", content("v1/content//a.txt")),
    ("E100", content("/v1/content/a.txt")),
    ("E100", content("v1/content/a.txt/")),
    ("E101", content("v1/content/a.txt")),
    ("E101", content("v1/content/a.txt/x")),
    ("E042", content("a.txt")),
    ("E014", content("v9/content/a.txt")),
    ("E042", content("v1/other/a.txt")),
    ("E035", content("v1\\content\\a.txt")),
    ("E031", put("manifest", "x" * 128, value=["v1/content/a.txt"])),
    ("E107", put("manifest", "0" * 128, value=["v1/content/a.txt"])),
    ("E044", drop("versions")),
    ("E044", put("versions", value=[])),
    ("E008", put("versions", value={})),
    ("E047", put("versions", "v2", value=[])),
    ("E009", drop("versions", "v1")),
    ("E010", put("versions", "v5", value={})),
    ("E104", put("versions", "5", value={})),
    ("E105", put("versions", "v0", value={})),
    ("E105", put("versions", "v" + "9" * 5000, value={})),
    ("E012", put("versions", "v03", value={})),
    ("E013", put("versions", "v03", value={})),
    ("E011", put("versions", "v03", value={})),
    ("E048", drop("versions", "v2", "created")),
    ("E048", drop("versions", "v2", "state")),
    ("E049", put("versions", "v2", "created", value="2026-01-02")),
    ("E049", put("versions", "v2", "created", value=20260102)),
    ("E050", put("versions", "v2", "state", value=[])),
    ("E050", put("versions", "v2", "state", SHA512, value="a.txt")),
    ("E050", put("versions", "v2", "state", "0" * 128, value=["x"])),
    ("E050", uppercase(lambda inventory: inventory["versions"]["v2"]["state"])),
    ("E051", logical(7)),
    ("E052", logical("x/./y")),
    ("E052", logical("..")),
    ("E052", logical("")),
    ("E053", logical("/x")),
    ("E053", logical("x/")),
    ("E095", logical("a.txt")),
    ("E095", logical("a.txt/x")),
    ("E094", put("versions", "v2", "message", value=["x"])),
    ("E054", put("versions", "v2", "user", value="x")),
    ("E054", drop("versions", "v2", "user", "name")),
    ("E102", put("extra", value=1)),
    ("E102", put("versions", "v2", "extra", value=1)),
    ("E102", put("versions", "v2", "user", "extra", value=1)),
    ("E111", put("fixity", value=None)),
    ("E056", put("fixity", "crc32", value={})),
    ("E057", put("fixity", "md5", value=[])),
    ("E057", put("fixity", "md5", value={"0" * 32: "v1/content/a.txt"})),
    ("E093", put("fixity", "md5", value={"0" * 32: ["v1/content/a.txt"]})),
    ("E093", put("fixity", "size", value={"6": ["v1/content/a.txt"]})),
    ("E029", put("fixity", "sha1", value={"x" * 40: ["v1/content/a.txt"]})),
    ("E032", put("fixity", "blake2b-512", value={"x" * 128: ["v1/content/a.txt"]})),
    ("E096", put("manifest", SHA512.upper(), value=["v1/content/a.txt"])),
    ("E097", put("fixity", "md5", value={"a" * 32: ["v1/content/a.txt"], "A" * 32: []})),
    ("W004", put("digestAlgorithm", value="sha256")),
    ("W005", put("id", value="no uri")),
    ("W007", drop("versions", "v2", "message")),
    ("W007", drop("versions", "v2", "user")),
    ("W008", drop("versions", "v2", "user", "address")),
    ("W009", put("versions", "v2", "user", "address", value="Tester Lane 1")),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return one_object(tmp_path_factory.mktemp("ocfl"))


def test_the_object_is_right_before_it_is_changed(made: Path) -> None:
    assert codes(made) == set()


@pytest.mark.parametrize(("code", "change"), IN_THE_ROOT)
def test_a_wrong_inventory_has_its_code(made: Path, tmp_path: Path, code: str, change: Change) -> None:
    path = shutil.copytree(made, tmp_path / "object")
    rewrite(path, change)
    assert code in codes(path)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("E040", put("head", value="v2")),
        ("E066", put("versions", "v1", "state", SHA512, value=["other.txt"])),
        ("E110", put("id", value="urn:test:two")),
        ("W011", put("versions", "v1", "message", value="another")),
        ("W011", put("versions", "v1", "created", value="2026-01-02T03:04:06Z")),
        ("E023", drop("manifest", SHA512)),
        ("E066", put("versions", "v2", value={"created": "2026-01-02T03:04:05Z", "state": {}})),
        ("E103", put("type", value="https://ocfl.io/1.1/spec/#inventory")),
    ],
)
def test_a_wrong_earlier_inventory_has_its_code(made: Path, tmp_path: Path, code: str, change: Change) -> None:
    path = shutil.copytree(made, tmp_path / "object")
    rewrite(path, change, "v1")
    if code == "E103":  # an object of 1.0 whose first version is of 1.1
        (path / "0=ocfl_object_1.1").rename(path / "0=ocfl_object_1.0")
        (path / "0=ocfl_object_1.0").write_text("ocfl_object_1.0\n")
        rewrite(path, put("type", value="https://ocfl.io/1.0/spec/#inventory"))
        code = "E038"  # what 1.0, which has no E103, says of it
    assert code in codes(path)


def on_disk(path: Path) -> dict[str, Callable[[], object]]:
    return {
        "E001": lambda: (path / "extra").write_text("x"),
        "E001 E090": lambda: (path / "link").symlink_to("inventory.json"),
        "E003": lambda: (path / "0=ocfl_object_1.1").unlink(),
        "E003 ": lambda: (path / "0=ocfl_object_1.0").write_text("ocfl_object_1.0\n"),
        "E005": lambda: (path / "1=ocfl_object_1.1").write_text("x"),
        "E006": lambda: (path / "0=ocfl_thing_1.1").write_text("x"),
        "E007": lambda: (path / "0=ocfl_object_1.1").write_text("ocfl_object_1.1"),
        "E015": lambda: (path / "v1" / "extra").write_text("x"),
        "E023": lambda: (path / "v1" / "content" / "extra").write_text("x"),
        "E024": lambda: (path / "v1" / "content" / "empty").mkdir(),
        "E016 E092": lambda: shutil.rmtree(path / "v1" / "content"),
        "E010 E046": lambda: (path / "v4").mkdir(),
        "E046": lambda: shutil.rmtree(path / "v2"),
        "E058": lambda: (path / "inventory.json.sha512").unlink(),
        "E058 E059": lambda: (path / "inventory.json.sha512").rename(path / "inventory.json.sha256"),
        "E060": lambda: (path / "inventory.json.sha512").write_text(f"{'0' * 128} inventory.json\n"),
        "E061": lambda: (path / "inventory.json.sha512").write_text("x"),
        "E063": lambda: (path / "inventory.json").unlink(),
        "E064": lambda: store_inventory(path / "v2", (path / "v2" / "inventory.json").read_bytes() + b" "),
        "E067": lambda: ((path / "extensions").mkdir(), (path / "extensions" / "file").write_text("x")),
        "E090": lambda: (path / "v1" / "content" / "link").symlink_to("a.txt"),
        "E090 E092": lambda: (
            (path / "v1" / "content" / "a.txt").unlink(),
            (path / "v1" / "content" / "a.txt").symlink_to("/etc/hostname"),
        ),
        "E090  ": lambda: (
            (path / "v2" / "content" / "sub" / "b.txt").unlink(),
            os.link(path / "v1" / "content" / "a.txt", path / "v2" / "content" / "sub" / "b.txt"),
        ),
        "E092": lambda: (path / "v1" / "content" / "a.txt").write_text("f1rst"),
        "E093": lambda: (path / "v1" / "content" / "a.txt").write_text("f1rst"),
        "W002": lambda: (path / "v1" / "more").mkdir(),
        "W010": lambda: ((path / "v1" / "inventory.json").unlink(), (path / "v1" / "inventory.json.sha512").unlink()),
        "W013": lambda: (path / "extensions" / "mine").mkdir(parents=True),
    }


@pytest.mark.parametrize("names", list(on_disk(Path())))
def test_a_wrong_file_has_its_code(made: Path, tmp_path: Path, names: str) -> None:
    path = shutil.copytree(made, tmp_path / "object")
    on_disk(path)[names]()
    assert set(names.split()) <= codes(path)


def test_an_empty_content_folder_is_a_warning(tmp_path: Path) -> None:
    path = one_object(tmp_path)
    rewrite(path, put("versions", "v2", "state", value={SHA512: ["a.txt"]}))
    extra = json.loads((path / "inventory.json").read_text())
    gone = next(digest for digest, paths in extra["manifest"].items() if paths[0].startswith("v2/"))
    rewrite(path, drop("manifest", gone))
    rewrite(path, drop("fixity"))
    shutil.rmtree(path / "v2" / "content")
    (path / "v2" / "content").mkdir()
    assert codes(path) == {"W003"}


def test_digests_may_be_written_in_either_case(made: Path, tmp_path: Path) -> None:
    path = shutil.copytree(made, tmp_path / "object")
    sidecar = path / "inventory.json.sha512"
    digest, name = sidecar.read_text().split()
    sidecar.write_text(f"{digest.upper()}\t {name}\n")
    assert codes(path) == set()


def test_a_key_that_stands_twice_is_found(made: Path, tmp_path: Path) -> None:
    path = shutil.copytree(made, tmp_path / "object")
    data = (path / "inventory.json").read_bytes()
    for folder in (path, path / "v2"):
        store_inventory(folder, data.replace(b'"head": "v2"', b'"head": "v1", "head": "v2"'))
    assert codes(path) == {"E033"}
    entry = f'"{SHA512}": ["v1/content/a.txt"]'.encode()
    for folder in (path, path / "v2"):
        store_inventory(folder, data.replace(entry, entry + b", " + entry, 1))
    assert codes(path) == {"E096"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"id": NaN}',
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"a": 1}x',
        b'"\xed\xa0\x80"',
        b"{'a': 1}",
    ],
)
def test_what_is_no_json_object_in_utf8_is_e033(made: Path, tmp_path: Path, data: bytes) -> None:
    path = shutil.copytree(made, tmp_path / "object")
    store_inventory(path, data)
    assert "E033" in codes(path)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01 00:00:00Z",
        "2026-01-01T00:00Z",
        "2026-01-01T00:00:00",
        "2026-1-1T00:00:00Z",
        "2026-01-01T00:00:00+8:00",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00Z\n",
        "\u0662",
        "2100-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T00:60:00Z",
        "20260101T000000Z",
        "",
    ],
)
def test_times_that_rfc_3339_does_not_know(text: str) -> None:
    assert not is_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-28T00:00:00Z",
        "2000-02-29t23:59:60.123456789z",
        "0000-01-01T00:00:00-00:00",
        "2026-01-01T00:00:00.5+08:00",
    ],
)
def test_times_of_rfc_3339(text: str) -> None:
    assert is_time(text)


def test_uris() -> None:
    right = ["urn:x:y", "info:a", "ark:/1/2", "https://a.b/c?d#e", "mailto:a@b.c", "a+b.-1:x", "x:%20"]
    wrong = ["", "x", "1:x", "a b:c", "x:", "x: y", "x:\u6d77", "x:%2", "mailto:a@b.c\n", "-x:y"]
    assert [text for text in right if not is_uri(text)] == []
    assert [text for text in wrong if is_uri(text)] == []


def test_findings_are_bounded_and_counted(made: Path, tmp_path: Path) -> None:
    path = shutil.copytree(made, tmp_path / "object")
    for number in range(500):
        (path / f"extra{number}").touch()
    found = validate_object(path).findings
    assert found.counts["E001"] == 500
    assert len(found.errors) == 200
