"""Where derivatives lie below a home. All of it can be deleted: it is made again."""

from __future__ import annotations

from pathlib import Path


def cache_folder(home: Path) -> Path:
    return home / "cache" / "derivatives"


def derivative_folder(home: Path, sha256: str) -> Path:
    """Of all derivatives of one Blob."""
    return cache_folder(home) / sha256[:2] / sha256
