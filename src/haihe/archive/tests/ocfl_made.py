"""Objects made for tests: by our store, and changed by hand in one place with every digest kept right."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from haihe.archive.domain.ocfl.changes import Changes, Metadata
from haihe.archive.domain.ocfl.objects import validate_object
from haihe.archive.domain.ocfl.store import Store

WHO = Metadata("A test", "Tester", "mailto:tester@example.org", "2026-01-02T03:04:05Z")
ID = "urn:test:one"


def one_object(folder: Path) -> Path:
    """An object of two versions: a.txt and sub/b.txt, then c.txt with the bytes of a.txt, and a changed sub/b.txt."""
    store = Store(folder / "root")
    with store.batch() as batch:
        batch.create(ID, {"a.txt": b"first", "sub/b.txt": b"second"}, WHO)
    with store.batch() as batch:
        batch.add_version(ID, Changes(put={"c.txt": b"first", "sub/b.txt": b"third"}), WHO)
    return Path(store.path(ID))


def codes(path: Path) -> set[str]:
    """All codes found in one object."""
    return {code for code in validate_object(path).findings.counts if code}


def rewrite(path: Path, change: Callable[[dict[str, Any]], None], where: str = "", head: bool = True) -> None:
    """Change an inventory as JSON and its sidecar with it; by default that of the newest version too."""
    inventory = json.loads((path / where / "inventory.json").read_text(encoding="utf-8"))
    newest = inventory["head"]
    change(inventory)
    store_inventory(path / where, json.dumps(inventory).encode())
    if head and not where:
        store_inventory(path / newest, json.dumps(inventory).encode())


def store_inventory(folder: Path, data: bytes) -> None:
    (folder / "inventory.json").write_bytes(data)
    digest = hashlib.sha512(data).hexdigest()
    (folder / "inventory.json.sha512").write_text(f"{digest} inventory.json\n")


def judge_accepts(path: Path) -> bool:
    """What ocfl-py says of one object."""
    from ocfl.validator import Validator

    logging.getLogger().setLevel(logging.CRITICAL)
    return bool(Validator().validate_object(str(path)))


def judge_accepts_root(root: str | Path) -> bool:
    """What ocfl-py says of a storage root; its answer leaves out objects that are not valid."""
    import ocfl

    logging.getLogger().setLevel(logging.CRITICAL)
    found = ocfl.StorageRoot(root=str(root))
    return bool(found.validate()) and found.num_objects == found.good_objects
