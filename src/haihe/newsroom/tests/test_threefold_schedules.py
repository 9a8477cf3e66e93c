"""Random schedules of edits, submissions, delegations, decisions: no release without six valid ones on exactly
its content. What a release needs is worked out here from the trail of signed decisions, not asked of the code.

Schedules grow as trees: where two part, what the first did after that is taken back and the second goes on from there.
So each of ten thousand is a whole schedule of its own, and what several begin with is done once."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.models import WorkflowState

from haihe.base.audit.models import Entry
from haihe.base.errors import HaiheError
from haihe.city.models import Person
from haihe.newsroom.models import Delegation, Manuscript, Office, Post
from haihe.newsroom.tests.newsdesk import revise
from haihe.newsroom.tests.test_threefold import KEYS, Desk
from haihe.releases.canonical import sha256_of
from haihe.releases.domain import publish
from haihe.releases.models import Release

SHORT, FULL, PARTS, LEAVES = 12, 10_000, 20, 25
DEEDS = ("right", "decide", "edit", "touch", "hand in", "publish", "stand in")
PEOPLE = ("e", "h", "c", "p", "e2", "h2", "c2", "reporter")


@dataclass
class Tally:
    """What came of the schedules: how many were looked at to their end, the releases at their ends, the refusals."""

    schedules: int = 0
    releases: int = 0
    refusals: int = 0


@dataclass
class Tree:
    """Schedules of one manuscript that begin alike."""

    desk: Desk
    rng: random.Random
    manuscript: Manuscript
    tally: Tally

    def grow(self, steps: int, leaves: int, wrote: set[str]) -> None:
        """`steps` more deeds in each of `leaves` schedules; fails where a release lacks a decision."""
        while steps:
            if leaves > 1 and (self.rng.random() < 0.04 or 2 ** (steps - 1) < leaves):
                for share in (leaves // 2, leaves - leaves // 2):
                    with transaction.atomic():
                        self.grow(steps, share, set(wrote))
                        transaction.set_rollback(True)
                return
            steps -= 1
            try:
                with transaction.atomic():
                    _act(self.desk, self.manuscript, self.rng, wrote)
            except (HaiheError, PermissionDenied):
                self.tally.refusals += 1
        self.tally.schedules += 1
        for release in Release.objects.filter(publication__subject_id=str(self.manuscript.pk)):
            self.tally.releases += 1
            _check(release, self.manuscript, {str(self.desk.people[name].uuid) for name in wrote})


def _act(desk: Desk, manuscript: Manuscript, rng: random.Random, wrote: set[str]) -> None:
    deed = rng.choices(["right", "decide", "edit", "touch", "hand in", "publish", "stand in"], [13, 4, 1, 1, 3, 1, 1])[
        0
    ]
    who = rng.choice(PEOPLE)
    stored = Manuscript.objects.get(pk=manuscript.pk)
    if deed == "edit" and not stored.live:
        revise(stored, desk.people[who], title=f"改{rng.random()}")
        wrote.add(who)
    elif deed == "touch":
        revise(stored, desk.people[who])
    elif deed == "hand in":
        _hand_in(desk, stored)
    elif deed == "publish":
        publish(stored, desk.people[rng.choice(["c", "h", "c2"])])
    elif deed == "stand in":
        post = rng.choice(list(Post.objects.filter(organisation=desk.organisation)))
        starts = timezone.now() - timedelta(hours=rng.choice([1, 3]))
        Delegation.objects.create(
            post=post, to=desk.people[who], starts=starts, ends=starts + timedelta(hours=rng.choice([2, 8]))
        )
    elif state := stored.current_workflow_task_state:
        wanted = {"review1": "e", "review2": "h", "review3": "c"}.get(state.task.specific.step, "p")
        action = "reject" if rng.random() < 0.1 else "approve"
        right = rng.choice([wanted, wanted + "2" if wanted != "p" else "e"])
        sha256 = sha256_of(stored.get_latest_revision_as_object().release_content())
        person = desk.people[right if deed == "right" else who]
        state.task.specific.on_action(state.specific, person, action, judged_sha256=sha256)


def _hand_in(desk: Desk, stored: Manuscript) -> None:
    review = stored.workflow_states.filter(status=WorkflowState.STATUS_NEEDS_CHANGES).first()
    if review:
        review.resume(desk.people["reporter"])
    elif not stored.current_workflow_task_state:
        desk.hand_in(stored)


def _check(release: Release, manuscript: Manuscript, wrote: set[str]) -> None:
    """Some review holds, for exactly this content, the six steps in order by three and three who wrote none of it."""
    said: dict[int, list[dict[str, Any]]] = {}
    for entry in Entry.objects.filter(action="review.approve", thing_id=str(manuscript.pk)).order_by("number"):
        detail = json.loads(entry.told.body)["detail"]
        if detail["content_sha256"] == release.content_sha256:
            said.setdefault(detail["statement"]["review"], []).append(detail["statement"])
    for decisions in said.values():
        by_step = {one["step"]: one["person"] for one in decisions}
        reviewers = {person for step, person in by_step.items() if step.startswith("review")}
        proofers = {person for step, person in by_step.items() if step.startswith("proof")}
        if list(by_step) == KEYS and len(reviewers) == len(proofers) == 3 and not (reviewers | proofers) & wrote:
            return
    pytest.fail(f"{release} is public without its decisions: {said}")


def _run(count: int, leaves: int, seed: int) -> Tally:
    desk, rng, tally = Desk(), random.Random(seed), Tally()
    for name, role, office in (
        ("e2", "editor", Office.RESPONSIBLE_EDITOR),
        ("h2", "publisher", Office.DEPARTMENT_HEAD),
        ("c2", "publisher", Office.CHIEF_EDITOR),
    ):
        desk.hire(name, role, office)
    desk.person("reporter")
    Person.objects.update(email="")  # no letters about what is taken back
    for _ in range(count // leaves):
        with transaction.atomic():
            tree = Tree(desk, rng, desk.manuscript(title=f"稿{rng.random()}"), tally)
            tree.grow(rng.randint(8, 26), leaves, {"reporter"})
            transaction.set_rollback(True)
    assert tally.schedules == count
    return tally


@pytest.mark.django_db
def test_no_release_without_its_decisions() -> None:
    tally = _run(SHORT, 4, seed=3)
    assert tally.releases
    assert tally.refusals


@pytest.mark.full
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.django_db
def test_no_release_without_its_decisions_in_ten_thousand_schedules(part: int) -> None:
    count = FULL // PARTS
    tally = _run(count, LEAVES, seed=11 + part)
    assert tally.releases
    assert tally.refusals > count / 4
