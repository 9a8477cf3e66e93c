from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import threading

import pytest
from warcio.archiveiterator import ArchiveIterator

from haihe.archive import deposit, deposit_collected, open_blob, read, verify
from haihe.archive.domain import layout, segments, warc
from haihe.archive.domain.faults import BlobDamaged, BlobMissing, StoreFull
from haihe.archive.models import Blob, Master, Segment

from .conftest import Answer
from .disk import fill, small_disk

FEED = "<rss><channel><title>海河</title></channel></rss>".encode()


def test_deposit_gives_back_the_same_bytes(centre):
    master = deposit(FEED, organisation=centre, source_kind="upload", filename="feed.xml", media_type="text/xml")

    assert read(master) == FEED
    assert master.blob_id == hashlib.sha256(FEED).hexdigest()
    assert layout.blob_file(master.blob_id).read_bytes() == FEED


def test_deposit_of_a_stream_is_read_in_pieces(centre):
    data = os.urandom(3 * 2**20 + 7)
    master = deposit(io.BytesIO(data), organisation=centre, source_kind="upload")

    with open_blob(master.blob) as stream:
        assert stream.read() == data


def test_deposit_of_nothing_is_a_blob_of_no_bytes(centre):
    assert read(deposit(b"", organisation=centre, source_kind="upload")) == b""


def test_two_organisations_have_two_masters_on_one_blob(centre, django_user_model):
    district = type(centre).objects.create(name="区中心", slug="district", path="/1/2/", parent=centre)
    first = deposit(FEED, organisation=centre, source_kind="upload", rights={"licence": "CC0"})
    second = deposit(FEED, organisation=district, source_kind="upload")

    assert Blob.objects.count() == 1
    assert {m.organisation_id for m in Master.objects.all()} == {centre.pk, district.pk}
    assert (first.rights, second.rights) == ({"licence": "CC0"}, {})


def test_collected_response_is_a_record_any_warc_reader_understands(centre):
    master = deposit_collected(Answer(FEED), organisation=centre, source_kind="feed")

    assert read(master) == FEED
    with layout.segment_file(master.segment.name).open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.content_stream().read())
            for r in ArchiveIterator(file)
        ]
    assert [r[0] for r in records] == ["warcinfo", "response"]
    assert records[1][1:] == ("https://museum.example/feed.xml", FEED)
    assert master.media_type == "text/xml"


def test_same_body_again_is_a_revisit_and_a_master_of_its_own(centre):
    first = deposit_collected(Answer(FEED), organisation=centre, source_kind="feed")
    second = deposit_collected(Answer(FEED), organisation=centre, source_kind="feed")

    assert first.pk != second.pk
    assert Blob.objects.count() == 1
    assert read(second) == FEED
    with layout.segment_file(second.segment.name).open("rb") as file:
        again = warc.read_record(file, second.offset)
    assert (again.kind, again.status, again.payload) == ("revisit", 200, b"")


def test_header_with_line_breaks_cannot_forge_a_record(centre):
    answer = Answer(FEED, headers=[("X-Evil", "a\r\n\r\nWARC/1.1\r\nWARC-Type: response")])
    master = deposit_collected(answer, organisation=centre, source_kind="feed")

    with layout.segment_file(master.segment.name).open("rb") as file:
        assert [r.rec_type for r in ArchiveIterator(file)] == ["warcinfo", "response"]
    assert read(master) == FEED


@pytest.mark.parametrize("collected", [True, False])
def test_damaged_bytes_are_never_handed_on(centre, collected):
    master = _deposited(centre, collected)
    file = layout.segment_file(master.segment.name) if collected else layout.blob_file(master.blob_id)
    file.chmod(0o640)
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    file.write_bytes(data)

    with pytest.raises(BlobDamaged):
        read(master)
    with pytest.raises(BlobDamaged):
        open_blob(master.blob)
    assert [finding.sha256 for finding in verify() if finding] == [master.blob_id]


@pytest.mark.parametrize("collected", [True, False])
def test_missing_bytes_are_named(centre, collected):
    master = _deposited(centre, collected)
    file = layout.segment_file(master.segment.name) if collected else layout.blob_file(master.blob_id)
    file.unlink()

    with pytest.raises(BlobMissing, match=master.blob_id):
        read(master)


def test_threads_share_one_segment_and_every_body_comes_back(centre, transactional_db):
    bodies = [f"entry {n}".encode() * 50 for n in range(40)]
    offsets: dict[int, int] = {}

    def append(n: int) -> None:
        record = warc.response_record(Answer(bodies[n]), sha256=hashlib.sha256(bodies[n]).hexdigest())
        offsets[n] = writer.append(record)

    writer = segments.Writer()
    threads = [threading.Thread(target=append, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with writer.path.open("rb") as file:
        assert {n: warc.read_record(file, offset).payload for n, offset in offsets.items()} == dict(enumerate(bodies))


def test_sealing_cuts_a_torn_record_and_keeps_the_whole_ones(centre):
    master = deposit_collected(Answer(FEED), organisation=centre, source_kind="feed")
    path = layout.segment_file(master.segment.name)
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(warc.response_record(Answer(b"x" * 9000), sha256="0" * 64)[:-30])
    segments._writer.close()
    segments._writer = None

    assert segments.seal_abandoned() == 1
    master.segment.refresh_from_db()
    assert (path.stat().st_size, master.segment.length) == (whole, whole)
    assert master.segment.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read(master) == FEED


def test_segment_of_a_living_writer_is_left_alone(centre):
    deposit_collected(Answer(FEED), organisation=centre, source_kind="feed")
    held = segments._writer
    segments._writer = None  # as another process sees it

    assert segments.seal_abandoned() == 0
    assert Segment.objects.get().sealed_at is None
    held.close()


def test_full_segment_is_sealed_and_a_new_one_opened(centre, monkeypatch):
    monkeypatch.setattr(segments, "SEAL_AT_BYTES", 1)
    masters = [
        deposit_collected(Answer(f"body {n}".encode()), organisation=centre, source_kind="feed") for n in range(3)
    ]

    assert [read(m) for m in masters] == [b"body 0", b"body 1", b"body 2"]
    assert Segment.objects.filter(sealed_at__isnull=False).count() == 2


@pytest.mark.parametrize("collected", [True, False])
def test_full_disk_leaves_no_trace_and_the_next_deposit_works(centre, collected, tmp_path):
    """A real limit on file size (RLIMIT_FSIZE gives EFBIG, so a real small file system is used where there is one)."""
    with small_disk(tmp_path / "small", "256k") as small:
        try:
            _try_full_disk(centre, collected, small)
        finally:
            if segments._writer is not None:
                segments._writer.close()


def _try_full_disk(centre, collected, small):
    (small / "archive").mkdir()
    (small.parent / "archive").symlink_to(small / "archive")
    before = _deposited(centre, collected)
    big = os.urandom(400_000)
    with pytest.raises(StoreFull):
        _deposited(centre, collected, big)

    assert list(Master.objects.all()) == [before]
    assert list(layout.incoming().iterdir()) == []
    assert read(_deposited(centre, collected, b"small again")) == b"small again"
    assert read(before) == FEED


def test_full_disk_before_the_first_segment_leaves_none_behind(centre, tmp_path):
    with small_disk(tmp_path / "small", "256k") as small:
        (small / "archive").mkdir()
        (tmp_path / "archive").symlink_to(small / "archive")
        filler = fill(small, leave=0)
        for _ in range(3):
            with pytest.raises(StoreFull):
                _deposited(centre, collected=True)
        assert (Segment.objects.count(), Master.objects.count(), Blob.objects.count()) == (0, 0, 0)
        assert list(layout.segment_file("").iterdir()) == []
        filler.unlink()
        assert read(_deposited(centre, collected=True)) == FEED
        segments._writer.close()


DEPOSIT_UNTIL_KILLED = """
import django
django.setup()
from haihe.archive import deposit_collected
from haihe.archive.tests.conftest import Answer
from haihe.city.models import Organisation
centre = Organisation.objects.create(name="c", slug="c", path="/1/")
for n in range(100_000):
    answer = Answer((f"entry {n} " * 200).encode())
    print(deposit_collected(answer, organisation=centre, source_kind="feed").blob_id, flush=True)
"""

SEAL_AND_READ_ALL = """
import django
django.setup()
from haihe.archive import read, verify
from haihe.archive.domain import segments
from haihe.archive.models import Master
print(segments.seal_abandoned(), sum(finding is not None for finding in verify()))
for master in Master.objects.all():
    read(master)
    print(master.blob_id)
"""


def test_killed_while_depositing_keeps_every_acknowledged_master(begun, tmp_path):
    """A process deposits and says so line by line; SIGKILL; everything it said is there, whole."""
    env = {**os.environ, "HAIHE_HOME": str(begun(tmp_path)), "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
    child = subprocess.Popen([sys.executable, "-c", DEPOSIT_UNTIL_KILLED], stdout=subprocess.PIPE, text=True, env=env)
    said = [child.stdout.readline().strip() for _ in range(20)]
    child.kill()
    said += [line.strip() for line in child.stdout.readlines() if line.endswith("\n")]
    child.wait()

    lines = subprocess.check_output([sys.executable, "-c", SEAL_AND_READ_ALL], text=True, env=env).split()
    assert lines[:2] == ["1", "0"]
    assert set(said) <= set(lines[2:])


def _deposited(centre, collected: bool, data: bytes = FEED) -> Master:
    if collected:
        return deposit_collected(Answer(data), organisation=centre, source_kind="feed")
    return deposit(data, organisation=centre, source_kind="upload")
