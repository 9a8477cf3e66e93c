"""base.audit: who did what to which thing, append-only and hash-chained.

Takes `record(...)` in the transaction of the deed; gives a chain that `haihe audit verify` walks, and a page for staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

    from haihe.base.audit.domain.verifying import Verdict
    from haihe.base.audit.models import Entry

__all__ = ["record", "verify"]


def record(
    action: str,
    *,
    by: Model | None = None,
    thing: Model | str | None = None,
    organisation: Model | int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Add one entry to the chain, in the caller's transaction: both happen or neither.

    action        what was done, dotted: "release.published", "role.granted"
    by            the person; None: Haihe itself
    thing         what it was done to: a model with a primary key, or a text
    detail        JSON values; kept beside the chain, which holds only their salted hash

    Names and texts stand in the detail, never in the chain, so that `erase_detail` can remove them by law.
    """
    from haihe.base.audit.domain.recording import record as add

    return add(action, by=by, thing=thing, organisation=organisation, detail=detail or {})


def verify() -> Verdict:
    """Walk the whole chain; finds every changed, removed, reordered or inserted row."""
    from haihe.base.audit.domain.verifying import verify as walk

    return walk()
