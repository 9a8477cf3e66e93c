"""Three reviews, three proofs: three persons each, nobody's own text, exactly the content that goes out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.models import TaskState, WorkflowState

from haihe.base.errors import HaiheError
from haihe.city import grant
from haihe.city.models import Person
from haihe.newsroom.domain.threefold import deciding
from haihe.newsroom.domain.threefold.duties import NotFit, PostsVacant, StandInMisplaced, check_staffed, check_stand_in
from haihe.newsroom.domain.threefold.steps import STEPS
from haihe.newsroom.models import Delegation, DutyState, Manuscript, Office, Post, ReviewRule
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.releases.canonical import sha256_of
from haihe.releases.domain import publish
from haihe.releases.domain.reviewing import ContentChanged
from haihe.releases.models import Release

pytestmark = pytest.mark.django_db

KEYS = [step.key for step in STEPS]


class Desk(Newsdesk):
    """A desk whose posts are filled: e(ditor), h(ead), c(hief), p(roofreader); and the rule is on."""

    def __init__(self) -> None:
        super().__init__()
        for name, role, office in (
            ("e", "editor", Office.RESPONSIBLE_EDITOR),
            ("h", "publisher", Office.DEPARTMENT_HEAD),
            ("c", "publisher", Office.CHIEF_EDITOR),
            ("p", "reporter", Office.PROOFREADER),
        ):
            self.hire(name, role, office)
        ReviewRule.objects.create(organisation=self.organisation)

    def hire(self, name: str, role: str, office: Office | None = None) -> Person:
        if name not in self.people:
            self.people[name] = Person.objects.create_user(name, f"{name}@desk.example")
            grant(self.people[name], role, self.organisation)
        if office:
            Post.objects.create(organisation=self.organisation, person=self.people[name], office=office)
        return self.people[name]

    def hand_in(self, manuscript: Manuscript) -> WorkflowState:
        stored = Manuscript.objects.get(pk=manuscript.pk)
        return stored.get_workflow().start(stored, self.person("reporter"))

    def decide(self, manuscript: Manuscript, who: str, action: str = "approve", judged: str | None = None) -> None:
        stored = Manuscript.objects.get(pk=manuscript.pk)
        state = stored.current_workflow_task_state
        sha256 = sha256_of(stored.get_latest_revision_as_object().release_content()) if judged is None else judged
        state.task.specific.on_action(state.specific, self.people[who], action, judged_sha256=sha256)

    def open_step(self, manuscript: Manuscript) -> str | None:
        state = Manuscript.objects.get(pk=manuscript.pk).current_workflow_task_state
        return state.task.specific.step if state else None


@pytest.fixture
def desk() -> Desk:
    return Desk()


def refused(desk: Desk, manuscript: Manuscript, who: str, why: type[HaiheError]) -> None:
    with pytest.raises(why):
        desk.decide(manuscript, who)


def test_six_decisions_by_the_right_persons_make_one_release(desk: Desk) -> None:
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    steps = []
    for who in ("e", "p", "h", "e", "c", "c"):
        steps.append(desk.open_step(manuscript))
        assert Release.objects.count() == 0
        desk.decide(manuscript, who)
    assert steps == KEYS
    assert Release.objects.get().content["title"] == "今晚点灯"


def test_nobody_publishes_past_the_reviews_by_any_door(desk: Desk) -> None:
    manuscript = desk.manuscript()
    root = Person.objects.create_superuser("root", "root@desk.example", "x")
    for by in (desk.people["c"], root, None):
        with pytest.raises(deciding.ReviewsMissing, match=r"初审|First review"):
            publish(manuscript, by)
    later = revise(manuscript, desk.person("reporter"), go_live_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(deciding.ReviewsMissing):
        publish(Manuscript.objects.get(pk=later.pk), desk.people["c"])
    assert Release.objects.count() == 0


def test_organisation_without_the_rule_publishes_as_before(desk: Desk) -> None:
    ReviewRule.objects.update(threefold=False)
    assert publish(desk.manuscript(), desk.people["c"]) is not None


def test_steps_are_closed_to_who_holds_no_post(desk: Desk) -> None:
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    desk.hire("stranger", "publisher")
    root = Person.objects.create_superuser("root", "root@desk.example", "x")
    desk.people["root"] = root
    for who in ("h", "c", "p", "stranger", "root"):
        refused(desk, manuscript, who, deciding.NotYourStep)
    assert desk.open_step(manuscript) == "review1"


def test_who_lost_the_role_of_a_post_may_not_decide(desk: Desk) -> None:
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    desk.people["e"].grants.all().delete()
    desk.people["e"] = Person.objects.get(pk=desk.people["e"].pk)
    refused(desk, manuscript, "e", deciding.NotYourStep)


def test_nobody_passes_their_own_text(desk: Desk) -> None:
    manuscript = desk.manuscript()
    revise(manuscript, desk.people["e"], title="责任编辑改过的标题")
    desk.hand_in(manuscript)
    refused(desk, manuscript, "e", deciding.OwnText)
    desk.hire("e2", "editor", Office.RESPONSIBLE_EDITOR)
    desk.decide(manuscript, "e2")
    assert desk.open_step(manuscript) == "proof1"


def test_saving_without_a_change_makes_nobody_a_writer(desk: Desk) -> None:
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    revise(manuscript, desk.people["e"])
    desk.decide(manuscript, "e")
    assert desk.open_step(manuscript) == "proof1"


def test_reviews_are_by_three_persons_and_proofs_too(desk: Desk) -> None:
    Post.objects.create(organisation=desk.organisation, person=desk.people["h"], office=Office.RESPONSIBLE_EDITOR)
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    desk.decide(manuscript, "h")
    desk.decide(manuscript, "p")
    refused(desk, manuscript, "h", deciding.DecidedBefore)
    desk.hire("h2", "editor", Office.DEPARTMENT_HEAD)
    desk.decide(manuscript, "h2")
    refused(desk, manuscript, "p", deciding.DecidedBefore)
    desk.decide(manuscript, "h")


def test_change_after_a_decision_begins_again_and_the_old_decisions_do_not_count(desk: Desk) -> None:
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    for who in ("e", "p", "h", "e", "c"):
        desk.decide(manuscript, who)
    judged = sha256_of(Manuscript.objects.get(pk=manuscript.pk).get_latest_revision_as_object().release_content())
    draft = Manuscript.objects.get(pk=manuscript.pk).get_latest_revision_as_object()
    draft.title = "夹带的标题"
    draft.save_revision(user=desk.person("reporter"), clean=False, overwrite_revision=draft.latest_revision)
    with pytest.raises(ContentChanged):
        desk.decide(manuscript, "c", judged=judged)
    assert (desk.open_step(manuscript), Release.objects.count()) == ("review1", 0)


def test_handed_in_again_after_changes_starts_at_the_first_step(desk: Desk) -> None:
    manuscript = desk.manuscript()
    review = desk.hand_in(manuscript)
    for who, action in (("e", "approve"), ("p", "approve"), ("h", "reject")):
        desk.decide(manuscript, who, action)
    revise(manuscript, desk.person("reporter"), title="改过的标题")
    review.refresh_from_db()
    review.resume(desk.person("reporter"))
    assert desk.open_step(manuscript) == "review1"


def test_handed_in_again_unchanged_goes_on_where_it_stood(desk: Desk) -> None:
    manuscript = desk.manuscript()
    review = desk.hand_in(manuscript)
    for who, action in (("e", "approve"), ("p", "approve"), ("h", "reject")):
        desk.decide(manuscript, who, action)
    review.refresh_from_db()
    review.resume(desk.person("reporter"))
    assert desk.open_step(manuscript) == "review2"


def test_decision_written_into_the_database_does_not_count(desk: Desk) -> None:
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    for who in ("e", "p", "h", "e", "c"):
        desk.decide(manuscript, who)
    forged = DutyState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    DutyState.objects.filter(pk=forged.pk).update(content_sha256=DutyState.objects.first().content_sha256)
    TaskState.objects.filter(pk=forged.pk).update(status="approved", finished_by=desk.people["c"])
    with pytest.raises(deciding.ReviewsMissing):
        publish(Manuscript.objects.get(pk=manuscript.pk), None)


@pytest.mark.parametrize("field", ["content_sha256", "step", "person", "thing", "at"])
def test_changed_statement_does_not_count(desk: Desk, field: str) -> None:
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    desk.decide(manuscript, "e")
    state = DutyState.objects.get(status="approved")
    assert deciding._is_valid(state, manuscript, "review1")
    state.statement = {**state.statement, field: "x"}
    assert not deciding._is_valid(state, manuscript, "review1")


def stand_in(desk: Desk, office: Office, to: str, hours: tuple[int, int]) -> Delegation:
    now = timezone.now()
    post = Post.objects.get(office=office)
    starts, ends = (now + timedelta(hours=hour) for hour in hours)
    return Delegation.objects.create(post=post, to=desk.people[to], starts=starts, ends=ends)


def test_stand_in_decides_for_the_holder_until_the_night_ends(desk: Desk) -> None:
    desk.hire("night", "editor")
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    ended = stand_in(desk, Office.RESPONSIBLE_EDITOR, "night", (-9, -1))
    stand_in(desk, Office.RESPONSIBLE_EDITOR, "night", (1, 9))
    refused(desk, manuscript, "night", deciding.NotYourStep)
    ended.ends = timezone.now() + timedelta(hours=1)
    ended.save()
    desk.decide(manuscript, "night")
    state = DutyState.objects.get(status="approved")
    assert state.on_behalf_of == desk.people["e"]
    assert state.statement["on_behalf_of"] == str(desk.people["e"].uuid)


def test_standing_in_is_not_handed_on_and_a_circle_gives_nobody_a_right(desk: Desk) -> None:
    for name in ("a", "b"):
        desk.hire(name, "editor", Office.PROOFREADER)
    now = timezone.now()
    around = {"starts": now - timedelta(hours=1), "ends": now + timedelta(hours=1)}
    post = {name: Post.objects.get(person=desk.people[name]) for name in ("a", "b", "e")}
    for holder, to in (("e", "a"), ("a", "b"), ("b", "a"), ("b", "e")):
        Delegation.objects.create(post=post[holder], to=desk.people[to], **around)
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    refused(desk, manuscript, "b", deciding.NotYourStep)  # stands in for a, who only stands in for e
    desk.decide(manuscript, "a")
    assert desk.open_step(manuscript) == "proof1"


def test_nobody_stands_in_for_themselves_or_above_their_roles(desk: Desk) -> None:
    chief = Post.objects.get(office=Office.CHIEF_EDITOR)
    with pytest.raises(StandInMisplaced):
        check_stand_in(Delegation(post=chief, to=desk.people["c"]))
    with pytest.raises(NotFit):
        check_stand_in(Delegation(post=chief, to=desk.people["e"]))
    with pytest.raises(ValidationError):
        Post(organisation=desk.organisation, person=desk.people["p"], office=Office.CHIEF_EDITOR).full_clean()


def test_circle_of_stand_ins_is_refused_and_says_who_is_away(desk: Desk) -> None:
    names = ("anan", "bei", "zhu")
    for name in names:
        desk.hire(name, "editor", Office.RESPONSIBLE_EDITOR)
    post = {name: Post.objects.get(person=desk.people[name]) for name in names}
    now, hour = timezone.now(), timedelta(hours=1)
    for holder, to in (
        ("anan", "bei"),
        ("bei", "zhu"),
    ):
        Delegation.objects.create(post=post[holder], to=desk.people[to], starts=now - hour, ends=now + hour)
    closing = Delegation(post=post["zhu"], to=desk.people["anan"], starts=now, ends=now + 2 * hour)
    with pytest.raises(ValidationError) as refusal:
        closing.full_clean()
    (said,) = refusal.value.message_dict["to"]
    assert [name for name in names if name in said] == ["anan", "bei"]
    closing.starts = now + hour  # anan is back then
    closing.full_clean()


@pytest.mark.parametrize("office", list(Office)[:3])
def test_rule_is_not_switched_on_while_a_post_is_vacant(desk: Desk, office: Office) -> None:
    Post.objects.filter(office=office).delete()
    with pytest.raises(PostsVacant):
        check_staffed(desk.organisation)


def test_rule_needs_three_different_persons(desk: Desk) -> None:
    Post.objects.filter(office=Office.DEPARTMENT_HEAD).update(person=desk.people["c"])
    with pytest.raises(ValidationError):
        ReviewRule.objects.get().full_clean()


def test_steps_that_staff_switched_off_come_back(desk: Desk) -> None:
    manuscript = desk.manuscript()
    workflow = manuscript.get_workflow()
    workflow.workflow_tasks.first().delete()
    task = workflow.tasks[0]
    task.active = False
    task.save()
    again: Any = manuscript.get_workflow()
    assert [one.specific.step for one in again.tasks] == KEYS
