"""archive: what was deposited. Takes bytes from collectors, uploads and capture; gives Blobs (immutable bytes
named by sha256) and Masters (one deposit each), read back with their hash checked.

    from haihe.archive import deposit, deposit_collected, read, open_blob
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from haihe.archive.domain.deposits import Collected, deposit, deposit_all_collected, deposit_collected
    from haihe.archive.domain.reading import open_blob, read, read_blob, verify

__all__ = [
    "Collected",
    "deposit",
    "deposit_all_collected",
    "deposit_collected",
    "open_blob",
    "read",
    "read_blob",
    "verify",
]


def __getattr__(name: str) -> Any:
    """The verbs, imported when first asked for: models cannot be imported before Django's apps are ready."""
    if name in {"Collected", "deposit", "deposit_all_collected", "deposit_collected"}:
        from haihe.archive.domain import deposits

        return getattr(deposits, name)
    if name in {"open_blob", "read", "read_blob", "verify"}:
        from haihe.archive.domain import reading

        return getattr(reading, name)
    raise AttributeError(name)
