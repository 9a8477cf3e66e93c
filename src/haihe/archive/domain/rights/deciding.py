"""The decision: may this person do this with this Master at this moment, and how large may it be?

Page, API, IIIF, search snippet, sitemap, signed address, feed and every cache ask here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from haihe.archive.domain.rights.policies import ORDER, Action, Audience, Policy, Rule


class Reason(StrEnum):
    """Why, in one word; every refusal has its own, so that staff see what to change."""

    PERMITTED = "permitted"
    STAFF = "staff"  # the gate of the city lets them see it
    KEEPER = "keeper"  # withdrawn, and this person may take the withdrawal back
    PURGED = "purged"
    WITHDRAWN = "withdrawn"
    PROHIBITED = "prohibited"
    EMBARGOED = "embargoed"
    EXPIRED = "expired"
    UNPUBLISHED = "unpublished"
    TOO_LARGE = "too large"  # may be seen, but not taken away at its full size
    OTHERS_ONLY = "others only"


@dataclass(frozen=True)
class MasterFacts:
    """What a decision must know of a Master.

    published   something public shows it now
    purged      its bytes were erased by law; only the tombstone is left
    """

    id: str
    published: bool = False
    purged: bool = False


@dataclass(frozen=True)
class PersonFacts:
    """What a decision must know of who asks, towards this one Master. The default is anybody at all.

    staff         may view its organisation
    keeper        may withdraw in its organisation, and so take a withdrawal back
    invited_till  holds an address that was signed for it, good until then; datetime.max: an unguessable one
    """

    signed_in: bool = False
    staff: bool = False
    keeper: bool = False
    invited_till: datetime | None = None


ANYBODY = PersonFacts()


@dataclass(frozen=True)
class Decision:
    """longest_edge: of a rendition in pixels, None for any size. until: when time alone may change it; None: never."""

    allowed: bool
    reason: Reason
    longest_edge: int | None = None
    until: datetime | None = None


def decide(policy: Policy, master: MasterFacts, person: PersonFacts, at: datetime, action: Action) -> Decision:
    """Whether `person` may do `action` with `master` at the moment `at` (aware).

    Order: erased, withdrawn, prohibited, the city's gate for staff, permissions. What no rule allows is refused.
    """
    until = next_change(policy, person, at)
    if master.purged:
        return Decision(False, Reason.PURGED)
    if policy.withdrawn:
        if person.keeper and action is not Action.REPRODUCE:
            return Decision(True, Reason.KEEPER, until=until)
        return Decision(False, Reason.WITHDRAWN, until=until)
    audiences = _audiences(person, at)
    if any(_forbids(rule, action) and _meets(rule, audiences, master, at) for rule in policy.prohibitions):
        return Decision(False, Reason.PROHIBITED, until=until)
    if person.staff:
        return Decision(True, Reason.STAFF, until=until)
    found = [rule for rule in policy.permissions if _allows(rule, action) and rule.audience in audiences]
    in_force = [rule for rule in found if _meets(rule, audiences, master, at)]
    if action is Action.REPRODUCE:
        whole = [rule for rule in in_force if rule.longest_edge is None]
        if in_force and not whole:
            return Decision(False, Reason.TOO_LARGE, until=until)
        in_force = whole
    if in_force:
        return Decision(True, Reason.PERMITTED, _largest(in_force), until)
    return Decision(False, _why_not(found, at), until=until)


def next_change(policy: Policy, person: PersonFacts, at: datetime) -> datetime | None:
    """The first moment after `at` at which time alone may change an answer."""
    moments = policy.moments()
    if person.invited_till is not None and person.invited_till != datetime.max.replace(tzinfo=at.tzinfo):
        moments = [*moments, person.invited_till]
    return min((moment for moment in moments if moment > at), default=None)


def _audiences(person: PersonFacts, at: datetime) -> frozenset[Audience]:
    found = {Audience.PUBLIC}
    if person.invited_till is not None and at < person.invited_till:
        found.add(Audience.INVITED)
    if person.signed_in:
        found.add(Audience.SIGNED_IN)
    if person.staff:
        found.add(Audience.STAFF)
    return frozenset(found)


def _allows(rule: Rule, action: Action) -> bool:
    """Who may do more may do less."""
    return ORDER[rule.action] >= ORDER[action]


def _forbids(rule: Rule, action: Action) -> bool:
    """Who may not do less may not do more."""
    return ORDER[rule.action] <= ORDER[action]


def _meets(rule: Rule, audiences: frozenset[Audience], master: MasterFacts, at: datetime) -> bool:
    return (
        rule.audience in audiences
        and (rule.begins is None or rule.begins <= at)
        and (rule.ends is None or at < rule.ends)
        and (master.published or not rule.published)
    )


def _largest(rules: Iterable[Rule]) -> int | None:
    edges = [rule.longest_edge for rule in rules]
    return None if None in edges else max(edge for edge in edges if edge is not None)


def _why_not(rules: list[Rule], at: datetime) -> Reason:
    if any(rule.begins is not None and at < rule.begins for rule in rules):
        return Reason.EMBARGOED
    if any(rule.ends is None or at < rule.ends for rule in rules):
        return Reason.UNPUBLISHED
    return Reason.EXPIRED if rules else Reason.OTHERS_ONLY
