"""Staff decide whether an entry stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from haihe.base import audit
from haihe.city import may_on
from haihe.releases.baking import mark_dirty
from haihe.voices.models import Voice

if TYPE_CHECKING:
    from haihe.city.models import Person

VERBS = {"show": Voice.State.SHOWN, "hide": Voice.State.HIDDEN, "back": Voice.State.WAITING}


def decide(voice: Voice, verb: str, by: Person) -> Voice:
    """Let an entry stand ("show"), take it away ("hide"), or lay it back ("back"); pages follow.

    Raises PermissionDenied for who may not publish in its organisation, KeyError for another verb.
    """
    if not may_on(by, "publish", voice):
        raise PermissionDenied
    with transaction.atomic():
        voice.state, voice.decided_at, voice.decided_by = VERBS[verb], timezone.now(), by
        voice.save(update_fields=["state", "decided_at", "decided_by"])
        audit.record(f"voices.{verb}", by=by, thing=voice, organisation=voice.organisation_id)
        mark_dirty([f"publication:{voice.publication_id}"])
    return voice
