"""Uploads in parts on the disk, without a database: a folder of one file for each part.

<home>/archive/s3/<id>/upload.json   whose it is, which bucket and name
<home>/archive/s3/<id>/00001         a part; beside it 00001.md5
<home>/archive/s3/<id>/whole         all of them joined
<home>/archive/s3/<id>/deposit.json  which deposit it becomes, once that was begun
<home>/archive/s3/<id>/done          its tag, once it is one
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from haihe.archive.domain.s3.answers import S3Error

NAME = re.compile(r"[0-9a-f]{32}")
PART = re.compile(r"\d{5}")
MOST_PARTS = 10_000
SMALLEST = 5 << 20  # bytes of every part but the last
EXPIRES = 7 * 86_400  # seconds without a part


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload that was begun, by one person, for one name in one bucket."""

    id: str
    person: str
    bucket: str
    key: str
    media_type: str
    folder: Path

    def part(self, number: int) -> Path:
        return self.folder / f"{number:05}"

    @property
    def whole(self) -> Path:
        return self.folder / "whole"

    def parts(self) -> list[tuple[int, int, str]]:
        """Number, bytes and md5 of each part that is here."""
        found = []
        for file in sorted(one for one in self.folder.iterdir() if PART.fullmatch(one.name)):
            try:
                found.append((int(file.name), file.stat().st_size, Path(f"{file}.md5").read_text()))
            except FileNotFoundError:
                continue  # being put, or replaced
        return found


def begin(root: Path, person: str, bucket: str, key: str, media_type: str) -> Upload:
    """Raises OSError."""
    root.mkdir(parents=True, exist_ok=True)
    identifier = secrets.token_hex(16)
    upload = Upload(identifier, person, bucket, key, media_type, root / identifier)
    arriving = root / f".{identifier}"
    arriving.mkdir()
    said = {name: value for name, value in asdict(upload).items() if name != "folder"}
    (arriving / "upload.json").write_text(json.dumps(said), encoding="utf-8")
    arriving.rename(upload.folder)
    return upload


def find(root: Path, identifier: str, person: str, bucket: str, key: str) -> Upload:
    """An upload of this person. Raises S3Error NoSuchUpload."""
    if NAME.fullmatch(identifier):
        try:
            said: dict[str, Any] = json.loads((root / identifier / "upload.json").read_text(encoding="utf-8"))
            upload = Upload(**said, folder=root / identifier)
        except (OSError, ValueError, TypeError):
            pass
        else:
            if (upload.person, upload.bucket, upload.key) == (person, bucket, key):
                return upload
    raise S3Error("NoSuchUpload", "There is no such upload: it was ended, or nothing came for a week.")


def under_way(root: Path) -> Iterator[Upload]:
    """Every upload that was begun and is no deposit yet."""
    if not root.is_dir():
        return
    for folder in sorted(root.iterdir()):
        if NAME.fullmatch(folder.name) and not (folder / "done").exists():
            try:
                yield Upload(**json.loads((folder / "upload.json").read_text(encoding="utf-8")), folder=folder)
            except (OSError, ValueError, TypeError):
                continue


def all_of(root: Path, person: str, bucket: str) -> Iterator[Upload]:
    """Uploads that a person has under way in a bucket."""
    return (one for one in under_way(root) if (one.person, one.bucket) == (person, bucket))


def open_part(upload: Upload, number: int) -> tuple[BinaryIO, Path]:
    """A file for a part that is coming; it gets its name by `keep_part`. Raises OSError."""
    arriving = upload.folder / f".{number:05}-{secrets.token_hex(4)}"
    return arriving.open("xb", buffering=0), arriving


def keep_part(upload: Upload, number: int, arrived: Path, md5: str) -> None:
    """All of a part is here: it replaces one of the same number."""
    file = upload.part(number)
    Path(f"{file}.md5").unlink(missing_ok=True)
    arrived.replace(file)
    Path(f"{file}.md5").write_text(md5)


def join(upload: Upload, wanted: list[tuple[int, str]]) -> tuple[int, str]:
    """Join parts into one durable file; returns bytes and the tag of the whole, as S3 makes it.

    wanted   number and md5 of each, as the client lists them

    Raises S3Error, OSError.
    """
    there = {number: (size, md5) for number, size, md5 in upload.parts()}
    if not wanted or [number for number, _md5 in wanted] != sorted({number for number, _md5 in wanted}):
        raise S3Error("InvalidPartOrder", "List the parts in the order of their numbers, each once.")
    for number, md5 in wanted:
        if there.get(number, (0, ""))[1] != md5:
            raise S3Error("InvalidPart", f"Part {number} is not here, or not with this ETag.")
    for number, _md5 in wanted:
        if number != wanted[-1][0] and there[number][0] < SMALLEST:
            raise S3Error("EntityTooSmall", f"Part {number} is smaller than 5 MiB, and not the last one.")
    arriving = upload.folder / ".whole"
    with arriving.open("wb", buffering=0) as whole:
        for number, _md5 in wanted:
            with upload.part(number).open("rb", buffering=0) as part:
                _append(part.fileno(), whole.fileno())
        os.fsync(whole.fileno())
        size = whole.tell()
    arriving.replace(upload.whole)
    tag = hashlib.md5(b"".join(bytes.fromhex(md5) for _number, md5 in wanted), usedforsecurity=False).hexdigest()
    return size, f"{tag}-{len(wanted)}"


def _append(source: int, target: int) -> None:
    """Inside the kernel, and without copying where the file system can share blocks."""
    try:
        while os.copy_file_range(source, target, 1 << 30):
            pass
    except (OSError, AttributeError):
        while chunk := os.read(source, 1 << 20):
            view = memoryview(chunk)
            while view:
                view = view[os.write(target, view) :]


def finish(upload: Upload, tag: str) -> None:
    """It is a deposit now. What it became is still said to a client that did not hear it; its bytes go."""
    done = upload.folder / ".done"
    done.write_text(tag)
    done.replace(upload.folder / "done")
    for file in upload.folder.iterdir():
        if file.name not in ("done", "upload.json"):
            file.unlink(missing_ok=True)


def finished(upload: Upload) -> str:
    """The tag of an upload that is a deposit already; empty for one under way."""
    try:
        return (upload.folder / "done").read_text()
    except FileNotFoundError:
        return ""


def sweep(root: Path) -> int:
    """Remove uploads to which nothing has come for a week, and what a crash left; returns how many."""
    removed = 0
    for folder in list(root.iterdir()) if root.is_dir() else []:
        age = time.time() - folder.stat().st_mtime
        if age > (3600 if folder.name.startswith(".") else EXPIRES):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed
