"""Where the archive keeps its files below the home folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


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
    with (incoming().parent / "deposits.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
