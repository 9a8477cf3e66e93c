"""Where an object lies below a storage root: the layouts 0002, 0003 and 0004 of the OCFL extensions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from haihe.archive.domain.ocfl.digests import LENGTHS, MAKERS

FLAT = "0002-flat-direct-storage-layout"
HASH_AND_ID = "0003-hash-and-id-n-tuple-storage-layout"
HASHED = "0004-hashed-n-tuple-storage-layout"
RESERVED = re.compile(r"[^A-Za-z0-9_-]")
LONGEST_ID = 100  # characters of an encoded id that 0003 takes as a folder name


class LayoutUnknown(ValueError):
    """The layout, or a parameter of it, is none of those known here."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A mapping from ids to folders.

    extension        name of the extension
    algorithm        digest of the id; "" for 0002
    tuple_size       characters of one folder name
    tuples           how many such folders
    short            0004: the last folder is named by the rest of the digest only
    """

    extension: str
    algorithm: str = ""
    tuple_size: int = 0
    tuples: int = 0
    short: bool = False

    def path(self, identifier: str) -> str:
        """The object's folder below the storage root. Raises UnicodeEncodeError for half a surrogate pair."""
        if self.extension == FLAT:
            return identifier
        one = MAKERS[self.algorithm]()
        one.update(memoryview(identifier.encode()))
        digest = one.hexdigest()
        cut = self.tuple_size * self.tuples
        folders = [digest[begin : begin + self.tuple_size] for begin in range(0, cut, self.tuple_size or 1)]
        if self.extension == HASH_AND_ID:
            last = encoded(identifier)
            if len(last) > LONGEST_ID:
                last = f"{last[:LONGEST_ID]}-{digest}"
        else:
            last = digest[cut:] if self.short else digest
        return "/".join([*folders, last])

    def path_of_name(self, name: str) -> str:
        """The same from its last part, the name of the object's own folder; of 0003, and of 0004 not shortened."""
        if self.extension == HASH_AND_ID and len(name) <= LONGEST_ID:
            return self.path(unquote(name))
        digest = name[-LENGTHS[self.algorithm] :]
        cut = self.tuple_size * self.tuples
        return "/".join([*(digest[at : at + self.tuple_size] for at in range(0, cut, self.tuple_size or 1)), name])

    def config(self) -> dict[str, Any]:
        """config.json of extension 0003 or 0004."""
        config: dict[str, Any] = {
            "extensionName": self.extension,
            "digestAlgorithm": self.algorithm,
            "tupleSize": self.tuple_size,
            "numberOfTuples": self.tuples,
        }
        return config if self.extension == HASH_AND_ID else {**config, "shortObjectRoot": self.short}


def encoded(identifier: str) -> str:
    """Extension 0003: everything but A-Z a-z 0-9 - _ as %xx of its UTF-8 bytes."""
    return RESERVED.sub(lambda found: "".join(f"%{byte:02x}" for byte in found[0].encode()), identifier)


def from_config(extension: str, config: dict[str, Any]) -> Layout:
    """The layout that a storage root declares; `config` is {} where it has none. Raises LayoutUnknown."""
    if extension == FLAT:
        return Layout(FLAT)
    if extension not in (HASH_AND_ID, HASHED):
        raise LayoutUnknown(f"the layout {extension!r} is not known here")
    algorithm = config.get("digestAlgorithm", "sha256")
    size, tuples = config.get("tupleSize", 3), config.get("numberOfTuples", 3)
    short = config.get("shortObjectRoot", False)
    if not isinstance(algorithm, str) or algorithm not in LENGTHS:
        raise LayoutUnknown(f"ids cannot be digested with {algorithm!r}")
    if not _fits(size) or not _fits(tuples) or (size == 0) != (tuples == 0) or not isinstance(short, bool):
        raise LayoutUnknown("tupleSize or numberOfTuples is out of range")
    size, tuples = int(size), int(tuples)
    if size * tuples > LENGTHS[algorithm] or (short and size * tuples == LENGTHS[algorithm]):
        raise LayoutUnknown("the tuples are longer than the digest")
    return Layout(extension, algorithm, size, tuples, short)


def _fits(number: object) -> bool:
    return isinstance(number, (int, float)) and not isinstance(number, bool) and number in range(33)
