"""Ids for entries that come without one."""

from __future__ import annotations

import hashlib


def derived_id(title: str, published_raw: str, content: str) -> str:
    """The same for the same entry on every visit: from its title and date as written, or from its content."""
    said = f"{title}\n{published_raw}" if title or published_raw else content
    return "sha256:" + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
