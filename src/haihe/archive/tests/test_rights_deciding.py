"""The decision: named cases, and 10,000 made ones against an oracle that is written the other way round."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from haihe.archive.domain.rights.deciding import ANYBODY, MasterFacts, PersonFacts, Reason, decide
from haihe.archive.domain.rights.policies import (
    AS_PUBLISHED,
    STAFF_ONLY,
    Action,
    Audience,
    Policy,
    Rule,
    embargoed,
    limited,
    openly,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HIDDEN, SHOWN, GONE = MasterFacts("m"), MasterFacts("m", published=True), MasterFacts("m", True, True)
STAFF, KEEPER = PersonFacts(True, staff=True), PersonFacts(True, staff=True, keeper=True)
INVITED = PersonFacts(invited_till=NOW + DAY)
WITHDRAWN = Policy(AS_PUBLISHED.permissions, withdrawn=True)
NO_COPIES = Policy(openly("").permissions, (Rule(Action.REPRODUCE),))


@pytest.mark.parametrize(
    ("policy", "master", "person", "action", "reason"),
    [
        (AS_PUBLISHED, SHOWN, ANYBODY, Action.DISPLAY, Reason.PERMITTED),
        (AS_PUBLISHED, SHOWN, ANYBODY, Action.INDEX, Reason.PERMITTED),
        (AS_PUBLISHED, SHOWN, ANYBODY, Action.REPRODUCE, Reason.OTHERS_ONLY),
        (AS_PUBLISHED, HIDDEN, ANYBODY, Action.DISPLAY, Reason.UNPUBLISHED),
        (AS_PUBLISHED, HIDDEN, INVITED, Action.DISPLAY, Reason.PERMITTED),
        (AS_PUBLISHED, HIDDEN, PersonFacts(invited_till=NOW), Action.DISPLAY, Reason.UNPUBLISHED),
        (AS_PUBLISHED, HIDDEN, STAFF, Action.REPRODUCE, Reason.STAFF),
        (AS_PUBLISHED, GONE, KEEPER, Action.INDEX, Reason.PURGED),
        (STAFF_ONLY, SHOWN, INVITED, Action.INDEX, Reason.OTHERS_ONLY),
        (WITHDRAWN, SHOWN, STAFF, Action.DISPLAY, Reason.WITHDRAWN),
        (WITHDRAWN, SHOWN, INVITED, Action.INDEX, Reason.WITHDRAWN),
        (WITHDRAWN, SHOWN, KEEPER, Action.DISPLAY, Reason.KEEPER),
        (WITHDRAWN, SHOWN, KEEPER, Action.REPRODUCE, Reason.WITHDRAWN),
        (embargoed(AS_PUBLISHED, NOW + DAY), SHOWN, ANYBODY, Action.DISPLAY, Reason.EMBARGOED),
        (embargoed(AS_PUBLISHED, NOW), SHOWN, ANYBODY, Action.DISPLAY, Reason.PERMITTED),
        (embargoed(AS_PUBLISHED, NOW + DAY), SHOWN, STAFF, Action.DISPLAY, Reason.STAFF),
        (Policy((Rule(Action.DISPLAY, ends=NOW),)), SHOWN, ANYBODY, Action.DISPLAY, Reason.EXPIRED),
        (limited(openly(""), 800), SHOWN, ANYBODY, Action.REPRODUCE, Reason.OTHERS_ONLY),
        (Policy((Rule(Action.REPRODUCE, longest_edge=9),)), SHOWN, ANYBODY, Action.REPRODUCE, Reason.TOO_LARGE),
        (NO_COPIES, SHOWN, ANYBODY, Action.DISPLAY, Reason.PERMITTED),
        (NO_COPIES, SHOWN, STAFF, Action.REPRODUCE, Reason.PROHIBITED),
    ],
)
def test_decision_and_its_reason(policy, master, person, action, reason):
    found = decide(policy, master, person, NOW, action)
    assert (found.reason, found.allowed) == (reason, reason in (Reason.PERMITTED, Reason.STAFF, Reason.KEEPER))


def test_quality_goes_by_audience_and_the_best_that_one_is_allowed_counts():
    policy = Policy(
        (
            Rule(Action.DISPLAY, longest_edge=800),
            Rule(Action.DISPLAY, Audience.SIGNED_IN, longest_edge=2400),
            Rule(Action.DISPLAY, Audience.INVITED),
        )
    )
    edges = [
        decide(policy, HIDDEN, person, NOW, Action.DISPLAY).longest_edge
        for person in (ANYBODY, PersonFacts(signed_in=True), INVITED, STAFF)
    ]
    assert edges == [800, 2400, None, None]


def test_decision_says_when_time_alone_changes_it():
    policy = Policy((Rule(Action.DISPLAY, begins=NOW - DAY, ends=NOW + 3 * DAY),))
    assert decide(policy, HIDDEN, ANYBODY, NOW, Action.DISPLAY).until == NOW + 3 * DAY
    assert decide(policy, HIDDEN, INVITED, NOW, Action.DISPLAY).until == NOW + DAY
    assert decide(policy, HIDDEN, ANYBODY, NOW + 9 * DAY, Action.DISPLAY).until is None


def made_policy(chance: random.Random) -> Policy:
    def rule() -> Rule:
        begins = NOW + chance.randint(-3, 3) * DAY if chance.random() < 0.4 else None
        ends = (begins or NOW) + chance.randint(1, 3) * DAY if chance.random() < 0.4 else None
        edge = chance.choice([None, None, 400, 1200])
        return Rule(
            chance.choice(list(Action)), chance.choice(list(Audience)), begins, ends, edge, chance.random() < 0.4
        )

    permissions = tuple(rule() for _ in range(chance.randint(0, 4)))
    prohibitions = tuple(rule() for _ in range(chance.choice([0, 0, 0, 1])))
    return Policy(permissions, prohibitions, chance.random() < 0.1)


def oracle(policy: Policy, master: MasterFacts, person: PersonFacts, at: datetime, action: Action) -> object:
    """Largest edge (0: refused, inf: any), read off the rules one by one in the plainest way."""
    grade = ["index", "display", "reproduce"].index
    belongs = {"public": True, "invited": bool(person.invited_till and at < person.invited_till)}
    belongs |= {"signed-in": person.signed_in, "staff": person.staff}
    holds = [
        belongs[rule.audience]
        and not (rule.begins and at < rule.begins)
        and not (rule.ends and at >= rule.ends)
        and not (rule.published and not master.published)
        for rule in policy.permissions + policy.prohibitions
    ]
    given, forbidden = holds[: len(policy.permissions)], holds[len(policy.permissions) :]
    if master.purged or (policy.withdrawn and not (person.keeper and action != "reproduce")):
        return 0
    if policy.withdrawn:
        return float("inf")
    for rule, holding in zip(policy.prohibitions, forbidden, strict=True):
        if holding and grade(rule.action) <= grade(action):
            return 0
    best: float = float("inf") if person.staff else 0
    for rule, holding in zip(policy.permissions, given, strict=True):
        if holding and grade(rule.action) >= grade(action):
            edge = float("inf") if rule.longest_edge is None else rule.longest_edge
            best = max(best, 0 if action == "reproduce" and edge != float("inf") else edge)
    return best


def test_ten_thousand_made_cases_agree_with_the_plain_reading():
    chance = random.Random(20261127)
    for _ in range(10_000):
        policy = made_policy(chance)
        master = MasterFacts("m", chance.random() < 0.5, chance.random() < 0.05)
        staff = chance.random() < 0.2
        invited = NOW + chance.randint(-2, 2) * DAY if chance.random() < 0.3 else None
        person = PersonFacts(staff or chance.random() < 0.3, staff, staff and chance.random() < 0.5, invited)
        at, action = NOW + chance.randint(-4, 6) * DAY, chance.choice(list(Action))
        found = decide(policy, master, person, at, action)
        edge = (found.longest_edge if found.longest_edge is not None else float("inf")) if found.allowed else 0
        assert edge == oracle(policy, master, person, at, action), (policy, master, person, at, action, found)
