"""Where the archive keeps its files below the home folder, and how bytes and names get onto the disk."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from haihe.archive.domain.faults import StoreFull
from haihe.base.errors import HaiheError


class StoreFailing(HaiheError):
    """The disk of the archive refused; nothing was recorded."""

    hint = (
        "Look at the disk of the home folder (the kernel's messages, its rights, whether it is read-only), "
        "then try again: nothing of this deposit was kept."
    )


def fault(error: OSError, thing: object) -> HaiheError:
    """What the disk said, as an error that a person can be told: StoreFull or StoreFailing."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StoreFull(thing=thing)
    return StoreFailing(f"The disk of the archive refused ({error.strerror or error}).", thing=thing)


@contextmanager
def disk_faults() -> Iterator[None]:
    """Around what touches the disk of the archive. Raises StoreFull or StoreFailing for an OSError."""
    try:
        yield
    except OSError as error:
        raise fault(error, root()) from error


def root() -> Path:
    return Path(settings.HOME) / "archive"


def blob_file(sha256: str) -> Path:
    """The file of a Blob that has one of its own."""
    return root() / "blobs" / sha256[:2] / sha256[2:4] / sha256


def segment_file(name: str) -> Path:
    return root() / "segments" / name


def incoming() -> Path:
    """Folder of bytes that are still arriving; on the same file system as the blobs."""
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def deposits(*, exclusive: bool = False) -> Iterator[None]:
    """Held while bytes become a Blob (shared, by many), and alone by whoever takes bytes away."""
    with disk_faults():
        lock = (incoming().parent / "deposits.lock").open("ab")
    with lock:
        with disk_faults():
            fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield


_lasting: set[Path] = set()


def lasting(folder: Path) -> Path:
    """`folder` of the archive, made where it is missing; its name and those above it, up to the home, are durable.

    For the few folders that stay: this process syncs them once, for who made them may not have come to it yet.
    """
    if folder not in _lasting or not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        for name in (folder, *folder.parents):
            if name == root().parent:
                break
            sync_folder(name.parent)
        _lasting.add(folder)
    return folder


def write_at(handle: int, data: bytes, offset: int) -> None:
    """Write all of `data` at `offset` bytes of an open file; durable only when the file is synced."""
    view = memoryview(data)
    while view:
        written = os.pwrite(handle, view, offset)
        view, offset = view[written:], offset + written


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
