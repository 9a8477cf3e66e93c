"""After a crash: what lies in the staging folder is finished where its move had begun, otherwise removed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from haihe.archive.domain.ocfl.batch import PROMISE, make_folders, read_promise, remove_empty_folders
from haihe.archive.domain.ocfl.digests import read_small
from haihe.archive.domain.ocfl.disk import Disk
from haihe.archive.domain.ocfl.layout import Layout
from haihe.archive.domain.ocfl.reading import LARGEST

Settle = Callable[[list[tuple[str, str]], str], None]  # (id, version) of one batch, and its note
ENTRY = re.compile(r"([A-Za-z0-9_%-]+)\.(v[0-9]+)")
LARGEST_PROMISE = 1 << 32  # bytes
INVENTORY, SIDECAR = "inventory.json", "inventory.json.sha512"


@dataclass(slots=True)
class Repaired:
    """What was done, as folders of objects with the version: finished moves, and changes that never were committed."""

    completed: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)


def repair(disk: Disk, root: str, staging: str, layout: Layout, settle: Settle | None = None) -> Repaired:
    """Go through the staging folder; sessions of living writers are left alone.

    settle    called with what a batch with a journal brought in, all of it now in place, before its session goes

    Raises OSError, and what `settle` raises: the session then stays.
    """
    done = Repaired()
    for name in sorted(os.listdir(staging)):
        session = f"{staging}/{name}"
        lock = _abandoned(session)
        if lock is None:
            continue
        try:
            promised = _bytes(f"{session}/{PROMISE}", LARGEST_PROMISE)
            if promised is None:
                _session(disk, root, session, layout, done)
            else:
                _keep_promise(disk, root, session, layout, done)
                if settle is not None:
                    settle(*read_promise(promised))
                disk.remove_tree(session)
        finally:
            if lock >= 0:
                os.close(lock)
    disk.sync(staging)
    return done


def _abandoned(session: str) -> int | None:
    """A lock on a session whose writer is gone: a descriptor, -1 where it never had a lock; None where it lives."""
    try:
        lock = os.open(f"{session}/lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return -1 if os.path.isdir(session) else None
    except NotADirectoryError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _session(disk: Disk, root: str, session: str, layout: Layout, done: Repaired) -> None:
    finished: list[str] = []
    for name in sorted(os.listdir(session)):
        match = ENTRY.fullmatch(name)
        if match is None:
            continue
        place, target, version = f"{session}/{name}", f"{root}/{layout.path_of_name(match[1])}", match[2]
        if _complete(disk, place, target, version):
            finished.append(place)
            done.completed.append((target, version))
        else:
            disk.remove_tree(place)
            if version.lstrip("v0") == "1":
                remove_empty_folders(disk, os.path.dirname(target))
            done.removed.append((target, version))
    if finished:
        disk.sync(root)
        for place in finished:
            disk.remove_tree(place)
    disk.remove_tree(session)


def _keep_promise(disk: Disk, root: str, session: str, layout: Layout, done: Repaired) -> None:
    """Move in all that is left of a batch that was durable as a whole before its first move."""
    for name in sorted(os.listdir(session)):
        match = ENTRY.fullmatch(name)
        if match is None:
            continue
        place, target, version = f"{session}/{name}", f"{root}/{layout.path_of_name(match[1])}", match[2]
        if version.lstrip("v0") == "1":
            make_folders(disk, os.path.dirname(target))
            disk.rename(place, target)
        else:
            if not os.path.isdir(f"{target}/{version}"):
                disk.rename(f"{place}/{version}", f"{target}/{version}")
            for part in (INVENTORY, SIDECAR):
                if os.path.exists(f"{place}/{part}"):
                    disk.rename(f"{place}/{part}", f"{target}/{part}")
            disk.remove_tree(place)
        done.completed.append((target, version))
    disk.sync(root)


def _complete(disk: Disk, place: str, target: str, version: str) -> bool:
    """Finish the moves of a version that had begun; True where the version now stands in the object.

    Its three parts move one after the other: folder, inventory, sidecar. All of them were durable before the first.
    """
    folder, there = f"{place}/{version}", f"{target}/{version}"
    if not os.path.isdir(target) or (os.path.isdir(folder) and os.path.isdir(there)):
        return False  # a new object that was not moved, or somebody else was faster with this version
    if os.path.isdir(folder):
        # Begun only where a disk lost the first move and kept a later one
        new = _bytes(f"{folder}/{INVENTORY}")
        if new is None or (_bytes(f"{target}/{INVENTORY}") != new and _bytes(f"{target}/{SIDECAR}") != _sidecar(new)):
            return False
        disk.rename(folder, there)
    inventory = _bytes(f"{there}/{INVENTORY}")
    if inventory is None:
        return False
    staged = _bytes(f"{place}/{INVENTORY}")
    if staged is not None and staged != inventory:
        return False
    if staged is not None:
        disk.rename(f"{place}/{INVENTORY}", f"{target}/{INVENTORY}")
    expected = _sidecar(inventory)
    if _bytes(f"{place}/{SIDECAR}") == expected:
        disk.rename(f"{place}/{SIDECAR}", f"{target}/{SIDECAR}")
    return _bytes(f"{target}/{INVENTORY}") == inventory and _bytes(f"{target}/{SIDECAR}") == expected


def _sidecar(inventory: bytes) -> bytes:
    return f"{hashlib.sha512(inventory).hexdigest()} inventory.json\n".encode()


def _bytes(path: str, most: int = LARGEST) -> bytes | None:
    try:
        return read_small(path, most)
    except FileNotFoundError:
        return None
