"""Append-only WARC segments: one open segment a process, many threads, one sync for all that wait for it."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import BinaryIO
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from haihe import __version__
from haihe.archive.domain import layout, warc
from haihe.archive.domain.faults import StoreFull
from haihe.archive.models import Segment

SEAL_AT_BYTES = 256 * 2**20
SEAL_AFTER = timedelta(hours=6)


class Writer:
    """The open segment of this process. `append` returns only when the record is durable."""

    def __init__(self) -> None:
        """Raises StoreFull; no segment is left behind then."""
        self.pid = os.getpid()
        name = f"{timezone.now():%Y%m%dT%H%M%S}-{uuid4().hex[:12]}.warc.gz"
        self.path = layout.segment_file(name)
        self._appending = threading.Lock()
        self._syncing = threading.Lock()
        self._end = 0
        self._durable = 0
        try:
            self._begin(name)
            # The row comes last: a segment that has one and is not locked is taken for abandoned, and sealed.
            self.row = Segment.objects.create(name=name)
        except BaseException:
            self.path.unlink(missing_ok=True)
            raise

    def _begin(self, name: str) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = open(self.path, "xb", buffering=0)  # noqa: SIM115  open until sealed
        except OSError as error:
            raise _named(error, self.path) from error
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.append(warc.info_record(name, f"Haihe/{__version__}"))
        layout.sync_folder(self.path.parent)

    def append(self, record: bytes) -> int:
        """Write one record and wait until it is on disk; returns its offset in bytes. Raises StoreFull."""
        with self._appending:
            offset = self._end
            try:
                _write_all(self._file, record)
            except OSError as error:
                os.ftruncate(self._file.fileno(), offset)
                os.lseek(self._file.fileno(), offset, os.SEEK_SET)
                raise _named(error, self.path) from error
            self._end = offset + len(record)
        self._sync(offset + len(record))
        return offset

    def _sync(self, end: int) -> None:
        if self._durable >= end:
            return
        with self._syncing:  # whoever waits here finds its bytes synced by the one before
            if self._durable >= end:
                return
            reached = self._end
            try:
                os.fdatasync(self._file.fileno())
            except OSError as error:
                raise _named(error, self.path) from error
            self._durable = reached

    @property
    def due(self) -> bool:
        return self._end >= SEAL_AT_BYTES or timezone.now() - self.row.opened_at >= SEAL_AFTER

    def close(self) -> None:
        self._file.close()


_writer: Writer | None = None
_changing = threading.Lock()


def append(record: bytes) -> tuple[Segment, int]:
    """Append to this process's open segment; returns the segment and the record's offset."""
    global _writer
    with _changing:
        if _writer is not None and _writer.pid != os.getpid():
            _writer = None  # after a fork the parent's segment is the parent's
        if _writer is not None and (_writer.due or not _writer.path.exists()):
            finished, _writer = _writer, None
            finished.close()
            if finished.path.exists():
                seal(finished.row)
        if _writer is None:
            _writer = Writer()
        writer = _writer
    return writer.row, writer.append(record)


def seal(segment: Segment) -> bool:
    """End a segment that nobody writes to: cut a torn last record, name its bytes by sha256.

    Returns False while a living process still holds it.
    """
    path = layout.segment_file(segment.name)
    with _held(path.open("r+b")) as file:
        if file is None:
            return False
        whole = warc.whole_length(file)
        file.truncate(whole)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # it has readinto
        os.fsync(file.fileno())
        with transaction.atomic():
            Segment.objects.filter(pk=segment.pk, sealed_at__isnull=True).update(
                sealed_at=timezone.now(), length=whole, sha256=digest
            )
    return True


def seal_abandoned() -> int:
    """Seal every open segment whose process is gone; returns how many."""
    mine = [_writer.row.pk] if _writer is not None and _writer.pid == os.getpid() else []
    return sum(seal(row) for row in Segment.objects.filter(sealed_at__isnull=True).exclude(pk__in=mine) if _there(row))


def _there(segment: Segment) -> bool:
    return layout.segment_file(segment.name).exists()


@contextmanager
def _held(file: BinaryIO) -> Iterator[BinaryIO | None]:
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield file


def _write_all(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _named(error: OSError, path: object) -> Exception:
    return StoreFull(thing=path) if error.errno in {errno.ENOSPC, errno.EDQUOT} else error
