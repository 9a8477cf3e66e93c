"""Objects made to hurt a validator: it answers, in bounded memory and time."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from haihe.archive.domain.ocfl.errors import PathUnreadable
from haihe.archive.domain.ocfl.objects import validate_object
from haihe.archive.domain.ocfl.validating import validate
from haihe.archive.tests.ocfl_made import codes, one_object, rewrite, store_inventory


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return one_object(tmp_path)


def test_an_inventory_of_a_gigabyte_is_not_read(path: Path) -> None:
    with (path / "inventory.json").open("r+b") as file:
        file.truncate(1 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = validate(path)
    assert report.valid is None
    assert [one.path for one in report.unreadable] == ["inventory.json"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


def test_an_inventory_of_too_many_values_is_not_parsed(path: Path) -> None:
    store_inventory(path, b'{"id": [' + b"[]," * 3_000_000 + b"1]}")
    assert validate(path).valid is None


def test_a_large_inventory_within_the_bounds_is_judged(path: Path) -> None:
    def grow(inventory: dict) -> None:
        digest = next(iter(inventory["versions"]["v2"]["state"]))
        inventory["versions"]["v2"]["state"][digest] += [f"copy/{number}" for number in range(100_000)]

    rewrite(path, grow)
    assert codes(path) == set()


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_nesting_is_no_inventory(path: Path, opening: bytes) -> None:
    store_inventory(path, opening * 200_000)
    assert "E033" in codes(path)


def test_numbers_without_end(path: Path) -> None:
    for number in (b"9" * 1_000_000, b"1e999999", b"-0.0"):
        store_inventory(path, b'{"id": ' + number + b"}")
        assert "E037" in codes(path)


def test_links_pipes_and_sockets_are_neither_followed_nor_opened(path: Path) -> None:
    content = path / "v1" / "content"
    (content / "loop").symlink_to(".")
    (content / "all").symlink_to("/")
    os.mkfifo(content / "pipe")
    os.mkfifo(path / "pipe")
    os.mkfifo(path / "v2" / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(content)  # the name of a socket must be short
        try:
            one.bind("socket")
        finally:
            os.chdir(here)
        assert codes(path) == {"E001", "E015", "E023", "E089", "E090"}


def test_a_pipe_in_the_place_of_a_file(path: Path) -> None:
    for name in ("inventory.json", "inventory.json.sha512", "0=ocfl_object_1.1", "v1/content/a.txt"):
        copy = shutil.copytree(path, path.parent / "copy")
        (copy / name).unlink()
        os.mkfifo(copy / name)
        assert validate(copy).valid is False, name
        shutil.rmtree(copy)


def test_a_deep_tree_is_walked_without_recursion(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path / "v1" / "content")
    try:
        for _level in range(110):
            os.mkdir("d" * 40)
            os.chdir("d" * 40)
        Path("file").touch()
    finally:
        os.chdir(here)
    found = validate_object(path).findings
    assert found.errors or found.unreadable  # beyond PATH_MAX the system will not open it
    assert {one.code for one in found.errors} <= {"E023"}
    subprocess.run(["rm", "-rf", str(path / "v1" / "content" / ("d" * 40))], check=True)


def test_names_that_are_no_utf8(path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(path / "v1" / "content") + b"/\xff\x1b[2J"))).touch()
    rewrite(path, lambda inventory: inventory["manifest"].update({"0" * 128: ["v1/content/\udcff\x1b[2J"]}))
    assert {"E023", "E033"} <= codes(path)
    done = subprocess.run(
        [sys.executable, "-m", "haihe", "archive", "validate", str(path)], capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"\x1b" not in done.stdout
    assert b"\\udcff\\x1b[2J" in done.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_not_called_invalid(path: Path) -> None:
    for name in ("v1/content/a.txt", "inventory.json", "v1"):
        mode = (path / name).stat().st_mode
        (path / name).chmod(0)
        report = validate(path)
        (path / name).chmod(mode)
        assert report.valid is None
        assert report.unreadable


def test_a_path_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "nowhere", tmp_path / ("x" * 300)):
        with pytest.raises(PathUnreadable):
            validate(path)


def test_an_error_weighs_more_than_what_cannot_be_read(path: Path) -> None:
    (path / "extra").touch()
    with (path / "v1" / "inventory.json").open("r+b") as file:
        file.truncate(1 << 30)
    report = validate(path)
    assert (report.valid, len(report.unreadable)) == (False, 1)


def test_a_tree_that_has_nothing_to_do_with_ocfl(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}" / "below").mkdir(parents=True)
    assert validate(tmp_path).valid is False
