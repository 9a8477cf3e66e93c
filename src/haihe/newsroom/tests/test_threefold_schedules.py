"""Random schedules of edits, submissions, delegations, decisions: no release without six valid ones on exactly
its content. What a release needs is worked out here from the trail of signed decisions, not asked of the code."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.models import WorkflowState

from haihe.base.audit.models import Entry
from haihe.base.errors import HaiheError
from haihe.newsroom.models import Delegation, Manuscript, Office, Post
from haihe.newsroom.tests.newsdesk import revise
from haihe.newsroom.tests.test_threefold import KEYS, Desk
from haihe.releases.domain import publish
from haihe.releases.models import Release

SHORT, FULL, PARTS = 12, 10_000, 20
PEOPLE = ("e", "h", "c", "p", "e2", "h2", "c2", "reporter")


def one_schedule(desk: Desk, rng: random.Random) -> tuple[int, int]:
    """Returns how many releases and how many refusals there were; fails where a release lacks a decision."""
    manuscript, refusals = desk.manuscript(title=f"稿{rng.random()}"), 0
    wrote = {"reporter"}
    for _step in range(rng.randint(8, 26)):
        try:
            with transaction.atomic():
                _act(desk, manuscript, rng, wrote)
        except (HaiheError, PermissionDenied):
            refusals += 1
    releases = list(Release.objects.filter(publication__subject_id=str(manuscript.pk)))
    for release in releases:
        _check(release, manuscript, {str(desk.people[name].uuid) for name in wrote})
    return len(releases), refusals


def _act(desk: Desk, manuscript: Manuscript, rng: random.Random, wrote: set[str]) -> None:
    deed = rng.choices(["right", "decide", "edit", "touch", "hand in", "publish", "stand in"], [9, 4, 1, 1, 3, 1, 1])[0]
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
    elif stored.current_workflow_task_state:
        wanted = {"review1": "e", "review2": "h", "review3": "c"}.get(str(desk.open_step(stored)), "p")
        action = "reject" if rng.random() < 0.1 else "approve"
        desk.decide(
            stored, rng.choice([wanted, wanted + "2" if wanted != "p" else "e"]) if deed == "right" else who, action
        )


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


def _run(count: int, seed: int) -> tuple[int, int]:
    desk, rng = Desk(), random.Random(seed)
    for name, role, office in (
        ("e2", "editor", Office.RESPONSIBLE_EDITOR),
        ("h2", "publisher", Office.DEPARTMENT_HEAD),
        ("c2", "publisher", Office.CHIEF_EDITOR),
    ):
        desk.hire(name, role, office)
    totals = [one_schedule(desk, rng) for _ in range(count)]
    return sum(released for released, _refused in totals), sum(refused for _released, refused in totals)


@pytest.mark.django_db
def test_no_release_without_its_decisions() -> None:
    released, refused = _run(SHORT, seed=3)
    assert released
    assert refused


@pytest.mark.full
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.django_db
def test_no_release_without_its_decisions_in_ten_thousand_schedules(part: int) -> None:
    count = FULL // PARTS
    released, refused = _run(count, seed=11 + part)
    assert released > count / 100
    assert refused > count
