"""What was acknowledged stays: through a disk that fails, segments that end under way, and names nobody synced yet."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections

from haihe.archive import deposit, deposit_collected, read
from haihe.archive.domain import layout, segments, warc
from haihe.archive.domain.faults import StoreFull
from haihe.archive.models import Blob, Master, Segment
from haihe.base.errors import HaiheError

from .conftest import Answer
from .disk import fill, small_disk, thin_disk

PHOTO = b"\xff\xd8" + "海河夜景".encode() * 500


def _record(body: bytes) -> bytes:
    return warc.response_record(Answer(body), sha256=hashlib.sha256(body).hexdigest())


def _collected(centre, body: bytes) -> Master:
    return deposit_collected(Answer(body), organisation=centre, source_kind="feed")


def _uploaded(centre, body: bytes) -> Master:
    return deposit(body, organisation=centre, source_kind="upload")


@pytest.fixture
def synced(monkeypatch) -> list[Path]:
    """Every path that is really synced, in order."""
    paths: list[Path] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        fsync(handle)
        paths.append(Path(os.readlink(f"/proc/self/fd/{handle}")))

    monkeypatch.setattr(os, "fsync", noted)
    return paths


class SyncHeldBack:
    """Stands before the kernel's fdatasync: the first call waits for `go` and may fail, the others are real."""

    def __init__(self, monkeypatch, *, failing: bool) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self._failing, self._real = failing, os.fdatasync
        monkeypatch.setattr(os, "fdatasync", self._sync)

    def _sync(self, handle: int) -> None:
        if self.begun.is_set():
            return self._real(handle)
        self.begun.set()
        assert self.go.wait(30)
        if self._failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self._real(handle)


# Files of their own


def test_bytes_that_another_process_just_stored_are_synced_by_name_too(centre, synced):
    file = layout.blob_file(_uploaded(centre, PHOTO).blob_id)
    synced.clear()
    _uploaded(centre, PHOTO)

    assert {file.parent, file.parent.parent, file.parent.parent.parent} <= set(synced)


@pytest.mark.parametrize(
    "harm",
    [lambda data: bytes([data[0] ^ 1]) + data[1:], lambda data: data[:-1], lambda data: data + b"\0", lambda data: b""],
    ids=["a bit", "cut", "longer", "empty"],
)
def test_good_bytes_deposited_again_repair_a_damaged_file(centre, harm: Callable[[bytes], bytes]):
    first = _uploaded(centre, PHOTO)
    file = layout.blob_file(first.blob_id)
    file.chmod(0o640)
    file.write_bytes(harm(PHOTO))
    second = _uploaded(centre, PHOTO)

    assert (read(first), read(second)) == (PHOTO, PHOTO)
    assert list(layout.incoming().iterdir()) == []


def test_sound_file_is_left_as_it_is(centre):
    file = layout.blob_file(_uploaded(centre, PHOTO).blob_id)
    before = file.stat()
    _uploaded(centre, PHOTO)

    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(layout.incoming().iterdir()) == []


@pytest.mark.parametrize(("keep", "name"), [(_uploaded, "blobs"), (_collected, "segments")])
def test_first_deposit_of_a_home_syncs_every_name_above_it(centre, own_home, synced, keep, name: str):
    keep(centre, PHOTO)

    assert {own_home, own_home / "archive", own_home / "archive" / name} <= set(synced)


def test_names_that_another_process_made_are_synced_all_the_same(centre, own_home, synced):
    (own_home / "archive" / "segments").mkdir(parents=True)
    _collected(centre, PHOTO)
    assert {own_home, own_home / "archive"} <= set(synced)

    synced.clear()
    segments._writer.close()
    segments._writer = None
    _collected(centre, b"next segment")
    assert synced == [own_home / "archive" / "segments"]


# Segments on a disk that fails


def test_failed_sync_refuses_all_who_wait_though_the_next_would_succeed(centre, monkeypatch):
    kept = _collected(centre, PHOTO)
    sync = SyncHeldBack(monkeypatch, failing=True)
    with ThreadPoolExecutor(3) as pool:
        appending = _waiting_for(sync, pool, [_record(f"entry {n}".encode()) for n in range(3)])
        sync.go.set()
        problems = [future.exception(30) for future in appending]

    assert [type(problem) for problem in problems] == [layout.StoreFailing] * 3
    assert read(kept) == PHOTO


def _waiting_for(sync: SyncHeldBack, pool: ThreadPoolExecutor, records: list[bytes]) -> list[Future]:
    """Records appended by a thread each: the first is being synced, the others are written and wait."""
    path = segments._writer.path
    whole = path.stat().st_size + sum(len(record) for record in records)
    appending = [pool.submit(segments.append, records[0])]
    assert sync.begun.wait(30)
    appending += [pool.submit(segments.append, record) for record in records[1:]]
    while path.stat().st_size < whole and not any(future.done() for future in appending):
        time.sleep(0.005)
    return appending


def test_after_a_failed_sync_the_next_record_opens_a_segment(centre, monkeypatch):
    kept = _collected(centre, PHOTO)
    whole = layout.segment_file(kept.segment.name).stat().st_size
    SyncHeldBack(monkeypatch, failing=True).go.set()
    with pytest.raises(HaiheError, match=r"Input/output error.*Look at the disk"):
        _collected(centre, b"lost")
    after = _collected(centre, b"after")

    assert after.segment_id != kept.segment_id
    assert layout.segment_file(kept.segment.name).stat().st_size == whole
    assert segments.seal_abandoned() == 1
    kept.segment.refresh_from_db()
    assert (kept.segment.length, after.segment.sealed_at) == (whole, None)
    assert (read(kept), read(after)) == (PHOTO, b"after")
    assert set(Master.objects.all()) == {kept, after}
    assert not Blob.objects.filter(sha256=hashlib.sha256(b"lost").hexdigest()).exists()


def test_disk_that_lost_pages_keeps_every_acknowledged_record(centre, own_home):
    """A real file system whose device has no room for what it took: the kernel fails one sync, and no later one."""
    with thin_disk(own_home / "thin") as disk:
        (own_home / "archive").symlink_to(disk.folder)
        acknowledged = [_collected(centre, PHOTO)]
        filler = fill(disk.device_folder, leave=0)
        with pytest.raises(StoreFull):
            _collected(centre, os.urandom(2_000_000))
        filler.unlink()
        acknowledged.append(_collected(centre, b"after"))
        segments._writer.close()
        segments._writer = None
        disk.mount_again()  # nothing is left in memory of what never reached the device

        assert segments.seal_abandoned() == 2
        assert [read(master) for master in acknowledged] == [PHOTO, b"after"]


def test_segment_that_cannot_be_sealed_does_not_stop_the_others(centre):
    odd = Segment.objects.create(name="odd.warc.gz")
    layout.segment_file(odd.name).mkdir(parents=True)
    kept = _collected(centre, PHOTO)
    segments._writer.close()
    segments._writer = None

    assert segments.seal_abandoned() == 1
    assert list(Segment.objects.filter(sealed_at__isnull=True)) == [odd]
    assert read(kept) == PHOTO


# A segment that ends while others write


def test_segment_ends_while_records_wait_for_their_sync(centre, monkeypatch):
    _collected(centre, PHOTO)
    sync = SyncHeldBack(monkeypatch, failing=False)
    with ThreadPoolExecutor(3) as pool:
        appending = _waiting_for(sync, pool, [_record(f"entry {n}".encode()) for n in range(3)])
        monkeypatch.setattr(segments, "SEAL_AT_BYTES", 1)
        threading.Timer(0.2, sync.go.set).start()
        segment, offset = segments.append(_record(b"next"))
        kept = [future.result(30) for future in appending]

    assert [_payload(*one) for one in kept] == [b"entry 0", b"entry 1", b"entry 2"]
    assert segment not in [before for before, _offset in kept]
    assert _payload(segment, offset) == b"next"


@pytest.fixture
def switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_at_the_end_of_segments_lose_nothing(centre, monkeypatch, switching_often):
    monkeypatch.setattr(segments, "SEAL_AT_BYTES", 1500)
    connection = connections["default"]
    connection.inc_thread_sharing()  # only who changes segments asks it, one at a time

    def work(worker: int) -> list[tuple[bytes, Segment, int]]:
        connections["default"] = connection
        bodies = [f"entry {worker} {number}".encode() for number in range(40)]
        return [(body, *segments.append(_record(body))) for body in bodies]

    try:
        with ThreadPoolExecutor(8) as pool:
            kept = [one for future in [pool.submit(work, n) for n in range(8)] for one in future.result()]
    finally:
        connection.dec_thread_sharing()

    assert len(kept) == 320
    assert [_payload(segment, offset) for _body, segment, offset in kept] == [body for body, _segment, _offset in kept]
    assert Segment.objects.filter(sealed_at__isnull=True).count() == 1


def _payload(segment: Segment, offset: int) -> bytes:
    with layout.segment_file(segment.name).open("rb") as file:
        return warc.read_record(file, offset).payload


# What a person is told


@pytest.mark.parametrize("keep", [_uploaded, _collected])
def test_disk_that_refuses_is_an_error_that_says_what_to_do(centre, own_home, keep):
    with small_disk(own_home / "small", "256k") as small:
        (own_home / "archive").symlink_to(small)
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        with pytest.raises(HaiheError, match=r"archive.*Read-only file system.*Look at the disk of the home folder"):
            keep(centre, PHOTO)
        assert (Master.objects.count(), Blob.objects.count(), Segment.objects.count()) == (0, 0, 0)

        subprocess.run(["mount", "-o", "remount,rw", str(small)], check=True)
        assert read(keep(centre, PHOTO)) == PHOTO
        if segments._writer is not None:
            segments._writer.close()


def test_segment_that_could_not_begin_holds_no_room(centre, own_home):
    with small_disk(own_home / "small", "256k") as small:
        (own_home / "archive").symlink_to(small)
        (small / "segments").mkdir()
        filler = fill(small, leave=0)
        with pytest.raises(HaiheError) as full:
            _collected(centre, PHOTO)
        filler.unlink()

        # What was refused is still at hand here, as in a log's traceback, and holds no open file of that disk.
        held = [os.readlink(f"/proc/self/fd/{entry}") for entry in _open_files()]
        assert full.value
        assert [name for name in held if str(small) in name] == []


def _open_files() -> list[str]:
    return [entry for entry in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{entry}")]


def test_source_that_breaks_off_is_not_blamed_on_the_disk(centre):
    class BreaksOff:
        def read(self, _size: int) -> bytes:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")

    with pytest.raises(ConnectionResetError):
        deposit(BreaksOff(), organisation=centre, source_kind="upload")
    assert list(layout.incoming().iterdir()) == []
    assert Master.objects.count() == 0
