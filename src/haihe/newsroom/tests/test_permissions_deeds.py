"""Role × action × relation over HTTP: what is done to a manuscript happens where it is allowed, and nowhere else.

Every cell sends the whole form of its page for the manuscript of one organisation, then compares all five manuscripts
with what they were: row, locks, revisions, schedule, review, public life. A refused deed leaves every one of them as it
was, an allowed one changes its own and no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import Revision, TaskState, WorkflowState

from haihe.city.models import Organisation, Person
from haihe.city.testing import (
    OUTSIDER,
    RELATIONS,
    ROLE_NAMES,
    Planted,
    RelatedCity,
    allowed,
    build_city,
    refused,
)
from haihe.newsroom.domain import writing
from haihe.newsroom.domain.founding import found_review
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import form_at, revise
from haihe.newsroom.tests.standing import Held, as_it_is, undone, without_drafts
from haihe.releases.canonical import sha256_of
from haihe.releases.domain import ask_erasure, publish, scheduling
from haihe.releases.models import Erasure, Publication, Release

BASE = "/admin/snippets/newsroom/manuscript/"
NOBODY = ""  # the action that no role allows
TOMORROW, NEXT_WEEK = timedelta(days=1), timedelta(days=7)

pytestmark = pytest.mark.django_db


@dataclass
class Scene:
    """One cell being played: the person's browser in front of the manuscript of one organisation."""

    client: Client
    person: Person
    superuser: Person
    pk: Any
    form: dict[str, Any]

    @property
    def row(self) -> Manuscript:
        return Manuscript.objects.get(pk=self.pk)

    @property
    def draft(self) -> Manuscript:
        return self.row.get_latest_revision_as_object()

    @property
    def first(self) -> Revision:
        return self.row.revisions.order_by("pk").first()

    @property
    def review(self) -> WorkflowState | None:
        return WorkflowState.objects.filter(object_id=str(self.pk)).order_by("pk").last()

    @property
    def judged(self) -> str:
        return sha256_of(self.draft.release_content())

    def post(self, page: str, data: dict[str, Any] | None = None, tail: str = "") -> Any:
        return self.client.post(f"{BASE}{page}/{self.pk}/{tail}", data or {})

    def edit(self, **changes: str) -> Any:
        """Send the editor's form with changes, as the page of the newest revision would."""
        newest = self.row.latest_revision
        loaded = {
            "loaded_revision_id": newest.pk,
            "loaded_revision_created_at": newest.created_at.isoformat(),
            "title": newest.content["title"],
        }
        return self.post("edit", {**self.form, **loaded, **changes})

    def overwrite(self, **changes: str) -> Any:
        """Send it as autosave does: into the newest revision, which is their own."""
        return self.edit(overwrite_revision_id=str(self.row.latest_revision_id), **changes)

    def decide(self, name: str) -> Any:
        return self.edit(**{"action-workflow-action": "true", "workflow-action-name": name})

    def decide_in_list(self, name: str) -> Any:
        state = TaskState.objects.get(workflow_state=self.review, status="in_progress")
        data = {"comment": "", "judged_sha256": self.judged}
        return self.client.post(f"{BASE}workflow/action/{self.pk}/{name}/{state.pk}/", data)

    # What is arranged beforehand, by a superuser

    def is_public(self) -> None:
        publish(self.row, self.superuser)

    def is_locked(self, by: Person | None = None) -> None:
        Manuscript.objects.filter(pk=self.pk).update(
            locked=True, locked_by=by or self.superuser, locked_at=timezone.now()
        )

    def is_locked_by_them(self) -> None:
        self.is_locked(self.person)

    def is_scheduled(self) -> None:
        draft = revise(self.row, self.superuser, go_live_at=timezone.now() + TOMORROW)
        draft.latest_revision.publish(user=self.superuser)

    def is_scheduled_with_their_words(self) -> None:
        draft = revise(self.row, self.person, go_live_at=timezone.now() + TOMORROW)
        draft.latest_revision.publish(user=self.superuser)

    def is_public_with_their_words(self) -> None:
        revise(self.row, self.person)
        self.is_public()

    def is_in_review(self, by: Person | None = None) -> None:
        self.row.get_workflow().start(self.row, by or self.superuser)

    def is_in_review_by_them(self) -> None:
        self.is_in_review(self.person)

    def is_to_be_erased(self) -> None:
        self.is_public()
        ask_erasure(self.row.publication, self.superuser, "by law")

    def nothing(self) -> None: ...

    # What came of it

    def was_released(self, action: str = "publish") -> bool:
        made = Release.objects.filter(publication__subject_id=str(self.pk), action=action)
        return made.exists() and self.row.live

    def is_live_next_week(self) -> bool:
        with time_machine.travel(timezone.now() + NEXT_WEEK):
            scheduling.run()
        return self.row.live

    def state(self) -> str:
        return str(Publication.objects.get(subject_id=str(self.pk)).state)


@dataclass(frozen=True)
class Deed:
    """One thing done to a manuscript.

    needs     the action of the city that allows it, NOBODY for none
    done      whether it took effect
    saves     it is a button of the editor's form: whoever may edit saves a draft with it, whatever else is refused
    """

    name: str
    needs: str
    act: Callable[[Scene], Any]
    done: Callable[[Scene], bool]
    arrange: Callable[[Scene], None] = Scene.nothing
    saves: bool = False


def when(delay: timedelta) -> str:
    moment: datetime = timezone.localtime(timezone.now() + delay)
    return moment.strftime("%Y-%m-%d %H:%M")


DEEDS = (
    Deed("save", "edit", lambda s: s.edit(title="Changed"), lambda s: s.draft.title == "Changed"),
    Deed(
        "save under a lock",
        NOBODY,
        lambda s: s.edit(title="Changed"),
        lambda s: s.draft.title == "Changed",
        Scene.is_locked,
    ),
    Deed("lock", "edit", lambda s: s.post("lock"), lambda s: s.row.locked_by_id == s.person.pk),
    Deed("unlock own", "edit", lambda s: s.post("unlock"), lambda s: not s.row.locked, Scene.is_locked_by_them),
    Deed("unlock another's", "publish", lambda s: s.post("unlock"), lambda s: not s.row.locked, Scene.is_locked),
    Deed(
        "revert",
        "edit",
        lambda s: s.post(
            "history", {**s.form, "title": s.first.content["title"], "summary": ""}, f"revisions/{s.first.pk}/revert/"
        ),
        lambda s: s.draft.summary == "" and s.row.revisions.count() == 3,
    ),
    Deed(
        "submit",
        "submit",
        lambda s: s.edit(**{"action-submit": "1"}),
        lambda s: s.review is not None and s.review.requested_by_id == s.person.pk,
    ),
    Deed("publish", "publish", lambda s: s.edit(**{"action-publish": "1"}), Scene.was_released, saves=True),
    Deed(
        "correct",
        "publish",
        lambda s: s.edit(**{"title": "Right", "correction_note": "Was wrong", "action-publish": "1"}),
        lambda s: s.was_released("correct"),
        Scene.is_public,
        saves=True,
    ),
    Deed(
        "schedule",
        "publish",
        lambda s: s.edit(**{"go_live_at": when(TOMORROW), "action-publish": "1"}),
        lambda s: not s.row.live and s.is_live_next_week(),
        saves=True,
    ),
    Deed(
        "write a time without publishing",
        NOBODY,
        lambda s: s.edit(go_live_at=when(TOMORROW)),
        Scene.is_live_next_week,
        saves=True,
    ),
    Deed(
        "write an end without publishing",
        NOBODY,
        lambda s: s.edit(expire_at=when(TOMORROW)),
        lambda s: not s.is_live_next_week(),
        Scene.is_public,
        saves=True,
    ),
    Deed(
        "write over what is scheduled",
        NOBODY,
        lambda s: s.overwrite(title="Changed"),
        lambda s: s.is_live_next_week() and s.row.title == "Changed",
        Scene.is_scheduled_with_their_words,
    ),
    Deed(
        "write over what is public",
        NOBODY,
        lambda s: s.overwrite(title="Changed"),
        lambda s: "Changed" in (s.row.title, s.row.live_revision.content["title"]),
        Scene.is_public_with_their_words,
        saves=True,
    ),
    Deed(
        "unschedule",
        "publish",
        lambda s: s.post("history", tail=f"revisions/{s.row.latest_revision_id}/unschedule/"),
        lambda s: not s.is_live_next_week(),
        Scene.is_scheduled,
    ),
    Deed("approve", "publish", lambda s: s.decide("approve"), Scene.was_released, Scene.is_in_review),
    Deed(
        "reject",
        "publish",
        lambda s: s.decide("reject"),
        lambda s: s.review.status == "needs_changes",
        Scene.is_in_review,
    ),
    Deed("approve in a list", "publish", lambda s: s.decide_in_list("approve"), Scene.was_released, Scene.is_in_review),
    Deed(
        "reject in a list",
        "publish",
        lambda s: s.decide_in_list("reject"),
        lambda s: s.review.status == "needs_changes",
        Scene.is_in_review,
    ),
    Deed(
        "take back another's submission",
        "publish",
        lambda s: s.edit(**{"action-cancel-workflow": "1"}),
        lambda s: s.review.status == "cancelled",
        Scene.is_in_review,
    ),
    Deed(
        "take back their submission",
        "edit",
        lambda s: s.edit(**{"action-cancel-workflow": "1"}),
        lambda s: s.review.status == "cancelled",
        Scene.is_in_review_by_them,
    ),
    Deed(
        "withdraw",
        "withdraw",
        lambda s: s.post("unpublish", {"reason": "wrong"}),
        lambda s: (s.state(), s.row.live) == ("withdrawn", False),
        Scene.is_public,
    ),
    Deed(
        "ask for erasure",
        "erase",
        lambda s: s.post("erase", {"reason": "by law"}),
        lambda s: Erasure.objects.filter(publication__subject_id=str(s.pk), asked_by=s.person).exists(),
        Scene.is_public,
    ),
    Deed(
        "confirm erasure",
        "erase",
        lambda s: s.post("erase", {"decision": "confirm", "erasure": str(Erasure.objects.get().pk)}),
        lambda s: s.state() == "erased",
        Scene.is_to_be_erased,
    ),
    Deed(
        "refuse erasure",
        "erase",
        lambda s: s.post("erase", {"decision": "refuse", "erasure": str(Erasure.objects.get().pk)}),
        lambda s: not Erasure.objects.exists(),
        Scene.is_to_be_erased,
    ),
    Deed("delete", NOBODY, lambda s: s.post("delete"), lambda s: not Manuscript.objects.filter(pk=s.pk).exists()),
    Deed(
        "delete many",
        NOBODY,
        lambda s: s.client.post(f"/admin/bulk/newsroom/manuscript/delete/?id={s.pk}&next=/admin/"),
        lambda s: not Manuscript.objects.filter(pk=s.pk).exists(),
    ),
    Deed("copy", NOBODY, lambda s: s.post("copy", s.form), lambda s: Manuscript.objects.count() > len(RELATIONS)),
)


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture
def planted(city: RelatedCity) -> Planted[Manuscript]:
    """In each organisation one draft that was never public, with two revisions; a review that ends in publishing."""
    found_review()

    def plant(organisation: Organisation, secret: str) -> Manuscript:
        manuscript = writing.begin(organisation, city.superuser, title=secret, html=f"<p>{secret}</p>")
        return writing.revise(manuscript, city.superuser, summary=f"{secret} second")

    return city.plant(plant)


@dataclass(frozen=True)
class Expected:
    """What must come of one cell. `edits`: whether the person may edit there, and so save drafts."""

    may: bool
    edits: bool

    def faults(self, deed: Deed, scene: Scene, before: Held, shown: Callable[[Any], set[str]]) -> list[str]:
        """Do it; what went otherwise than it must."""
        response = deed.act(scene)
        after = as_it_is()
        done = deed.done(scene)
        same = after == before
        if deed.saves and self.edits:
            same = without_drafts(after) == without_drafts(before)
        others = [key for key in before if key != scene.pk.hex and after.get(key) != before[key]]
        away = self.may or self.edits or (refused(response) and not shown(response))
        found = {
            f"took effect: {done}": done != self.may,
            f"left everything as it was: {same}": same == self.may,
            f"changed {len(others)} other manuscripts": bool(others),
            f"was answered, not turned away: {response.status_code}": not away,
        }
        return [fault for fault, is_so in found.items() if is_so]


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_deeds_take_effect_exactly_where_they_are_allowed(
    city: RelatedCity, planted: Planted[Manuscript], role: str
) -> None:
    form = form_at(city.client("superuser"), f"{BASE}edit/{planted['own'].pk}/")
    wrong = {}
    for relation, arrange in product(RELATIONS, {deed.arrange: None for deed in DEEDS}):
        scene = Scene(city.client(role), city.people[role], city.superuser, planted[relation].pk, form)
        edits = allowed(role, "edit", relation)
        with undone():
            arrange(scene)
            before = as_it_is()
            for deed in (deed for deed in DEEDS if deed.arrange is arrange):
                expected = Expected(deed.needs != NOBODY and allowed(role, deed.needs, relation), edits)
                with undone():
                    faults = expected.faults(deed, scene, before, planted.shown_in)
                if faults:
                    wrong[f"{deed.name}, {relation}"] = faults
    assert wrong == {}
