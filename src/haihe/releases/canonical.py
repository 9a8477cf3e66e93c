"""One byte form for one JSON value, so that a hash names a content.

After RFC 8785 (JSON Canonicalization Scheme), narrowed: no floats, no integers beyond 2**53, no lone surrogates,
no NUL, so that Python, JavaScript, SQLite and PostgreSQL all read back exactly what was written.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from haihe.base.errors import HaiheError

LARGEST_INTEGER = 2**53 - 1


class NotCanonical(HaiheError):
    """A value that has no canonical JSON form."""

    permanent = True
    hint = "Write figures as text with their unit, and drop control characters."


def canonical(value: Any) -> bytes:
    """The canonical JSON of `value` in UTF-8: keys sorted by UTF-16 code units, no white space.

    Raises NotCanonical, naming the place, for floats, huge integers, lone surrogates, NUL and foreign types.
    """
    return json.dumps(_ordered(value, "$"), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def sha256_of(value: Any) -> str:
    """sha256 in hex of the canonical JSON of `value`. Raises NotCanonical."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _ordered(value: Any, where: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical("an integer beyond 2**53", thing=where)
        return value
    if isinstance(value, str):
        return _sound(value, where)
    if isinstance(value, list | tuple):
        return [_ordered(part, f"{where}[{index}]") for index, part in enumerate(value)]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("a key that is no text", thing=where)
        keys = sorted(value, key=lambda key: _sound(key, where).encode("utf-16-be"))
        return {key: _ordered(value[key], f"{where}.{key}") for key in keys}
    raise NotCanonical(f"a {type(value).__name__}", thing=where)


def _sound(text: str, where: str) -> str:
    if "\x00" in text:
        raise NotCanonical("a NUL character", thing=where)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("half of a surrogate pair", thing=where) from error
    return text
