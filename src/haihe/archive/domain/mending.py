"""An object put together from copies of which none is whole: every file from whichever copy has it as it should be.

Two copies may be damaged in different places; and a version may have been added to an object that was damaged already,
so that the other store is sound and yet behind.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from haihe.archive.domain import judging, stores
from haihe.archive.domain.ocfl.digests import file_digests, read_small
from haihe.archive.domain.ocfl.reading import LARGEST
from haihe.archive.domain.shelf import DECLARATION, INVENTORIES, ShelfFailing
from haihe.archive.models import Copy, Item

logger = logging.getLogger(__name__)
INVENTORY, SIDECAR = INVENTORIES
WRITTEN = re.compile(rb"[0-9a-f]{128} inventory\.json\n")  # a sidecar of ours


@contextmanager
def put_together(item: Item, head: int) -> Iterator[str | None]:
    """A folder with the object as the catalogue knows it; None where some file of it is sound in no copy that can be
    reached, or where a newer version came."""
    known = Item.objects.filter(pk=item.pk, head=head).values_list("inventory", flat=True).first()
    with ExitStack() as rooms:
        copies = list(_copies(item, rooms))
        inventory = _with_digest(
            [f"{copy}/{place}{INVENTORY}" for copy in copies for place in ("", f"v{head}/")], known
        )
        if inventory is None:
            yield None
            return
        room = rooms.enter_context(tempfile.TemporaryDirectory(prefix="mend-", dir=stores.room()))
        target = f"{room}/object"
        whole = _lay_out(json.loads(inventory), inventory, copies, target)
        yield target if whole and not judging.judge(target, item, head) else None


def _copies(item: Item, rooms: ExitStack) -> Iterator[str]:
    for copy in Copy.objects.filter(item=item).order_by("-head", "store"):
        try:
            yield rooms.enter_context(judging.laid_out(copy.store, item.pk))
        except ShelfFailing as error:
            logger.warning("store %s is away and cannot help to mend %s: %s", copy.store, item.pk, error)


def _lay_out(said: dict[str, Any], inventory: bytes, copies: Sequence[str], target: str) -> bool:
    """Write all files of the object into a new folder; False where one is nowhere."""
    for digest, paths in said["manifest"].items():
        for path in paths:
            source = next((f"{copy}/{path}" for copy in copies if _is(f"{copy}/{path}", digest)), None)
            if source is None:
                return False
            os.makedirs(os.path.dirname(f"{target}/{path}"), exist_ok=True)
            shutil.copyfile(source, f"{target}/{path}")
    for version in said["versions"]:
        own = inventory if version == said["head"] else _earlier_inventory(copies, version)
        if own is None:
            return False
        os.makedirs(f"{target}/{version}", exist_ok=True)
        _write_inventory(f"{target}/{version}", own)
    _write_inventory(target, inventory)
    _write(f"{target}/{DECLARATION}", f"{DECLARATION.removeprefix('0=')}\n".encode())
    return True


def _is(path: str, digest: str) -> bool:
    with suppress(OSError):
        return file_digests(path, ["sha512"])[0]["sha512"] == digest
    return False


def _earlier_inventory(copies: Sequence[str], version: str) -> bytes | None:
    """Of an earlier version the catalogue knows no digest: a sidecar vouches for it, of whichever copy."""
    files = [f"{copy}/{version}/{INVENTORY}" for copy in copies]
    for copy in copies:
        with suppress(OSError):
            sidecar = read_small(f"{copy}/{version}/{SIDECAR}", 4096)
            if WRITTEN.fullmatch(sidecar) and (found := _with_digest(files, sidecar[:128].decode())):
                return found
    return None


def _with_digest(files: Sequence[str], digest: str | None) -> bytes | None:
    """The bytes of the first file that has this sha512."""
    for file in files:
        with suppress(OSError):
            data = read_small(file, LARGEST)
            if hashlib.sha512(data).hexdigest() == digest:
                return data
    return None


def _write_inventory(folder: str, data: bytes) -> None:
    _write(f"{folder}/{INVENTORY}", data)
    _write(f"{folder}/{SIDECAR}", f"{hashlib.sha512(data).hexdigest()} {INVENTORY}\n".encode())


def _write(path: str, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)
