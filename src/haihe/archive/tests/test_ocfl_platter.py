"""Files read as they lie on the disk: every byte of them, and what others have in memory stays there."""

from __future__ import annotations

import hashlib
import os
import random

import pytest

from haihe.archive.domain.ocfl import platter
from haihe.archive.domain.ocfl.digests import CHUNK, file_digests

SIZES = [CHUNK + 1, platter.ROOM, platter.ROOM + 1, platter.ROOM + 4096, platter.AHEAD_FROM + 4097]


def forget(path):
    os.sync()
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def in_memory(path):
    with path.open("rb") as file:
        return platter._in_memory(file.fileno())


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_every_byte_is_read_whatever_the_size(tmp_path, size, warm):
    data = random.Random(size).randbytes(size)
    path = tmp_path / "file"
    path.write_bytes(data)
    if not warm:
        forget(path)
    found, _stat = file_digests(str(path), {"sha256", "size"}, past_cache=True)
    assert found == {"sha256": hashlib.sha256(data).hexdigest(), "size": str(size)}


def test_a_file_that_several_windows_are_let_go_of(tmp_path, monkeypatch):
    monkeypatch.setattr(platter, "BEHIND", 1 << 20)
    monkeypatch.setattr(platter, "AHEAD_FROM", 1)
    data = random.Random(3).randbytes(5 * CHUNK + 77)
    path = tmp_path / "file"
    path.write_bytes(data)
    forget(path)
    assert file_digests(str(path), {"sha512"}, past_cache=True)[0] == {"sha512": hashlib.sha512(data).hexdigest()}
    assert in_memory(path) in (0, None)


def test_what_others_have_in_memory_stays_there(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(platter.AHEAD_FROM))
    forget(path)
    if in_memory(path) != 0:
        pytest.skip("this file system keeps its files in memory, or the kernel cannot say what it holds")
    file_digests(str(path), {"sha256"}, past_cache=True)
    assert in_memory(path) == 0  # nobody had it there
    path.read_bytes()
    held = in_memory(path)
    file_digests(str(path), {"sha256"}, past_cache=True)
    assert in_memory(path) == held > 0


def test_one_changed_byte_shows(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(platter.AHEAD_FROM))
    forget(path)
    before = file_digests(str(path), {"sha256"}, past_cache=True)[0]
    with path.open("r+b") as file:
        file.seek(5_000_000)
        file.write(b"\1")
    assert file_digests(str(path), {"sha256"}, past_cache=True)[0] != before


@pytest.mark.parametrize("without", ["cachestat", "O_DIRECT"])
def test_systems_that_cannot_read_as_usual(tmp_path, monkeypatch, without):
    if without == "cachestat":
        monkeypatch.setattr(platter, "_syscall", None)
    else:
        monkeypatch.delattr(os, "O_DIRECT")
    data = random.Random(9).randbytes(platter.AHEAD_FROM + 1)
    path = tmp_path / "file"
    path.write_bytes(data)
    found = file_digests(str(path), {"sha256"}, past_cache=True)[0]
    assert found == {"sha256": hashlib.sha256(data).hexdigest()}


def test_small_files_are_fetched_beforehand_and_no_more_than_there_is_room_for(tmp_path, monkeypatch):
    monkeypatch.setattr(platter, "FETCHED", 3 * platter.PAGE)
    large, *small = paths = [tmp_path / "large", tmp_path / "v1" / "a", tmp_path / "v1" / "b"]
    (tmp_path / "v1").mkdir()
    for path in paths:
        path.write_bytes(bytes(platter.SMALL + 1 if path is large else 2 * platter.PAGE))
        forget(path)
    if [in_memory(path) for path in paths] != [0, 0, 0]:
        pytest.skip("this file system keeps its files in memory, or the kernel cannot say what it holds")
    (tmp_path / "v1" / "link").symlink_to(large)
    platter.soon(str(tmp_path))
    assert [in_memory(path) for path in paths] == [0, 2, 2]
    for path in small:
        forget(path)
    monkeypatch.setattr(platter, "FETCHED", 1)
    platter.soon(str(tmp_path))
    assert sorted(in_memory(path) for path in paths) == [0, 0, 2]
    platter.soon(str(tmp_path / "gone"))
