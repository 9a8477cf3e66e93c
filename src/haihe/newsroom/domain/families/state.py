"""An index as one file and back, so that a room need not add its items again after a start."""

from __future__ import annotations

import json
import os
import zipfile
from array import array
from pathlib import Path
from typing import Any

import numpy as np

from haihe.newsroom.domain.families.errors import FamiliesStateUnreadable
from haihe.newsroom.domain.families.index import FamilyIndex
from haihe.newsroom.domain.families.postings import WAYS, Postings
from haihe.newsroom.domain.families.representatives import ROW

VERSION = 1


def save(index: FamilyIndex, file: Path) -> None:
    """Write an index; the file is whole or not there. About as large as the index is in memory."""
    kept, posted = index.representatives, index.postings
    said = {"version": VERSION, "ids": index.ids, "outlets": index.outlet_names, "filled": kept.filled}
    said["counts"] = list(index.counts.items())
    part = file.with_name(file.name + ".part")
    with part.open("wb") as stream:
        np.savez(
            stream,
            said=np.frombuffer(json.dumps(said).encode("ascii"), np.uint8),
            parents=np.array(index.parents, np.int32),
            next=np.array(index.next, np.int32),
            published=np.array(index.published, np.float64),
            outlets=np.array(index.outlets, np.int32),
            rows=kept.rows[: kept.count],
            hashes=np.stack(kept.chunks),
            keys=posted.keys,
            holders=posted.holders,
        )
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def load(file: Path) -> FamilyIndex:
    """The index that `save` wrote; it goes on as the saved one would have. Raises FamiliesStateUnreadable."""
    try:
        with np.load(file, allow_pickle=False) as parts:
            return _made({name: parts[name] for name in parts.files})
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise FamiliesStateUnreadable(f"It is no saved index of this version: {error}.", thing=file) from error


def _made(parts: dict[str, Any]) -> FamilyIndex:
    said = json.loads(parts["said"].tobytes())
    count = len(said["ids"])
    if said["version"] != VERSION or parts["rows"].dtype != ROW or parts["holders"].shape[1] != WAYS:
        raise ValueError("written by another version")
    if any(len(parts[name]) != count for name in ("parents", "next", "published", "outlets")):
        raise ValueError("its parts do not fit one another")
    index = FamilyIndex()
    index.ids, index.numbers = said["ids"], {id: number for number, id in enumerate(said["ids"])}
    index.parents, index.next = array("i", parts["parents"].tolist()), array("i", parts["next"].tolist())
    index.published, index.outlets = array("d", parts["published"].tolist()), array("i", parts["outlets"].tolist())
    index.outlet_names = said["outlets"]
    index.outlet_numbers = {name: number for number, name in enumerate(said["outlets"])}
    index.counts = dict(said["counts"])
    kept, index.postings = index.representatives, Postings.of(parts["keys"], parts["holders"])
    if len(parts["rows"]):
        kept.rows, kept.count = parts["rows"], len(parts["rows"])
    kept.chunks, kept.filled = list(parts["hashes"]), said["filled"]
    return index
