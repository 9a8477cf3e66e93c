"""Proposing a story 选题, talking it over, deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from haihe.base import audit
from haihe.city import may, may_on
from haihe.newsroom.domain.planning.leads import Empty
from haihe.newsroom.models import Lead, Pitch, Remark

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person


@transaction.atomic
def propose(organisation: Organisation, by: Person, *, title: str, angle: str = "", lead: Lead | None = None) -> Pitch:
    """Propose a story, with the lead it rests on, which is then taken up. Raises PermissionDenied, Empty."""
    if not may(by, "create", organisation) or (lead is not None and not may_on(by, "create", lead)):
        raise PermissionDenied
    if not title.strip():
        raise Empty
    made = Pitch.objects.create(
        organisation=organisation,
        title=title.strip()[:300],
        angle=angle.strip()[:20_000],
        lead=lead,
        proposed_by=by,
        proposed_at=timezone.now(),
    )
    if lead is not None:
        Lead.objects.filter(pk=lead.pk).update(state=Lead.State.TAKEN)
    return made


def remark(pitch: Pitch, by: Person, text: str) -> Remark:
    """Say something about a pitch. Raises PermissionDenied, Empty."""
    if not may_on(by, "create", pitch):
        raise PermissionDenied
    if not text.strip():
        raise Empty
    return Remark.objects.create(pitch=pitch, by=by, text=text.strip()[:5000], at=timezone.now())


@transaction.atomic
def decide(pitch: Pitch, by: Person, state: str) -> None:
    """Accept or drop a pitch, or open it again; for editors. Raises PermissionDenied."""
    if not may_on(by, "manage_sources", pitch) or state not in Pitch.State.values:
        raise PermissionDenied
    Pitch.objects.filter(pk=pitch.pk).update(state=state, decided_by=by, decided_at=timezone.now())
    audit.record(
        "pitch.decide", by=by, thing=str(pitch.pk), organisation=pitch.organisation_id, detail={"state": state}
    )
