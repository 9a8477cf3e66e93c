"""Inventories and sidecars as bytes: JSON read strictly after RFC 8259, within bounds."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from haihe.archive.domain.ocfl.digests import read_small
from haihe.archive.domain.ocfl.findings import Findings

LARGEST = 64 << 20  # bytes of one inventory
MOST_MARKS = 2_000_000  # commas and opening brackets: bounds what the parser makes of those bytes
SIDECAR = re.compile(r"([^ \t\r\n]+)[ \t]+inventory\.json[ \t]*(?:\r?\n)?")
HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")


class TooLarge(Exception):
    """An inventory beyond the bounds; it is neither valid nor invalid, only unread."""


class Doubled(dict[str, Any]):
    """A JSON object in which names stood twice; keeps them in `names`."""

    names: list[str]


@dataclass(slots=True)
class Document:
    """One inventory file.

    value    the parsed JSON, None where it is none
    sha512   hexadecimal digest of the bytes
    """

    data: bytes
    value: Any
    sha512: str

    def digest(self, algorithm: str) -> str:
        return self.sha512 if algorithm == "sha512" else hashlib.sha256(self.data).hexdigest()


def read_document(
    path: str, where: str, findings: Findings, *, largest: int = LARGEST, same: Document | None = None
) -> Document | None:
    """An inventory, with E033 noted where it is not JSON in UTF-8.

    where     its path for findings
    same      is returned where the bytes are the same, instead of being parsed again
    largest   bytes; beyond it, or with more than MOST_MARKS values, the inventory counts as unreadable
    returns   None where it could not be read. Raises FileNotFoundError only.
    """
    try:
        data = read_small(path, largest)
    except FileNotFoundError:
        raise
    except OSError as error:
        findings.cannot_read(where, error.strerror or error)
        return None
    if same is not None and data == same.data:
        return same
    if len(data) > largest or (len(data) > MOST_MARKS and _marks(data) > MOST_MARKS):
        findings.cannot_read(where, f"the inventory is larger than {largest >> 20} MiB or {MOST_MARKS:,} values")
        return None
    document = Document(data, None, hashlib.sha512(data).hexdigest())
    try:
        document.value = parse(data)
    except UnicodeDecodeError as error:
        findings.add("E033", where, f"The inventory is not UTF-8: {error.reason} at byte {error.start}.")
    except RecursionError:
        findings.add("E033", where, "The inventory is nested far deeper than an inventory can be.")
    except ValueError as error:
        findings.add("E033", where, f"The inventory is not JSON: {error}.")
    else:
        if not isinstance(document.value, dict):
            findings.add("E033", where, "The inventory is JSON, but no object.")
            document.value = None
    return document


def parse(data: bytes) -> Any:
    """JSON in UTF-8. Raises UnicodeDecodeError, ValueError, RecursionError."""
    return _decoder.decode(data.decode())


def _marks(data: bytes) -> int:
    return sum(data.count(mark) for mark in (b",", b"[", b"{"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = Doubled(found)
    seen: set[str] = set()
    doubled.names = [name for name, _value in pairs if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
    return doubled


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


# No number has a place in an inventory: floats keep the longest one cheap.
_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=float, parse_float=float, parse_constant=_no_constant, strict=True
)


def check_sidecar(path: str, where: str, expected: str, findings: Findings) -> bool:
    """Compare an inventory's digest file with the digest of its bytes. Raises FileNotFoundError only.

    returns   whether it is written as we write it; a right one may be written otherwise
    """
    try:
        data = read_small(path, 4096)
    except FileNotFoundError:
        raise
    except OSError as error:
        findings.cannot_read(where, error.strerror or error)
        return False
    if data == f"{expected} inventory.json\n".encode():
        return True
    match = SIDECAR.fullmatch(data.decode("utf-8", "replace"))
    if match is None or HEXADECIMAL.fullmatch(match[1]) is None:
        findings.add("E061", where, "The sidecar does not read 'DIGEST inventory.json'.")
    elif match[1].lower() != expected:
        findings.add("E060", where, "The digest in the sidecar is not that of the inventory.")
    return False
