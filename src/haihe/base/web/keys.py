"""Keys of rows as addresses and forms send them."""

from __future__ import annotations

_LONGEST = 18  # digits; what is longer is no key of ours, and more than a database can look for


def key_of(text: str | None) -> int:
    """The key that a text is; 0, which no row has, where it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < _LONGEST else 0
