"""Uploads on disk, as tus 1.0 has them: a folder of two files each, and no database. No Django.

    <home>/archive/uploads/<id>/info.json    what was said when it began
    <home>/archive/uploads/<id>/data         what has arrived; its length is the offset

Source: https://tus.io/protocols/resumable-upload (core, creation, checksum, termination, expiration).
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from haihe.base.errors import HaiheError

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
ALGORITHMS = ("sha256", "sha1", "md5", "sha512")
EXPIRES = 7 * 86400  # seconds without a byte
NAME = re.compile(r"[0-9a-f]{32}")


class UploadRefused(HaiheError):
    """The upload cannot be begun, or cannot go on so."""

    permanent = True


class NoSuchUpload(UploadRefused):
    """There is no such upload: it was ended, or nothing came for a week."""

    hint = "Begin it again."


class UploadBusy(HaiheError):
    """Another request is writing to this upload."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload that was begun.

    secret   what the edge shows Django to tell that all has arrived
    """

    id: str
    length: int
    secret: str
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def offset(self) -> int:
        try:
            return self.data.stat().st_size
        except FileNotFoundError:
            raise NoSuchUpload(thing=self.id) from None

    @property
    def expires(self) -> float:
        """Seconds since 1970."""
        return self.data.stat().st_mtime + EXPIRES


def begin(root: Path, identifier: str, length: int, secret: str) -> Upload:
    """Make the folder of an upload. Raises UploadRefused where its disk has no room for it, OSError."""
    root.mkdir(parents=True, exist_ok=True)
    room = os.statvfs(root)
    if length > room.f_bavail * room.f_frsize:
        raise UploadRefused("The disk of the archive has no room for it.", thing=f"{length:,} bytes")
    upload = Upload(identifier, length, secret, root / identifier)
    arriving = root / f".{identifier}"
    arriving.mkdir()
    (arriving / "data").touch(mode=0o600)
    said = {name: value for name, value in asdict(upload).items() if name != "folder"}
    (arriving / "info.json").write_text(json.dumps(said), encoding="utf-8")
    arriving.rename(upload.folder)
    return upload


def find(root: Path, identifier: str) -> Upload:
    """Raises NoSuchUpload."""
    if NAME.fullmatch(identifier):
        try:
            said: dict[str, Any] = json.loads((root / identifier / "info.json").read_text(encoding="utf-8"))
            return Upload(said["id"], said["length"], said["secret"], root / identifier)
        except (OSError, ValueError, KeyError):
            pass
    raise NoSuchUpload(thing=identifier[:40])


def remove(folder: Path) -> None:
    """The folder of an upload: its name goes at once, then its bytes."""
    gone = folder.with_name(f".gone-{folder.name}")
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)


def expired(root: Path) -> Iterator[Upload]:
    """Uploads to which nothing has come for a week."""
    if not root.is_dir():
        return
    for folder in root.iterdir():
        if folder.name.startswith("."):
            if folder.stat().st_mtime < time.time() - 3600:
                shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            upload = find(root, folder.name)
            if upload.expires < time.time():
                yield upload
        except (OSError, HaiheError):
            continue


class Appending:
    """Bytes of one request put behind those that are there; `with appending(...) as part: part.write(chunk)`.

    What has arrived stays when the line breaks, so that it goes on from there; with a checksum only the whole part
    counts, and a part that is not what it should be, or not whole, is taken away again.
    """

    def __init__(self, upload: Upload, handle: int, offset: int, checksum: tuple[str, bytes] | None) -> None:
        self.upload, self.handle, self.begun, self.offset = upload, handle, offset, offset
        self.checksum = checksum
        self.digest = hashlib.new(checksum[0], usedforsecurity=False) if checksum else None

    def write(self, chunk: bytes) -> None:
        """Raises UploadRefused where more comes than was announced, OSError."""
        if self.offset + len(chunk) > self.upload.length:
            raise UploadRefused("More bytes came than were announced.", thing=self.upload.id)
        view = memoryview(chunk)
        while view:
            written = os.pwrite(self.handle, view, self.offset)
            self.offset, view = self.offset + written, view[written:]
        if self.digest is not None:
            self.digest.update(chunk)

    def sound(self) -> bool:
        """Whether the part is the one its checksum names; True where it has none."""
        return self.checksum is None or self.digest is None or self.digest.digest() == self.checksum[1]

    def take_back(self) -> None:
        os.ftruncate(self.handle, self.begun)
        self.offset = self.begun

    def keep(self) -> None:
        """Have what arrived on the disk."""
        os.fdatasync(self.handle)


@contextmanager
def appending(upload: Upload, offset: int, checksum: tuple[str, bytes] | None) -> Iterator[Appending]:
    """Raises NoSuchUpload, UploadBusy, and WrongOffset where other bytes are there than the sender thinks."""
    try:
        handle = os.open(upload.data, os.O_WRONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NoSuchUpload(thing=upload.id) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusy(thing=upload.id) from None
        if os.fstat(handle).st_size != offset:
            raise WrongOffset(thing=upload.id)
        yield Appending(upload, handle, offset, checksum)
    finally:
        os.close(handle)


class WrongOffset(UploadRefused):
    """Other bytes have arrived than the sender thinks."""


def read_checksum(header: str) -> tuple[str, bytes] | None:
    """`sha256 <base64>`; None where there is none. Raises UploadRefused."""
    if not header:
        return None
    name, _space, encoded = header.strip().partition(" ")
    if name.lower() not in ALGORITHMS:
        raise UploadRefused("The checksum is of no algorithm that is known here.", thing=name[:20])
    try:
        return name.lower(), base64.b64decode(encoded.strip(), validate=True)
    except ValueError:
        raise UploadRefused("The checksum is not in base64.", thing=encoded[:80]) from None


def read_metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata`: key and base64 value, separated by commas. Raises UploadRefused."""
    said: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _space, encoded = pair.partition(" ")
        try:
            said[name] = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        except ValueError:
            raise UploadRefused("A value of Upload-Metadata is not UTF-8 in base64.", thing=name[:40]) from None
    return said
