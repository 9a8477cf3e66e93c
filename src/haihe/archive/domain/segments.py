"""Append-only WARC segments: one open segment a process, many threads, one sync for all that wait for it."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import BinaryIO
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from haihe import __version__
from haihe.archive.domain import layout, warc
from haihe.archive.models import Segment
from haihe.base.errors import HaiheError

logger = logging.getLogger(__name__)

SEAL_AT_BYTES = 256 * 2**20
SEAL_AFTER = timedelta(hours=6)


class Writer:
    """The open segment of this process.

    `write` puts a record at the end, `sync` waits until it is durable, `append` does both. Once a sync fails the
    segment is broken: the kernel may have dropped the bytes and let the next sync succeed all the same, so all who
    wait are refused and nothing more is written to it.
    """

    def __init__(self) -> None:
        """Raises StoreFull or StoreFailing; no segment is left behind then, nor an open file that holds its room."""
        self.pid = os.getpid()
        name = f"{timezone.now():%Y%m%dT%H%M%S}-{uuid4().hex[:12]}.warc.gz"
        self.path = layout.segment_file(name)
        self._writing = threading.Lock()
        self._syncing = threading.Lock()
        self._end = 0
        self._durable = 0
        self._failure: OSError | None = None
        try:
            layout.lasting(self.path.parent)
            self._file = open(self.path, "xb", buffering=0)  # noqa: SIM115  open until sealed
        except OSError as error:
            raise layout.fault(error, self.path) from error
        try:
            self._begin(name)
            # The row comes last: a segment that has one and is not locked is taken for abandoned, and sealed.
            self.row = Segment.objects.create(name=name)
        except BaseException:
            self._file.close()
            with suppress(OSError):
                self.path.unlink()
            raise

    def _begin(self, name: str) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.append(warc.info_record(name, f"Haihe/{__version__}"))
            layout.sync_folder(self.path.parent)
        except OSError as error:
            raise layout.fault(error, self.path) from error

    def append(self, record: bytes) -> int:
        """Write one record and wait until it is on disk; returns its offset. Raises StoreFull or StoreFailing."""
        offset = self.write(record)
        self.sync(offset + len(record))
        return offset

    def write(self, record: bytes) -> int:
        """Put one record at the end; returns its offset in bytes. Raises StoreFull or StoreFailing."""
        with self._writing:
            offset = self._end
            try:
                layout.write_at(self._file.fileno(), record, offset)
            except OSError as error:
                with suppress(OSError):  # the next record is written over what stays
                    os.ftruncate(self._file.fileno(), offset)
                raise layout.fault(error, self.path) from error
            self._end = offset + len(record)
            return offset

    def sync(self, end: int) -> None:
        """Return when all bytes before `end` are on disk. Raises StoreFull or StoreFailing."""
        if self._durable >= end:
            return
        with self._syncing:  # whoever waits here finds its bytes synced by the one before
            if self._durable >= end:
                return
            if self._failure is None:
                reached = self._end
                try:
                    os.fdatasync(self._file.fileno())
                except OSError as error:
                    self._failure = error
                else:
                    self._durable = reached
            if self._failure is not None:
                raise layout.fault(self._failure, self.path) from self._failure

    @property
    def broken(self) -> bool:
        return self._failure is not None

    @property
    def due(self) -> bool:
        return self._end >= SEAL_AT_BYTES or timezone.now() - self.row.opened_at >= SEAL_AFTER

    def close(self) -> None:
        """Sync for those who still wait, then let the file go; a broken one is cut to what is known to be durable."""
        with suppress(HaiheError):  # they are told themselves
            self.sync(self._end)
        with self._syncing, suppress(OSError), self._file:
            if self.broken:
                os.ftruncate(self._file.fileno(), self._durable)
                os.fsync(self._file.fileno())


_writer: Writer | None = None
_changing = threading.Lock()


def append(record: bytes) -> tuple[Segment, int]:
    """Append to this process's open segment; returns the segment and the record's offset when both are durable.

    Raises StoreFull or StoreFailing.
    """
    segment, offsets = append_all([record])
    return segment, offsets[0]


def append_all(records: Sequence[bytes]) -> tuple[Segment, list[int]]:
    """`append` for many records, with one sync for all; they stand in one segment, in their order.

    Raises StoreFull or StoreFailing.
    """
    with _changing, layout.disk_faults():  # so that nobody ends the segment between choosing it and writing to it
        writer = _open_writer()
        offsets = [writer.write(record) for record in records]
    if records:
        writer.sync(offsets[-1] + len(records[-1]))
    return writer.row, offsets


def _open_writer() -> Writer:
    global _writer
    if _writer is not None and _writer.pid != os.getpid():
        _writer = None  # after a fork the parent's segment is the parent's
    if _writer is not None and (_writer.broken or _writer.due or not _writer.path.exists()):
        ended, _writer = _writer, None
        ended.close()
        if not ended.broken:  # the disk of a broken one may need time: `seal_abandoned` comes to it
            _sealed(ended.row)
    if _writer is None:
        _writer = Writer()
    return _writer


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
    """Seal every open segment whose process is gone; returns how many. One that cannot be sealed now waits."""
    writer = _writer
    mine = [writer.row.pk] if writer is not None and writer.pid == os.getpid() else []
    return sum(_sealed(row) for row in Segment.objects.filter(sealed_at__isnull=True).exclude(pk__in=mine))


def _sealed(segment: Segment) -> bool:
    try:
        return seal(segment)
    except FileNotFoundError:
        return False
    except OSError as error:
        logger.warning("segment %s cannot be sealed yet: %s", segment.name, error)
        return False


@contextmanager
def _held(file: BinaryIO) -> Iterator[BinaryIO | None]:
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield file
