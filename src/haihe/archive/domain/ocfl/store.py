"""A storage root that we write: OCFL 1.1, layout 0003, many objects made durable together.

    store = Store("/city/archive/ocfl")
    with store.batch() as batch:
        batch.create("urn:uuid:…", {"photo.tif": Path("in.tif")}, Metadata("Deposit", "An archivist", "mailto:…"))
    batch.receipts      # durable: a power cut takes none of them

A version is built beside the root, synced with its whole batch, moved in by renames, and synced again. What a crash
leaves in between lies in the staging folder; `repair` finishes or removes it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from haihe.archive.domain.ocfl.batch import Batch, newest_inventory, remove_empty_folders
from haihe.archive.domain.ocfl.disk import Disk
from haihe.archive.domain.ocfl.errors import NoSuchObject, NotStored, StoreUnusable
from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.folders import listed
from haihe.archive.domain.ocfl.layout import HASH_AND_ID, HASHED, Layout
from haihe.archive.domain.ocfl.repairing import Repaired, Settle, repair
from haihe.archive.domain.ocfl.roots import check_root

ROOT = "0=ocfl_1.1"
DESCRIPTION = "Objects lie below folders named by the first digits of the digest of their identifier."
WRITTEN = (HASH_AND_ID, HASHED)
DEFAULT = Layout(HASH_AND_ID, "sha256", tuple_size=3, tuples=1)


class Store:
    """A storage root and its staging folder, both on one file system.

    root      made with all its files where it is missing or empty
    staging   "<root>.staging" where it is not given
    layout    of a new root: 0003 with sha256; an existing root keeps its own

    Raises StoreUnusable, NotStored.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        staging: str | os.PathLike[str] | None = None,
        *,
        layout: Layout = DEFAULT,
        disk: Disk | None = None,
    ) -> None:
        self.root = os.path.abspath(os.fspath(root))
        self.staging = os.path.abspath(os.fspath(staging)) if staging is not None else f"{self.root}.staging"
        self.disk = disk or Disk()
        self.layout = layout
        try:
            self._open()
        except OSError as error:
            raise NotStored(f"The store cannot be opened: {error.strerror or error}.", thing=self.root) from error
        if os.stat(self.root).st_dev != os.stat(self.staging).st_dev:
            raise StoreUnusable("The staging folder is on another file system.", thing=self.staging)

    def path(self, identifier: str) -> str:
        """The folder of an object, there or not."""
        return f"{self.root}/{self.layout.path(identifier)}"

    def files(self, identifier: str, version: str = "") -> dict[str, str]:
        """Logical path → file, of the newest or of a named version. Raises NoSuchObject, ObjectDamaged."""
        target = self.path(identifier)
        _raw, checked = newest_inventory(target, identifier)
        state = checked.states.get(version or checked.versions[-1])
        if state is None:
            raise NoSuchObject(f"The object has no version {version}.", thing=identifier)
        places: dict[str, str] = {}
        for path, digest in checked.manifest.items():
            places.setdefault(digest, f"{target}/{path}")
        return {logical: places[digest] for logical, digest in state.items()}

    @contextmanager
    def batch(self, *, journal: bool = False) -> Iterator[Batch]:
        """Objects and versions that become durable together at the end; nothing is kept if the block raises.

        With a journal the caller calls `settle` on it afterwards; see Batch.
        """
        batch = Batch(self.disk, self.staging, self.path, journal=journal)
        try:
            yield batch
            batch.commit()
        except BaseException:
            batch.close()
            raise
        if not batch.promised:
            batch.close()

    def repair(self, settle: Settle | None = None) -> Repaired:
        """Finish or remove what crashed writers left; batches that are still under way are not touched.

        settle    called with the (id, version)s and the note of each batch with a journal before its session goes
        """
        return repair(self.disk, self.root, self.staging, self.layout, settle)

    def remove(self, identifier: str) -> bool:
        """Take an object out of the root for ever; False where there is none. Raises NotStored.

        It leaves by one rename, durable at the end; a crash after it leaves a folder that `repair` removes.
        """
        target = self.path(identifier)
        gone = f"{self.staging}/gone-{secrets.token_hex(8)}"
        try:
            self.disk.rename(target, gone)
            self.disk.sync(self.staging)
            self.disk.remove_tree(gone)
            remove_empty_folders(self.disk, os.path.dirname(target))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise NotStored(f"The object could not be removed: {error.strerror or error}.", thing=identifier) from error
        return True

    def _open(self) -> None:
        if not os.path.isdir(self.staging):
            os.makedirs(self.staging)
        self.disk.spread(self.staging)
        if not os.path.isdir(self.root):
            os.makedirs(self.root)
        top = listed(self.root)
        if ROOT not in top.files:
            self._begin()
            return
        findings = Findings()
        declared = check_root(self.root, top, findings)
        layout = declared.layout
        if findings.errors or layout is None or layout.extension not in WRITTEN or layout.short:
            raise StoreUnusable("This storage root is not of layout 0003, or of 0004 not shortened.", thing=self.root)
        self.layout = layout

    def _begin(self) -> None:
        """A new root; its declaration is written last, so that a crash leaves a root to begin again."""
        arriving = f"{self.root}/.{ROOT}"
        known = {"extensions", "ocfl_layout.json", f".{ROOT}"}
        if not set(os.listdir(self.root)) <= known:
            raise StoreUnusable("The folder is neither empty nor an OCFL storage root.", thing=self.root)
        self.disk.remove_tree(f"{self.root}/extensions")
        for name in (f"{self.root}/ocfl_layout.json", arriving):
            if os.path.exists(name):
                self.disk.remove(name)
        self.disk.make_folder(f"{self.root}/extensions")
        self.disk.make_folder(f"{self.root}/extensions/{self.layout.extension}")
        config = json.dumps(self.layout.config(), indent=2).encode() + b"\n"
        self.disk.write(f"{self.root}/extensions/{self.layout.extension}/config.json", config)
        layout = json.dumps({"extension": self.layout.extension, "description": DESCRIPTION}, indent=2).encode() + b"\n"
        self.disk.write(f"{self.root}/ocfl_layout.json", layout)
        self.disk.write(arriving, b"ocfl_1.1\n")
        self.disk.sync(self.root)
        self.disk.rename(arriving, f"{self.root}/{ROOT}")
        self.disk.sync(self.root)
