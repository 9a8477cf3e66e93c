"""What staff do with the ledger: stop, replay, skip, say that it was done by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from haihe.base import audit
from haihe.releases.delivery.domain.owing import wake
from haihe.releases.delivery.errors import NotPossible
from haihe.releases.delivery.models import Delivery
from haihe.releases.delivery.protocols import Once, channels

State = Delivery.State

# verb: (states it is for, state after it)
VERBS: dict[str, tuple[frozenset[State], State]] = {
    "stop": (frozenset({State.OWED, State.SENDING}), State.STOPPED),
    "replay": (frozenset({State.FAILED, State.STOPPED, State.SKIPPED, State.BY_HAND, State.OWED}), State.OWED),
    "skip": (frozenset({State.OWED, State.FAILED, State.STOPPED, State.BY_HAND}), State.SKIPPED),
    "done": (frozenset({State.BY_HAND, State.FAILED}), State.SENT),
}


def possible(row: Delivery) -> list[str]:
    """Verbs that a row's state allows."""
    return [verb for verb, (states, _after) in VERBS.items() if row.state in states]


@transaction.atomic
def act(row: Delivery, verb: str, *, by: Any) -> None:
    """Do it, and write it into the audit trail.

    replay   again from the start; the key stays, so that a receiver that has it does not get it twice

    Raises NotPossible.
    """
    states, after = VERBS[verb]
    held = Delivery.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=row.pk)
    if held.state not in states:
        raise NotPossible(thing=held)
    held.state = after
    held.settled_at = None if after == State.OWED else timezone.now()
    if verb == "replay":
        held.attempts, held.next_at = 0, timezone.now()
        channel = channels().get(held.outlet.channel)
        held.doubtful = held.doubtful and (channel is None or channel.once_with(held.outlet.settings) is not Once.NEVER)
    if verb == "done":
        held.doubtful = False
    held.save(update_fields=["state", "settled_at", "attempts", "next_at", "doubtful"])
    audit.record(
        f"delivery.{verb}",
        by=by,
        thing=held,
        organisation=held.outlet.organisation_id,
        detail={"outlet": held.outlet_id, "release": str(held.release_id)},
    )
    if after == State.OWED:
        held.outlet.rests_until, held.outlet.failures = None, 0
        held.outlet.save(update_fields=["rests_until", "failures"])
        wake()


def act_on_all(rows: Sequence[Delivery], verb: str, *, by: Any) -> tuple[int, list[str]]:
    """How many were done, and why the others were not."""
    done, problems = 0, []
    for row in rows:
        try:
            act(row, verb, by=by)
            done += 1
        except NotPossible as error:
            problems.append(str(error))
    return done, problems
