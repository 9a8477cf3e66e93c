"""Watched folders and zip archives: everything once, nothing from outside, no bomb, no half file."""

from __future__ import annotations

import io
import os
import struct
import time
import zipfile
from pathlib import Path

import pytest

from haihe.archive import read as read_master
from haihe.city.models import Organisation
from haihe.newsroom.domain import collecting, unpacking
from haihe.newsroom.domain.transports import Errand
from haihe.newsroom.domain.transports.folder import FolderTransport, FolderUnreadable, folder_at
from haihe.newsroom.models import Fetch, Item, Source
from haihe.newsroom.tests.test_transports_sitemap import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(collecting_home: Path) -> Path:
    made = collecting_home / "watched" / "office" / "in"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def source(office: Organisation, folder: Path) -> Source:
    return Source.objects.create(organisation=office, name="投稿", transport="folder", address="office/in")


def put(folder: Path, name: str, data: bytes, *, age: float = 60) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (time.time() - age, time.time() - age))
    return file


def story(title: str) -> bytes:
    return page(title).encode()


def zipped(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def titles() -> list[str]:
    return sorted(Item.objects.values_list("title", flat=True))


def test_every_file_is_taken_once_and_stays(source: Source, folder: Path) -> None:
    kept = put(folder, "一.html", story("第一篇稿件"))
    put(folder, "deeper/二.html", story("第二篇稿件"))
    put(folder, ".hidden.html", story("隐藏的稿件"))
    put(folder, "~$三.docx", b"lock")
    collecting.visit(source)
    collecting.visit(source)
    assert titles() == ["第一篇稿件", "第二篇稿件"]
    assert kept.read_bytes() == story("第一篇稿件")
    assert sorted(Fetch.objects.filter(kind="file").values_list("address", flat=True)) == ["一.html", "二.html"]
    master = Fetch.objects.get(address="一.html").master
    assert master is not None
    assert (master.filename, read_master(master)) == ("一.html", story("第一篇稿件"))


def test_file_written_again_is_taken_again(source: Source, folder: Path) -> None:
    put(folder, "一.html", story("第一篇稿件"))
    collecting.visit(source)
    put(folder, "一.html", story("第一篇稿件改"), age=30)
    collecting.visit(source)
    assert Fetch.objects.filter(kind="file").count() == 2
    assert "第一篇稿件改" in titles()


def test_file_that_is_still_written_waits_until_it_stands_still(source: Source, folder: Path) -> None:
    put(folder, "一.html", story("第一篇稿件")[:200], age=0)
    collecting.visit(source)
    assert titles() == []
    put(folder, "一.html", story("第一篇稿件"), age=0)
    collecting.visit(source)
    assert titles() == []
    collecting.visit(source)
    assert titles() == ["第一篇稿件"]


def test_file_that_grows_while_it_is_read_is_left_for_later(
    source: Source, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(folder, "一.html", story("第一篇稿件"))
    real = os.fstat
    looked = []

    def growing(handle: int) -> os.stat_result:
        found = real(handle)
        looked.append(handle)
        if len(looked) == 1:
            with file.open("ab") as more:
                more.write(b"<p>more</p>")
        return found

    monkeypatch.setattr("haihe.newsroom.domain.transports.folder.os.fstat", growing)
    collecting.visit(source)
    assert titles() == []
    monkeypatch.undo()


@pytest.mark.parametrize(
    "address",
    ["", "..", "office/../../etc", "/etc", "office/in/../../..", "~root", "office\x00", "office/nowhere", "."],
)
def test_no_way_leads_out_of_the_watched_folder(folder: Path, address: str) -> None:
    with pytest.raises(FolderUnreadable):
        folder_at(address)


def test_links_are_not_followed(source: Source, folder: Path, collecting_home: Path) -> None:
    secret = put(collecting_home, "secret.html", story("机密内容不可外泄"))
    (folder / "link.html").symlink_to(secret)
    (folder / "folder").symlink_to(collecting_home)
    os.mkfifo(folder / "pipe.html")
    (folder.parent / "out").symlink_to(collecting_home)
    with pytest.raises(FolderUnreadable):
        folder_at("office/out")
    assert collecting.visit(source).problem == ""
    assert titles() == []


def test_zip_is_taken_apart_with_names_from_chinese_windows(source: Source, folder: Path) -> None:
    data = zipped(**{"a.html": story("压缩包第一篇"), "__MACOSX/._a.html": b"x", "b/c.html": story("压缩包第二篇")})
    put(folder, "稿件.zip", data.replace(b"a.html", "稿.html".encode("gbk")[:6].ljust(6, b"l")))
    collecting.visit(source)
    assert titles() == ["压缩包第一篇", "压缩包第二篇"]


def test_docx_is_no_archive_to_take_apart() -> None:
    data = zipped(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"})
    assert [(name, document is not None) for name, document, _ in unpacking.documents_in(data, "稿.docx")] == [
        ("稿.docx", True)
    ]


def test_bombs_are_refused_and_their_neighbours_taken(source: Source, folder: Path) -> None:
    put(folder, "bomb.zip", zipped(**{"bomb.html": b"\0" * (300 << 20), "good.html": story("炸弹旁边的好稿")}))
    put(folder, "nested.zip", zipped(**{"inner.zip": zipped(**{"x.html": story("套中套")})}))
    liar = bytearray(zipped(**{"liar.html": b"\0" * (20 << 20)}))
    at = liar.rindex(b"PK\x01\x02")
    liar[at + 24 : at + 28] = struct.pack("<I", 10)  # declares ten bytes
    put(folder, "liar.zip", bytes(liar))
    collecting.visit(source)
    assert titles() == ["炸弹旁边的好稿"]
    refused = Fetch.objects.filter(problem_code="ArchiveRefused").values_list("address", flat=True)
    assert sorted(refused) == ["bomb.zip/bomb.html", "liar.zip/liar.html", "nested.zip/inner.zip"]
    source.refresh_from_db()
    assert source.failures == 0
    collecting.visit(source)
    assert Fetch.objects.filter(problem_code="ArchiveRefused").count() == 3, "told once"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "passwd"),
        ("./稿.html", "稿.html"),
        ("a/./../b.html", "b.html"),
        ("/etc/passwd", "passwd"),
        ("C:\\windows\\x.html", "x.html"),
        ("a\x00b", "a"),  # as the archive's reader cuts it
        ("..", "file"),
        ("con:x|y", "conxy"),
    ],
)
def test_names_in_archives_are_only_labels(name: str, label: str, tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), story("标题"))
    ((shown, document, refused),) = unpacking.documents_in(data.getvalue(), "a.zip")
    assert (shown, refused) == (f"a.zip/{label}", None)
    assert document is not None
    assert document.data == story("标题"), "whatever its name, what it holds is taken"
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("files", [{}, {".DS_Store": b"x", "__MACOSX/._a.html": b"x"}])
def test_archive_without_a_file_is_told(files: dict[str, bytes]) -> None:
    data = zipped(**files)
    ((shown, document, refused),) = unpacking.documents_in(data, "空.zip")
    assert shown == "空.zip"
    assert (refused is not None) == bool(files), "an empty archive goes to the readers, who say what it is"
    assert (document is None) == bool(files)


def test_damaged_locked_and_endless_archives_are_refused() -> None:
    good = zipped(**{"a.html": story("标题")})
    locked = bytearray(good)
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    for data in (good[:-10], good[:60] + b"\xff" * 40 + good[100:], bytes(locked), b"PK\x03\x04" + b"\0" * 100):
        outcomes = list(unpacking.documents_in(data, "a.zip"))
        assert all((document is None) != (refused is None) for _, document, refused in outcomes)
    many = zipped(**{f"{number}.txt": b"x" for number in range(unpacking.MOST_FILES + 5)})
    outcomes = list(unpacking.documents_in(many, "many.zip"))
    assert len(outcomes) == unpacking.MOST_FILES + 1
    assert outcomes[-1][2] is not None


def test_memory_forgets_files_that_are_gone(source: Source, folder: Path) -> None:
    file = put(folder, "一.html", story("第一篇稿件"))
    collecting.visit(source)
    assert list(source.memory["files"]) == ["一.html"]
    file.unlink()
    collecting.visit(source)
    assert source.memory["files"] == {}


def test_folder_that_is_gone_is_told(source: Source, folder: Path) -> None:
    folder.rmdir()
    assert collecting.visit(source).problem_code == "FolderUnreadable"
    with pytest.raises(FolderUnreadable):
        list(FolderTransport().bring(Errand("nowhere")))
