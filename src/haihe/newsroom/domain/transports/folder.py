"""A watched folder: whatever is put there is taken in once, zip archives file by file. Nothing in it is changed.

The address is the name of a folder below the operator's `watched_folder`; nothing outside it is ever opened. A file
that is still being written is left for the next visit: its size and time must have stood still, and must be the same
after it was read.

options   none
memory    files: name → [size, time in ns, whether taken]
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from haihe.base.config import load
from haihe.base.errors import HaiheError
from haihe.newsroom.domain.transports import ByReader, Delivery, Errand, transport
from haihe.newsroom.domain.unpacking import documents_in

LARGEST = 64 << 20
MOST_FILES = 5000
_STILL = 5.0  # seconds since its last change after which a file seen for the first time is taken to be whole
_DEEPEST = 4


class FolderUnreadable(HaiheError):
    """The folder cannot be read."""

    permanent = True
    hint = "It must stand below the folder named by watched_folder in haihe.toml, and be readable for Haihe's account."


class FileTooLarge(HaiheError):
    """A file of the folder is too large to be taken in."""

    permanent = True
    hint = "Hand in large recordings and pictures through the archive, or as several smaller files."


def watched_root() -> Path:
    config = load()
    return config.watched_folder if config.watched_folder != Path() else config.home / "watched"


def folder_at(address: str) -> Path:
    """The folder that a source names. Raises FolderUnreadable for every way out of the watched one."""
    root = watched_root().resolve()
    if not address.strip() or "\x00" in address or address.startswith(("/", "~")):
        raise FolderUnreadable("This is no name of a folder.", thing=address)
    folder = (root / address).resolve()
    if root not in folder.parents:
        raise FolderUnreadable("The folder lies outside the one that may be watched.", thing=address)
    if not folder.is_dir():
        raise FolderUnreadable("There is no such folder.", thing=address)
    return folder


@transport
class FolderTransport(ByReader):
    name: ClassVar[str] = "folder"

    def bring(self, errand: Errand) -> Iterator[Delivery]:
        folder = folder_at(errand.address)
        before: dict[str, list[Any]] = dict(errand.memory.get("files", {}))
        now: dict[str, list[Any]] = {}
        waiting: list[tuple[str, list[Any]]] = []
        for name, found in _files(folder):
            seen = before.get(name, [])
            mark = [found.st_size, found.st_mtime_ns]
            whole = seen[:2] == mark or abs(time.time() - found.st_mtime) > _STILL
            now[name] = [*mark, seen[:2] == mark and bool(seen[2])]
            if whole and not now[name][2]:
                waiting.append((name, now[name]))
        for name, mark in waiting:
            yield from _taken(folder, name, mark, now)
        yield Delivery(None, memory={"files": now})


def _taken(folder: Path, name: str, mark: list[Any], now: dict[str, list[Any]]) -> Iterator[Delivery]:
    try:
        data = _read_whole(folder / name, mark)
    except HaiheError as error:
        mark[2] = True  # told once; looked at again when it changes
        yield Delivery(None, filename=name, kind="file", refused=error, memory={"files": dict(now)})
        return
    except OSError as error:
        said = FolderUnreadable(f"The file cannot be read: {error.strerror}.", thing=name)
        yield Delivery(None, filename=name, kind="file", refused=said)
        return
    if data is None:
        return
    for inner, document, refused in documents_in(data, name):
        yield Delivery(document, filename=inner, kind="file", refused=refused)
    mark[2] = True
    yield Delivery(None, memory={"files": dict(now)})


def _read_whole(file: Path, mark: list[Any]) -> bytes | None:
    """The bytes of a file; None where it changes while it is read. Raises FileTooLarge, OSError."""
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as stream:
        opened = os.fstat(handle)
        if not stat.S_ISREG(opened.st_mode):
            return None
        if opened.st_size > LARGEST:
            raise FileTooLarge(f"The file is larger than {LARGEST >> 20} MB.", thing=file.name)
        data = stream.read(LARGEST + 1)
        after = os.fstat(handle)
    same = [after.st_size, after.st_mtime_ns] == mark[:2] == [opened.st_size, opened.st_mtime_ns]
    return data if same and len(data) == after.st_size else None


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Regular files with their path below the folder, hidden and linked ones left out, in the order of their names."""
    count = 0
    for at, folders, names in os.walk(folder, followlinks=False):
        depth = len(Path(at).relative_to(folder).parts)
        folders[:] = sorted(one for one in folders if not one.startswith(".")) if depth < _DEEPEST else []
        for name in sorted(names):
            if name.startswith((".", "~$")) or name.endswith((".part", ".tmp", ".crdownload")):
                continue
            try:
                found = os.lstat(os.path.join(at, name))
                name.encode()
            except (OSError, UnicodeError):
                continue
            if stat.S_ISREG(found.st_mode):
                count += 1
                if count > MOST_FILES:
                    return
                yield os.path.relpath(os.path.join(at, name), folder), found
