"""Rights in the database: what holds for a Master, who asks, and the verbs that change it.

Every change is a row of its own, an entry of the audit trail, and a step of the counter that edges and caches look at
with each request; so it holds on every path from the commit on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe import city
from haihe.archive.domain.rights.deciding import ANYBODY, Decision, MasterFacts, PersonFacts, decide
from haihe.archive.domain.rights.policies import (
    AS_PUBLISHED,
    STAFF_ONLY,
    Action,
    Policy,
    PolicyUnreadable,
    from_odrl,
    to_odrl,
)
from haihe.archive.models import Master, MasterErasure, Picture, Rights
from haihe.base import audit
from haihe.base.edge.tree import Generation
from haihe.base.errors import HaiheError

if TYPE_CHECKING:
    from haihe.city.models import Person

log = logging.getLogger(__name__)

rights_changed = Signal()  # sent in the transaction, with `masters`: their ids

PublicUses = Callable[[Iterable[str]], set[str]]
_public_uses: list[PublicUses] = []


class RightsNeedReason(HaiheError):
    """Who withdraws a Master, or gives it back, says why."""

    permanent = True
    hint = gettext_lazy("Write one sentence: who asked, and on what ground.")


def register_public_uses(asked: PublicUses) -> None:
    """Floors above say what the public sees: `asked(master ids)` gives those that something public shows now."""
    if asked not in _public_uses:
        _public_uses.append(asked)


def published(masters: Iterable[str]) -> set[str]:
    """Those of these Masters (ids as text) that something public shows now."""
    wanted = list(masters)
    return set().union(*(asked(wanted) for asked in _public_uses)) if wanted else set()


def policies(masters: Iterable[str]) -> dict[str, Policy]:
    """The policy of each Master, by its id as text; AS_PUBLISHED where nobody decided.

    A row that cannot be read, which only a hand in the database can make, lets nobody but staff in.
    """
    wanted = [str(one) for one in masters]
    newest = Rights.objects.filter(master_id=OuterRef("master_id")).order_by("-number").values("pk")[:1]
    rows = Rights.objects.filter(master_id__in=wanted, pk=Subquery(newest)).values_list("master_id", "policy")
    decided = {str(master): read_policy(master, policy) for master, policy in rows}
    return {master: decided.get(master, AS_PUBLISHED) for master in wanted}


def policy_of(master: Master) -> Policy:
    return policies([str(master.pk)])[str(master.pk)]


def facts_of(master: Master) -> MasterFacts:
    key = str(master.pk)
    return MasterFacts(id=key, published=key in published([key]), purged=key in erased([key]))


def erased(masters: Iterable[str]) -> set[str]:
    """Those of these Masters whose bytes were erased by law."""
    found = MasterErasure.objects.filter(master_id__in=list(masters), confirmed_at__isnull=False)
    return {str(key) for key in found.values_list("master_id", flat=True)}


def person_facts(person: Any, organisation: int, *, invited_till: datetime | None = None) -> PersonFacts:
    """What the city's gate says about a person towards one organisation."""
    if person is None or not person.is_authenticated or not person.is_active:
        return PersonFacts(invited_till=invited_till)
    return PersonFacts(
        signed_in=True,
        staff=city.may(person, "view", organisation),
        keeper=city.may(person, "withdraw", organisation),
        invited_till=invited_till,
    )


def decide_for(person: Any, master: Master, action: Action, at: datetime | None = None) -> Decision:
    """The decision for a person and a Master as the database has them now, or would have them at a moment."""
    who = person_facts(person, master.organisation_id)
    return decide(policy_of(master), facts_of(master), who, at or timezone.now(), action)


def public_edges(masters: Iterable[str], action: Action = Action.DISPLAY) -> dict[str, int | None]:
    """How large the public may see these Masters, of which a public Release shows each: the longest edge in pixels, 0
    where it must not see one at all, None where any size is allowed."""
    now = timezone.now()
    found = policies(masters)
    gone = erased(found)
    decided = {
        key: decide(policy, MasterFacts(key, published=True, purged=key in gone), ANYBODY, now, action)
        for key, policy in found.items()
    }
    return {key: one.longest_edge if one.allowed else 0 for key, one in decided.items()}


def set_policy(master: Master, policy: Policy, *, by: Person | None, reason: str = "") -> Rights:
    """Decide anew about a Master; holds on every path from the commit on.

    by   None: Haihe itself, in a rebuild or a command

    Raises PermissionDenied, RightsNeedReason where a withdrawal begins or ends without a reason.
    """
    if by is not None and not city.may(by, "withdraw", master.organisation_id):
        raise PermissionDenied("rights are changed by those who may withdraw in its organisation")
    with transaction.atomic():
        Master.objects.select_for_update().get(pk=master.pk)
        before = Rights.objects.filter(master=master).order_by("-number").first()
        was = read_policy(master.pk, before.policy) if before else AS_PUBLISHED
        if policy.withdrawn != was.withdrawn and not reason.strip():
            raise RightsNeedReason(thing=master)
        decided = Rights.objects.create(
            master=master,
            number=before.number + 1 if before else 1,
            policy=to_odrl(policy, f"urn:uuid:{master.pk}"),
            reason=reason.strip()[:500],
            decided_by=by,
            decided_at=timezone.now(),
        )
        detail = {"number": decided.number, "withdrawn": policy.withdrawn, "reason": decided.reason}
        audit.record("archive.rights", by=by, thing=master, organisation=master.organisation, detail=detail)
        _tell({str(master.pk)})
        _tell_again_at(master, policy)
    return decided


def withdraw(master: Master, *, by: Person, reason: str) -> Rights:
    """Take a Master from every path, for everybody but those who may give it back.

    Raises PermissionDenied, RightsNeedReason.
    """
    return set_policy(master, _with(policy_of(master), withdrawn=True), by=by, reason=reason)


def give_back(master: Master, *, by: Person, reason: str) -> Rights:
    """End a withdrawal; what held before holds again. Raises PermissionDenied, RightsNeedReason."""
    return set_policy(master, _with(policy_of(master), withdrawn=False), by=by, reason=reason)


def tell_changed(masters: Iterable[str]) -> None:
    """Something outside the policies changed what these Masters' decisions rest on: a Release, an erasure."""
    changed = {str(one) for one in masters}
    if changed:
        _tell(changed)


def _tell(masters: set[str]) -> None:
    rights_changed.send(sender=Rights, masters=masters)
    transaction.on_commit(advance)


def _tell_again_at(master: Master, policy: Policy) -> None:
    """What is baked is baked again at each moment at which time alone changes the answer."""
    from haihe.archive.tasks import rights_moment_came

    for moment in policy.moments():
        if moment > timezone.now():
            rights_moment_came.using(run_after=moment).enqueue(str(master.pk))


def _with(policy: Policy, *, withdrawn: bool) -> Policy:
    return Policy(policy.permissions, policy.prohibitions, withdrawn, policy.statement)


def read_policy(master: Any, written: Mapping[str, Any]) -> Policy:
    """The policy of a row; one that cannot be read lets nobody but staff in."""
    try:
        return from_odrl(written)
    except PolicyUnreadable as error:
        log.error("the rights of master %s cannot be read, it is shown to staff only: %s", master, error)
        return STAFF_ONLY


_open: dict[Path, Generation] = {}
_lock = threading.Lock()


def generation_folder() -> Path:
    """Where the counter of changes of rights lies; edges map it."""
    return Path(settings.HOME) / "rights"


def ai_of(master: Master) -> Any:
    """What is known of AI's part in a Master: said with its rights, or by staff of its picture; None for none."""
    said = master.rights.get("ai") if isinstance(master.rights, dict) else None
    if said:
        return said
    kind = Picture.objects.filter(master=master).exclude(ai="").values_list("ai", flat=True).first()
    return {"kind": kind} if kind else None


def advance() -> None:
    """Every edge and cache asks again, beginning with its next request."""
    folder = generation_folder()
    with _lock:
        generation = _open.get(folder)
        if generation is None or generation.replaced():
            generation = _open[folder] = Generation(folder)
        generation.advance()
