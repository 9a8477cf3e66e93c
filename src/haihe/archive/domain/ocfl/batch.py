"""Many changes made durable by two syncs: staged, synced, moved in, synced."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from haihe.archive.domain.ocfl.changes import Changes, Metadata, Source
from haihe.archive.domain.ocfl.digests import read_small
from haihe.archive.domain.ocfl.disk import Disk
from haihe.archive.domain.ocfl.errors import (
    ChangeRefused,
    NoSuchObject,
    NotStored,
    ObjectDamaged,
    ObjectExists,
    PathRefused,
    VersionConflict,
)
from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.inventory import Inventory, check_inventory
from haihe.archive.domain.ocfl.names import is_text
from haihe.archive.domain.ocfl.reading import LARGEST, check_sidecar, read_document
from haihe.archive.domain.ocfl.staging import DECLARATION, DECLARED, VersionStage, new_inventory
from haihe.base.errors import HaiheError

PROMISE = "promised.json"
THERE = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One version that is durable. `inventory` is the sha512 of its inventory, `contents` sha256 → content path."""

    id: str
    version: str
    path: str
    inventory: str
    contents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Staged:
    receipt: Receipt
    place: str
    new: bool


class Batch:
    """Use it as `with store.batch() as batch`; each object once.

    receipts   after the end: what is durable, in order
    refused    after the end: what others were faster with, as (id, error)

    With a journal the batch is kept whole or not at all: once its first sync is through, its session says so, and what
    a crash leaves undone of it `repair` does. The session stays until `settle`: by then the caller has noted what
    came in. Only for callers that write one after the other: nobody else may be faster with an object.
    """

    def __init__(self, disk: Disk, staging: str, path: Callable[[str], str], *, journal: bool = False) -> None:
        self.journal = journal
        self.disk = disk
        self.staging = staging
        self.path = path
        self.receipts: list[Receipt] = []
        self.refused: list[tuple[str, HaiheError]] = []
        self._staged: dict[str, _Staged] = {}
        self.promised = False
        self._session, self._lock = _begin_session(disk, staging)

    def create(self, identifier: str, files: Mapping[str, Source], metadata: Metadata) -> None:
        """Stage a new object with its first version. Raises ObjectExists, PathRefused, ChangeRefused, NotStored."""
        target, name = self._target(identifier)
        if os.path.lexists(target):
            raise ObjectExists(thing=identifier)
        place = f"{self._session}/{name}.v1"
        with _Staging(self.disk, place, identifier):
            self.disk.make_folder(place)
            stage = VersionStage(self.disk, place, "v1", new_inventory(identifier))
            sidecar = stage.write(Changes(put=files), metadata)
            self.disk.write(f"{place}/{DECLARATION}", DECLARED)
            stage.inventories(place)
        self._staged[identifier] = _Staged(Receipt(identifier, "v1", target, sidecar, stage.contents()), place, True)

    def add_version(self, identifier: str, changes: Changes, metadata: Metadata) -> None:
        """Stage the next version of an object.

        Raises NoSuchObject, ObjectDamaged, PathRefused, ChangeRefused, NotStored.
        """
        target, name = self._target(identifier)
        inventory, checked = newest_inventory(target, identifier)
        version = _next_version(checked, identifier)
        place = f"{self._session}/{name}.{version}"
        with _Staging(self.disk, place, identifier):
            self.disk.make_folder(place)
            stage = VersionStage(self.disk, place, version, inventory)
            sidecar = stage.write(changes, metadata)
            stage.inventories(place)
        self._staged[identifier] = _Staged(
            Receipt(identifier, version, target, sidecar, stage.contents()), place, False
        )

    def commit(self, note: str = "") -> None:
        """Make all that is staged durable; called at the end of the `with` block.

        note    with a journal: what the caller will want to know of it after a crash, kept apart from the objects
        """
        if not self._staged:
            return
        try:
            if self.journal:
                versions = [[one.receipt.id, one.receipt.version] for one in self._staged.values()]
                promise = json.dumps({"versions": versions, "note": note}, ensure_ascii=False)
                self.disk.write(f"{self._session}/.{PROMISE}", promise.encode("utf-8", "replace"))
            self.disk.sync(self.staging)
            if self.journal:
                self._promise()
            moved = [staged.receipt for staged in self._staged.values() if self._move_in(staged)]
            self.disk.sync(self.staging)
        except OSError as error:
            raise NotStored(f"The batch could not be made durable: {error.strerror or error}.") from error
        self._staged.clear()
        self.receipts += moved

    def staged(self) -> list[Receipt]:
        """What is staged and not committed yet, in order."""
        return [one.receipt for one in self._staged.values()]

    def settle(self) -> None:
        """The caller has noted what came in: the session of a batch with a journal may go."""
        self.promised = False
        self.close()

    def _promise(self) -> None:
        """From here on the batch is kept whole: `repair` finishes what does not come to its end here."""
        self.disk.rename(f"{self._session}/.{PROMISE}", f"{self._session}/{PROMISE}")
        self.promised = True
        self.disk.sync(self.staging)

    def close(self) -> None:
        """Remove what was staged and not committed, and the session."""
        if self._lock < 0:
            return
        if self.promised:
            os.close(self._lock)  # the session stays for `repair`
            self._lock = -1
            return
        try:
            if self.journal:
                self.disk.remove_tree(self._session)
                return
            for staged in self._staged.values():
                if staged.new or os.path.lexists(f"{staged.place}/{staged.receipt.version}"):
                    self.disk.remove_tree(staged.place)
            self.disk.remove(f"{self._session}/lock")
            self.disk.remove_folder(self._session)
        except OSError:
            pass  # `repair` does it later
        finally:
            os.close(self._lock)
            self._lock = -1

    def _target(self, identifier: str) -> tuple[str, str]:
        if not identifier or not is_text(identifier):
            raise PathRefused("The identifier is empty or no Unicode text.", thing=repr(identifier))
        if identifier in self._staged:
            raise ChangeRefused("One batch holds one change of an object.", thing=identifier)
        target = self.path(identifier)
        return target, os.path.basename(target)

    def _move_in(self, staged: _Staged) -> bool:
        try:
            if staged.new:
                self._move_object(staged.place, staged.receipt.path)
            else:
                self._move_version(staged)
        except OSError as error:
            if self.promised:
                raise
            if error.errno not in THERE:
                self._give_up(staged, NotStored(f"{error.strerror or error}.", thing=staged.receipt.id))
            elif staged.new:
                self._give_up(staged, ObjectExists(thing=staged.receipt.id))
            else:
                self._give_up(staged, VersionConflict(thing=staged.receipt.id))
            return False
        return True

    def _give_up(self, staged: _Staged, error: HaiheError) -> None:
        self.refused.append((staged.receipt.id, error))
        if staged.new or os.path.lexists(f"{staged.place}/{staged.receipt.version}"):
            self.disk.remove_tree(staged.place)
            if staged.new:
                remove_empty_folders(self.disk, os.path.dirname(staged.receipt.path))

    def _move_object(self, place: str, target: str) -> None:
        for attempt in range(20):
            try:
                self.disk.rename(place, target)
                return
            except FileNotFoundError:  # no folder leads there yet, or a repair just removed an empty one
                if attempt == 19:
                    raise
            make_folders(self.disk, os.path.dirname(target))

    def _move_version(self, staged: _Staged) -> None:
        place, target, version = staged.place, staged.receipt.path, staged.receipt.version
        if os.path.lexists(f"{target}/{version}"):
            raise FileExistsError(errno.EEXIST, "the version is there")
        self.disk.rename(f"{place}/{version}", f"{target}/{version}")
        self.disk.rename(f"{place}/inventory.json", f"{target}/inventory.json")
        self.disk.rename(f"{place}/inventory.json.sha512", f"{target}/inventory.json.sha512")
        self.disk.remove_folder(place)


class _Staging:
    """Takes a half-built version away again, and says in our words why the disk would not have it."""

    def __init__(self, disk: Disk, place: str, identifier: str) -> None:
        self.disk, self.place, self.identifier = disk, place, identifier

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        with suppress(OSError):  # `repair` does it later
            self.disk.remove_tree(self.place)
        if isinstance(error, OSError):
            raise NotStored(f"Nothing was stored: {error.strerror or error}.", thing=self.identifier) from error


def read_promise(data: bytes) -> tuple[list[tuple[str, str]], str]:
    """The (id, version)s of a batch with a journal, and its note."""
    said = json.loads(data)
    versions, note = (said, "") if isinstance(said, list) else (said["versions"], said["note"])  # a list: before 1.0
    return [(identifier, version) for identifier, version in versions], note


def make_folders(disk: Disk, path: str) -> None:
    """A folder and those above it, where they are missing."""
    try:
        disk.make_folder(path)
    except FileExistsError:
        return
    except FileNotFoundError:
        make_folders(disk, os.path.dirname(path))
        make_folders(disk, path)


def remove_empty_folders(disk: Disk, path: str) -> None:
    """A folder and those above it, as long as they are empty; a storage root never is."""
    while True:
        try:
            disk.remove_folder(path)
        except OSError:
            return
        path = os.path.dirname(path)


def _begin_session(disk: Disk, staging: str) -> tuple[str, int]:
    """A folder of one batch, locked as long as its process lives: `repair` leaves it alone so long."""
    while True:
        session = f"{staging}/{secrets.token_hex(8)}"
        try:
            disk.make_folder(session)
            disk.write(f"{session}/lock", b"")
            lock = os.open(f"{session}/lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            if not os.path.isdir(staging):
                raise
            continue  # a repair took it for an abandoned one
        except OSError as error:
            raise NotStored(f"Nothing can be staged: {error.strerror or error}.", thing=staging) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        if os.path.exists(f"{session}/lock"):
            return session, lock
        os.close(lock)


def newest_inventory(target: str, identifier: str) -> tuple[dict[str, Any], Inventory]:
    """The root inventory as JSON and as understood, once it is known to be whole."""
    findings = Findings()
    try:
        if read_small(f"{target}/{DECLARATION}", 64) != DECLARED:
            raise ObjectDamaged("The declaration of the object is not that of OCFL 1.1.", thing=identifier)
        document = read_document(f"{target}/inventory.json", "inventory.json", findings, largest=LARGEST)
        if document is not None and document.value is not None:
            checked = check_inventory(document.value, "inventory.json", findings)
            sidecar = f"{target}/inventory.json.sha512"
            check_sidecar(sidecar, "inventory.json.sha512", document.sha512, findings)
    except FileNotFoundError:
        if os.path.lexists(target):
            raise ObjectDamaged("A file of the object is missing.", thing=identifier) from None
        raise NoSuchObject(thing=identifier) from None
    except OSError as error:
        raise ObjectDamaged(f"The object cannot be read: {error.strerror or error}.", thing=identifier) from error
    first = next(iter([*findings.errors, *findings.unreadable]), None)
    if first is not None or document is None:
        raise ObjectDamaged(first.message if first else "The inventory cannot be read.", thing=identifier)
    if checked.id != identifier or checked.algorithm != "sha512":
        raise ObjectDamaged("The inventory is of another object, or not of sha512.", thing=identifier)
    return document.value, checked


def _next_version(checked: Inventory, identifier: str) -> str:
    newest = checked.versions[-1]
    number = len(checked.versions) + 1
    if not newest.startswith("v0"):
        return f"v{number}"
    name = f"v{number:0{len(newest) - 1}}"
    if len(name) != len(newest) or name[1] != "0":
        raise ChangeRefused("The padded version numbers of the object are used up.", thing=identifier)
    return name
