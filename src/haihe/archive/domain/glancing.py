"""Rights at a glance: what holds for a Master in one word, for lists in which nobody reads policies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.archive.domain import granting
from haihe.archive.domain.rights.deciding import ANYBODY, Decision, MasterFacts, Reason, decide
from haihe.archive.domain.rights.policies import Action, Policy
from haihe.archive.models import Master, MasterErasure, Rights

MOST_DECIDED = 50_000  # decisions that one look reads; the newest


class Standing(StrEnum):
    """What the public may do, in one word; the first that holds, in this order."""

    ERASED = "erased"
    WITHDRAWN = "withdrawn"
    EMBARGOED = "embargoed"  # nobody but staff, until a day
    ENDED = "ended"  # a permission that is over
    STAFF = "staff"
    SOME = "some"  # those who are signed in or were invited
    OPEN = "open"  # everybody may take it away
    SMALL = "small"  # everybody sees it, but no larger than so many pixels
    SHOWN = "shown"  # everybody sees it, whether something public shows it or not
    PUBLISHED = "published"  # everybody sees it while something public shows it


NAMES = {
    Standing.ERASED: _("erased for ever"),
    Standing.WITHDRAWN: _("withdrawn"),
    Standing.EMBARGOED: _("under embargo"),
    Standing.ENDED: _("no longer shown"),
    Standing.STAFF: _("staff only"),
    Standing.SOME: _("invited or signed in only"),
    Standing.OPEN: _("free to take away"),
    Standing.SMALL: _("public, small only"),
    Standing.SHOWN: _("public"),
    Standing.PUBLISHED: _("public once published"),
}


@dataclass(frozen=True, slots=True)
class Glance:
    """One Master's rights now.

    until   when time alone may change them
    edge    largest size for the public, in pixels; None: any
    asked   somebody asked for its erasure, and a second person has not decided
    """

    standing: Standing
    until: datetime | None = None
    edge: int | None = None
    statement: str = ""
    asked: bool = False

    @property
    def name(self) -> Any:
        return NAMES[self.standing]


def glance(policy: Policy, *, at: datetime, erased: bool = False, asked: bool = False) -> Glance:
    """Read off the one decision, for anybody at all and a Master that something public shows."""
    seen = _for_anybody(policy, at, Action.DISPLAY, published=True, erased=erased)
    until = seen.until
    edge = seen.longest_edge if seen.allowed else None
    return Glance(_standing(policy, seen, at), until, edge, policy.statement, asked)


def _standing(policy: Policy, seen: Decision, at: datetime) -> Standing:
    refused = {
        Reason.PURGED: Standing.ERASED,
        Reason.WITHDRAWN: Standing.WITHDRAWN,
        Reason.EMBARGOED: Standing.EMBARGOED,
        Reason.EXPIRED: Standing.ENDED,
    }
    if not seen.allowed:
        others = Standing.SOME if policy.permissions and not policy.prohibitions else Standing.STAFF
        return refused.get(seen.reason, others)
    if seen.longest_edge is not None:
        return Standing.SMALL
    if _for_anybody(policy, at, Action.REPRODUCE, published=False).allowed:
        return Standing.OPEN
    unpublished = _for_anybody(policy, at, Action.DISPLAY, published=False)
    return Standing.SHOWN if unpublished.allowed else Standing.PUBLISHED


def _for_anybody(policy: Policy, at: datetime, action: Action, *, published: bool, erased: bool = False) -> Decision:
    return decide(policy, MasterFacts("", published=published, purged=erased), ANYBODY, at, action)


def glances(masters: Iterable[Any]) -> dict[str, Glance]:
    """Of each Master, by its id as text."""
    keys = [str(one) for one in masters]
    at, found, gone = timezone.now(), granting.policies(keys), granting.erased(keys)
    waiting = MasterErasure.objects.filter(master_id__in=keys, confirmed_at=None).values_list("master_id", flat=True)
    asked = {str(key) for key in waiting}
    return {key: glance(policy, at=at, erased=key in gone, asked=key in asked) for key, policy in found.items()}


def of_items(items: Iterable[Any]) -> dict[Any, list[tuple[Glance, int]]]:
    """Of each item (its id) how its files stand, where it is not as it is without a decision: one glance of each
    standing, with how many files."""
    wanted = list(items)
    rows = newest(Master.objects.filter(item__in=wanted)).values_list("master__item", "master", "policy")
    at, read = timezone.now(), [(item, str(key), granting.read_policy(key, policy)) for item, key, policy in rows]
    gone = granting.erased(key for _item, key, _policy in read)
    found: dict[Any, dict[Standing, tuple[Glance, int]]] = {}
    for item, key, policy in read:
        one = glance(policy, at=at, erased=key in gone)
        if one.standing is not Standing.PUBLISHED:
            standing = found.setdefault(item, {})
            standing[one.standing] = (one, standing.get(one.standing, (one, 0))[1] + 1)
    return {item: list(each.values()) for item, each in found.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """A Master about which something was decided; `decision` is the row that holds, None where it is an erasure."""

    master: UUID
    glance: Glance
    decision: int | None


def lines(masters: QuerySet[Master]) -> tuple[list[Line], bool]:
    """Of these Masters those about which something was decided, the newest decision first, and whether there are more
    than are looked at (MOST_DECIDED)."""
    at = timezone.now()
    erasures = MasterErasure.objects.filter(master__in=masters).order_by("-confirmed_at")
    gone = list(erasures.filter(confirmed_at__isnull=False).values_list("master_id", flat=True))
    asked, erased = set(erasures.filter(confirmed_at=None).values_list("master_id", flat=True)), set(gone)
    rows = list(newest(masters).values_list("pk", "master_id", "policy")[: MOST_DECIDED + 1])
    found = [Line(key, Glance(Standing.ERASED), None) for key in gone]
    for pk, key, written in rows[:MOST_DECIDED]:
        if key not in erased:
            found.append(Line(key, glance(granting.read_policy(key, written), at=at, asked=key in asked), pk))
    return found, len(rows) > MOST_DECIDED


def newest(masters: QuerySet[Master]) -> QuerySet[Rights]:
    """The decision that holds for each of these Masters, where one was made."""
    last = Rights.objects.filter(master_id=OuterRef("master_id")).order_by("-number").values("pk")[:1]
    return Rights.objects.filter(master__in=masters, pk=Subquery(last)).order_by("-decided_at", "-pk")
