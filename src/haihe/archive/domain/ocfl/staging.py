"""A version built beside the storage root, complete before anything of it is moved in."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from haihe.archive.domain.ocfl.changes import (
    Arrived,
    Changes,
    Metadata,
    Source,
    check_logical_paths,
    content_name,
    rearranged,
)
from haihe.archive.domain.ocfl.digests import CHUNK, open_regular
from haihe.archive.domain.ocfl.disk import Disk
from haihe.archive.domain.ocfl.errors import ChangeRefused

DECLARATION = "0=ocfl_object_1.1"
DECLARED = b"ocfl_object_1.1\n"
TYPE = "https://ocfl.io/1.1/spec/#inventory"


@dataclass(slots=True)
class Digests:
    sha512: str
    sha256: str


class VersionStage:
    """Writes the content of one version below `place`, then its inventory.

    inventory   the newest inventory as parsed JSON, changed in place; begun by `new_inventory` for a new object
    place       folder that holds the version folder while it grows
    """

    def __init__(self, disk: Disk, place: str, version: str, inventory: dict[str, Any]) -> None:
        self.disk = disk
        self.place = place
        self.version = version
        self.inventory = inventory
        self.content = inventory.get("contentDirectory", "content")
        self.known = {digest.lower(): digest for digest in inventory["manifest"]}
        self.folders: set[str] = set()
        self.taken: set[str] = set()
        self.parts = 0

    def write(self, changes: Changes, metadata: Metadata) -> str:
        """Content first, then the version's inventory and sidecar; returns the sidecar's digest."""
        state = rearranged(newest_state(self.inventory), changes)
        check_logical_paths([*state, *(path for path in changes.put if path not in state)])
        when = metadata.when()
        self._folder(f"{self.place}/{self.version}")
        for logical, source in changes.put.items():
            state[logical] = self._put(logical, source)
        block: dict[str, list[str]] = {}
        for logical, digest in state.items():
            block.setdefault(digest, []).append(logical)
        self.inventory["head"] = self.version
        self.inventory["versions"][self.version] = {
            "created": when,
            "message": metadata.message,
            "state": block,
            "user": {"name": metadata.name, "address": metadata.address},
        }
        self.data = json.dumps(self.inventory, ensure_ascii=False).encode() + b"\n"
        digest = hashlib.sha512(self.data).hexdigest()
        self.sidecar = f"{digest} inventory.json\n".encode()
        self.inventories(f"{self.place}/{self.version}")
        return digest

    def inventories(self, folder: str) -> None:
        self.disk.write(f"{folder}/inventory.json", self.data)
        self.disk.write(f"{folder}/inventory.json.sha512", self.sidecar)

    def contents(self) -> dict[str, str]:
        """sha256 → content path, of all versions."""
        return {digest: paths[0] for digest, paths in self.inventory.get("fixity", {}).get("sha256", {}).items()}

    def _put(self, logical: str, source: Source) -> str:
        """Store a file unless the object has its bytes already; returns the digest as the manifest writes it."""
        if isinstance(source, Arrived):
            if source.sha512 not in self.known:
                below = self._name(logical, source.sha512)
                self._link(source.path, f"{self.place}/{below}")
                self._record(below, Digests(source.sha512, source.sha256))
            return self.known[source.sha512]
        if not isinstance(source, bytes):
            name = os.fspath(source)
            handle, found = open_regular(name)
            try:
                if found.st_size > CHUNK:
                    return self._put_large(logical, name, handle, found.st_size)
                source = os.read(handle, found.st_size + 1)
            finally:
                os.close(handle)
            if len(source) != found.st_size:
                raise ChangeRefused("The file changed while it was read.", thing=name)
        sha512 = hashlib.sha512(source).hexdigest()
        if sha512 not in self.known:
            below = self._name(logical, sha512)
            self.disk.write(f"{self.place}/{below}", source)
            self._record(below, Digests(sha512, hashlib.sha256(source).hexdigest()))
        return self.known[sha512]

    def _put_large(self, logical: str, source: str, handle: int, size: int) -> str:
        """The same for a file that is copied in parts, under a name of its own until its digest is known."""
        self.parts += 1
        waiting = f"{self.place}/part{self.parts}"
        copy = _Copy(handle)
        self.disk.write_parts(waiting, copy)
        if copy.bytes != size:
            raise ChangeRefused("The file changed while it was read.", thing=source)
        digests = copy.digests()
        if digests.sha512 in self.known:
            self.disk.remove(waiting)
        else:
            below = self._name(logical, digests.sha512)
            self.disk.rename(waiting, f"{self.place}/{below}")
            self._record(below, digests)
        return self.known[digests.sha512]

    def _link(self, old: str, new: str) -> None:
        """A second name of what has arrived; a copy where it arrived on another disk than the store's."""
        try:
            self.disk.link(old, new)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            handle = os.open(old, os.O_RDONLY | os.O_CLOEXEC)
            try:
                self.disk.write_parts(new, _Copy(handle))
            finally:
                os.close(handle)

    def _name(self, logical: str, digest: str) -> str:
        """Content path of a new file, its folders made."""
        name = content_name(logical, digest, self.taken)
        below = f"{self.version}/{self.content}/{name}"
        cut = len(self.version)
        while (cut := below.find("/", cut + 1)) > 0:
            self._folder(f"{self.place}/{below[:cut]}")
        return below

    def _folder(self, path: str) -> None:
        if path not in self.folders:
            self.disk.make_folder(path)
            self.folders.add(path)

    def _record(self, below: str, digests: Digests) -> None:
        self.known[digests.sha512] = digests.sha512
        self.inventory["manifest"][digests.sha512] = [below]
        fixity = self.inventory.setdefault("fixity", {}).setdefault("sha256", {})
        fixity.setdefault(digests.sha256, []).append(below)


class _Copy:
    """The parts of an open file, digested as they pass."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.bytes = 0
        self.sha512, self.sha256 = hashlib.sha512(), hashlib.sha256()

    def __iter__(self) -> Iterator[memoryview]:
        buffer = bytearray(CHUNK)
        view = memoryview(buffer)
        while count := os.readv(self.handle, [view]):
            part = view[:count]
            self.sha512.update(part)
            self.sha256.update(part)
            self.bytes += count
            yield part

    def digests(self) -> Digests:
        return Digests(self.sha512.hexdigest(), self.sha256.hexdigest())


def new_inventory(identifier: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "type": TYPE,
        "digestAlgorithm": "sha512",
        "head": "",
        "manifest": {},
        "versions": {},
        "fixity": {},
    }


def newest_state(inventory: dict[str, Any]) -> dict[str, str]:
    """Logical path → digest as written, of the newest version; empty where there is none yet."""
    if not inventory["versions"]:
        return {}
    state = inventory["versions"][inventory["head"]]["state"]
    return {path: digest for digest, paths in state.items() for path in paths}
