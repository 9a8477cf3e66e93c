"""Which entries a person may read.

Whoever holds Django's permission audit.view_entry (superusers do) reads all. Beside that, the city may name the
organisations whose entries a person reads: it hands its gate in, because this floor knows no roles.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import QuerySet

from haihe.base.audit.models import Entry

READ = "audit.view_entry"
OrganisationsFor = Callable[[Any, str], Collection[int]]
_gates: list[OrganisationsFor] = []


def use_gate(organisations_for: OrganisationsFor) -> None:
    """Ask this function, with a person and the action "audit", for the ids of organisations whose entries they read."""
    if organisations_for not in _gates:
        _gates.append(organisations_for)


def readable_by(person: Any) -> QuerySet[Entry] | None:
    """The entries a person may read; None: not even the page."""
    if not person.is_active or not person.is_authenticated:
        return None
    if person.has_perm(READ):
        return Entry.objects.all()
    organisations = {number for gate in _gates for number in gate(person, "audit")}
    return Entry.objects.filter(organisation_id__in=organisations) if organisations else None
