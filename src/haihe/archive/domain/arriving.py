"""Bytes on their way into an object: digested while they come, small ones in memory, large ones as files."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from haihe.archive.domain import layout
from haihe.archive.domain.faults import SourceUnreadable
from haihe.archive.domain.ocfl.changes import Arrived

SMALL = 1 << 20  # bytes that are held in memory
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes that are here. `source` is what the writer of objects takes."""

    source: bytes | Arrived
    sha256: str
    size: int

    def forget(self) -> None:
        """Remove the name a large one came under; its bytes live on in the object, if it came so far."""
        if isinstance(self.source, Arrived):
            with suppress(OSError):
                os.unlink(self.source.path)


def take_in(source: bytes | Path | BinaryIO | Arrival) -> Arrival:
    """Read a source to its end, once. Raises SourceUnreadable, StoreFull, StoreFailing."""
    if isinstance(source, Arrival):
        return source
    if isinstance(source, bytes):
        return Arrival(source, hashlib.sha256(source).hexdigest(), len(source))
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                return _from_stream(file)
        except (OSError, ValueError) as error:  # ValueError: a NUL in its name
            raise SourceUnreadable(f"The file cannot be read: {error}.", thing=source) from error
    return _from_stream(source)


def adopt(file: Path) -> Arrival:
    """A file that lies on the archive's own file system already: hashed, not copied. Raises OSError."""
    sha512, sha256, size = hashlib.sha512(), hashlib.sha256(), 0
    with file.open("rb", buffering=0) as stream:
        for chunk in _chunks(stream):
            sha512.update(chunk)
            sha256.update(chunk)
            size += len(chunk)
    return Arrival(Arrived(str(file), sha512.hexdigest(), sha256.hexdigest()), sha256.hexdigest(), size)


def _from_stream(stream: BinaryIO) -> Arrival:
    first = _read_up_to(stream, SMALL + 1)
    if len(first) <= SMALL:
        return take_in(first)
    sha512, sha256, size = hashlib.sha512(), hashlib.sha256(), 0
    with layout.disk_faults():
        handle, name = tempfile.mkstemp(prefix="item-", dir=layout.incoming())
    try:
        with open(handle, "wb", buffering=0):
            for chunk in _with_first(first, stream):
                with layout.disk_faults():
                    layout.write_at(handle, chunk, size)
                sha512.update(chunk)
                sha256.update(chunk)
                size += len(chunk)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    return Arrival(Arrived(name, sha512.hexdigest(), sha256.hexdigest()), sha256.hexdigest(), size)


def _with_first(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    yield first
    yield from _chunks(stream)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _read_up_to(stream: BinaryIO, count: int) -> bytes:
    gathered = BytesIO()
    while gathered.tell() < count and (chunk := stream.read(count - gathered.tell())):
        gathered.write(chunk)
    return gathered.getvalue()
