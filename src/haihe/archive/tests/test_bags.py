"""BagIt in and out, watched folders, and the deposit command; bagit-python judges."""

from __future__ import annotations

import hashlib
import io
import json
import os
from contextlib import suppress
from pathlib import Path

import bagit
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from haihe.archive import read
from haihe.archive.domain import bagging, dropping
from haihe.archive.domain.items import Deposit, File, deposit_items
from haihe.archive.models import Event, Item, Master
from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant
from haihe.city.models import Person

FILES = {"卷一/页 1.txt": "海".encode(), "卷一/页 2.txt": "河".encode(), "100%.bin": os.urandom(3000)}


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def call(*words: str) -> dict:
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("archive", *words, "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def held(item: Item) -> dict[str, bytes]:
    return {master.path: read(master) for master in item.masters.all()}


def test_a_bag_of_the_reference_tool_is_taken_with_what_it_says(centre, tmp_path):
    bag = put(tmp_path / "in", FILES)
    bagit.make_bag(
        str(bag), {"Source-Organization": "海河博物馆", "External-Description": "两页"}, checksums=["sha512", "md5"]
    )

    told = call("deposit", str(bag), "--organisation", "centre", "--licence", "CC0")

    item = Item.objects.get()
    assert held(item) == FILES
    assert item.about == {"publisher": "海河博物馆", "description": "两页", "date": item.about["date"]}
    assert {master.rights["licence"] for master in item.masters.all()} == {"CC0"}
    assert told["items"][0]["item"] == item.identifier


def test_an_exported_bag_is_valid_and_comes_back_the_same(centre, tmp_path):
    files = [File(path.replace("%", ""), data) for path, data in FILES.items()]  # bagit-python leaves % as it is
    (item,) = deposit_items([Deposit(centre, files, title="两页")])
    call_command("archive", "export", item.identifier, str(tmp_path / "out"), stdout=io.StringIO())

    bag = bagit.Bag(str(tmp_path / "out"))
    bag.validate()
    assert bag.info["External-Identifier"] == item.identifier
    assert {path: file.read_bytes() for path, file in bagging.read_bag(tmp_path / "out").files.items()} == held(item)


def made(tmp_path: Path) -> Path:
    bag = put(tmp_path / "bag", FILES)
    bagit.make_bag(str(bag), checksums=["sha256"])
    return bag


def outside(bag: Path) -> None:
    (bag.parent / "secret").write_bytes(b"secret")
    digest = hashlib.sha256(b"secret").hexdigest()
    with (bag / "manifest-sha256.txt").open("a") as manifest:
        manifest.write(f"{digest}  data/../../secret\n")


def absolute(bag: Path) -> None:
    with (bag / "manifest-sha256.txt").open("a") as manifest:
        manifest.write(f"{hashlib.sha256(b'').hexdigest()}  /etc/hostname\n")


def link(bag: Path) -> None:
    (bag.parent / "secret").write_bytes(FILES["100%.bin"])
    (bag / "data" / "100%.bin").unlink()
    (bag / "data" / "100%.bin").symlink_to(bag.parent / "secret")


def link_to_folder(bag: Path) -> None:
    (bag / "data" / "卷一").rename(bag.parent / "elsewhere")
    (bag / "data" / "卷一").symlink_to(bag.parent / "elsewhere")


def torn(bag: Path) -> None:
    (bag / "data" / "100%.bin").write_bytes(b"short")


def missing(bag: Path) -> None:
    (bag / "data" / "100%.bin").unlink()


def more(bag: Path) -> None:
    (bag / "data" / "stranger").write_bytes(b"")


def fetched(bag: Path) -> None:
    (bag / "fetch.txt").write_text("https://example.org/a 1 data/a\n")


def no_manifest(bag: Path) -> None:
    for file in bag.glob("*manifest-*"):
        file.unlink()


def tags(bag: Path) -> None:
    (bag / "bag-info.txt").write_text("Source-Organization: somebody else\n")


def nonsense(bag: Path) -> None:
    (bag / "manifest-sha256.txt").write_bytes(b"\xff\xfe")


@pytest.mark.parametrize(
    "harm",
    [outside, absolute, link, link_to_folder, torn, missing, more, fetched, no_manifest, tags, nonsense],
    ids=lambda harm: harm.__name__,
)
def test_a_bag_that_is_not_what_it_says_is_refused_and_the_others_are_kept(centre, tmp_path, harm):
    bag = made(tmp_path)
    harm(bag)
    good = put(tmp_path / "good", {"a": b"a"})

    told = call("deposit", str(bag), str(good), "--organisation", "centre")

    assert len(told["faults"]) == 1
    assert [item["title"] for item in told["items"]] == ["good"]
    assert {bytes(read(master)) for master in Master.objects.all()} == {b"a"}


def test_each_file_an_item_and_the_same_bytes_are_told(centre, tmp_path):
    folder = put(tmp_path / "in", {"a/1.txt": b"one", "2.txt": b"two"})
    call("deposit", str(folder), "--organisation", "centre", "--each")
    assert sorted(Item.objects.values_list("title", flat=True)) == ["1.txt", "2.txt"]
    first = Item.objects.get(title="2.txt")

    (told,) = call("deposit", str(folder / "2.txt"), "--organisation", "centre")["items"]

    assert told["known"] == {"2.txt": first.identifier}


def test_nobody_learns_of_bytes_they_may_not_see(centre, tmp_path):
    other = found("别家", slug="other")
    person = Person.objects.create_user("writer")
    grant(person, "reporter", centre)
    put(tmp_path, {"same.txt": b"secret of the other"})
    call("deposit", str(tmp_path / "same.txt"), "--organisation", "other")

    (as_archive,) = call("deposit", str(tmp_path / "same.txt"), "--organisation", "centre")["items"]
    assert as_archive["known"] == {}
    (as_person,) = call("deposit", str(tmp_path / "same.txt"), "--organisation", "centre", "--by", "writer")["items"]
    assert list(as_person["known"]) == ["same.txt"]  # its own, of a moment ago
    assert other.pk not in {
        Master.objects.get(item=Item.objects.get(pk=as_person["known"]["same.txt"][9:])).organisation_id
    }


@translation.override("en")
def test_what_is_not_there_is_said(centre, tmp_path):
    told = call("deposit", str(tmp_path / "nothing"), str(tmp_path), "--organisation", "centre")
    assert [len(told["items"]), len(told["faults"])] == [0, 2]
    with pytest.raises(CommandError, match="no organisation"):
        call_command("archive", "deposit", str(tmp_path), "--organisation", "nobody")
    with pytest.raises(CommandError, match="no identifier"):
        call_command("archive", "export", "nonsense", str(tmp_path / "x"))


def test_a_watched_folder_is_taken_when_its_manifest_is_whole(centre):
    folder = put(dropping.watched() / "centre" / "船", {"1.tif": b"one"})
    lines = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in (("1.tif", b"one"), ("b/2.tif", b"two"))
    )
    (folder / "manifest-sha256.txt").write_text(lines)
    assert dropping.take_watched() == []  # the second has not arrived

    put(folder, {"b/2.tif": b"two"})
    (item,) = dropping.take_watched()

    assert held(item) == {"1.tif": b"one", "b/2.tif": b"two"}
    assert not folder.exists()
    assert Event.objects.count() == 1


def test_a_watched_folder_that_is_wrong_stays_with_a_note(centre):
    folder = put(dropping.watched() / "centre" / "x", {"1.tif": b"one", "manifest-sha256.txt": b"00  1.tif\n"})
    assert dropping.take_watched() == []
    assert "sha256" in (folder / dropping.FAILED).read_text()
    assert (folder / "1.tif").read_bytes() == b"one"
    assert dropping.take_watched() == []
