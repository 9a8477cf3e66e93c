"""A real small file system, so that a disk can really be full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """`folder` on a tmpfs of so many bytes ("256k"); skips the test where mounting is not permitted."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, *, leave: int) -> Path:
    """Take all room of a file system but `leave` bytes; returns the file whose removal gives it back."""
    room = os.statvfs(folder)
    filler = folder / "filler"
    filler.write_bytes(b"\0" * (room.f_bavail * room.f_frsize - leave))
    return filler


@dataclass(frozen=True)
class ThinDisk:
    """A file system of 64 MB whose device is a sparse file on another one of 6 MB, which can be full."""

    folder: Path
    device_folder: Path
    device: Path

    def mount_again(self) -> None:
        """As after a restart: what was in memory only is gone."""
        subprocess.run(["umount", str(self.folder)], check=True)
        subprocess.run(["mount", "-o", "loop", str(self.device), str(self.folder)], check=True)


@contextmanager
def thin_disk(folder: Path) -> Iterator[ThinDisk]:
    """A disk that takes what it cannot keep, and says so at the next sync; skips the test where none can be made."""
    folder.mkdir()
    with small_disk(folder / "below", "6m") as below:
        disk = ThinDisk(folder / "mounted", below, below / "device")
        disk.folder.mkdir()
        with disk.device.open("wb") as file:
            file.truncate(64 * 2**20)
        for command in (
            ["mkfs.ext4", "-q", "-O", "^has_journal", str(disk.device)],
            ["mount", "-o", "loop", str(disk.device), str(disk.folder)],
        ):
            try:
                subprocess.run(command, check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError) as error:
                pytest.skip(f"no disk on a sparse device can be made here: {error}")
        try:
            yield disk
        finally:
            subprocess.run(["umount", str(disk.folder)], check=True)
