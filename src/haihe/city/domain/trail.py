"""City's entries in the audit trail."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from haihe.base import audit
from haihe.city.models import Organisation, Person


def note(action: str, *, by: Person | None, thing: Model, organisation: Organisation | None, **detail: Any) -> None:
    """Write one line of the audit trail in the caller's transaction."""
    audit.record(action, by=by, thing=thing, organisation=organisation, detail=detail)
