"""A review decision is about one content: what autosave writes meanwhile is never approved by it."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from wagtail.models import TaskState, Workflow, WorkflowContentType, WorkflowState, WorkflowTask

from haihe.city.models import Person
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk
from haihe.releases.canonical import sha256_of
from haihe.releases.domain import publish
from haihe.releases.domain.reviewing import ContentChanged
from haihe.releases.models import Release, ReviewTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


@pytest.fixture
def workflow() -> Workflow:
    """Two steps: whoever may write, then whoever may publish."""
    made = Workflow.objects.create(name="审稿")
    for order, needs in enumerate(["submit", "publish"]):
        task = ReviewTask.objects.create(name=f"第{order + 1}审", needs=needs)
        WorkflowTask.objects.create(workflow=made, task=task, sort_order=order)
    WorkflowContentType.objects.create(
        workflow=made, content_type=ContentType.objects.get_for_model(Manuscript, for_concrete_model=False)
    )
    return made


def sha256(manuscript: Manuscript) -> str:
    return sha256_of(Manuscript.objects.get(pk=manuscript.pk).get_latest_revision_as_object().release_content())


def decide(manuscript: Manuscript, by: Person, judged: str, action: str = "approve") -> None:
    stored = Manuscript.objects.get(pk=manuscript.pk)
    state = stored.current_workflow_task_state
    stored.current_workflow_task.on_action(state, by, action, judged_sha256=judged)


def autosave(manuscript: Manuscript, by: Person, title: str) -> int:
    """What the editor does every half second: write over the newest revision. Returns the revision written."""
    draft = Manuscript.objects.get(pk=manuscript.pk).get_latest_revision_as_object()
    draft.title = title
    return draft.save_revision(user=by, clean=False, overwrite_revision=draft.latest_revision).pk


def test_review_of_an_unchanged_text_ends_in_one_release(desk: Newsdesk, workflow: Workflow) -> None:
    manuscript = desk.manuscript()
    workflow.start(manuscript, desk.person("reporter"))
    judged = sha256(manuscript)
    decide(manuscript, desk.person("editor"), judged)
    assert Release.objects.count() == 0
    decide(manuscript, desk.person("publisher"), judged)
    assert Release.objects.get().content_sha256 == judged
    states = [state.specific for state in TaskState.objects.order_by("started_at")]
    assert [(state.content_sha256, state.status) for state in states] == [(judged, "approved")] * 2


def test_autosave_over_a_submitted_text_makes_a_new_revision_and_the_approval_fails(
    desk: Newsdesk, workflow: Workflow
) -> None:
    manuscript, reporter = desk.manuscript(), desk.person("reporter")
    submitted = manuscript.latest_revision
    workflow.start(manuscript, reporter)
    judged = sha256(manuscript)
    decide(manuscript, desk.person("editor"), judged)
    written = autosave(manuscript, reporter, "夹带的标题")
    assert written != submitted.pk
    submitted.refresh_from_db()
    assert submitted.content["title"] == "今晚点灯"
    with pytest.raises(ContentChanged):
        decide(manuscript, desk.person("publisher"), judged)
    assert Release.objects.count() == 0
    review = WorkflowState.objects.get()
    assert review.status == "in_progress"
    assert review.current_task_state.task.name == "第1审"
    assert review.current_task_state.revision_id == written


def test_reopened_review_publishes_what_both_steps_judge_anew(desk: Newsdesk, workflow: Workflow) -> None:
    manuscript, reporter = desk.manuscript(), desk.person("reporter")
    workflow.start(manuscript, reporter)
    decide(manuscript, desk.person("editor"), sha256(manuscript))
    autosave(manuscript, reporter, "改过的标题")
    overtaken = TaskState.objects.filter(status="cancelled").first().specific
    with pytest.raises(PermissionDenied):
        overtaken.approve(user=desk.person("publisher"), judged_sha256=sha256(manuscript))
    decide(manuscript, desk.person("editor"), sha256(manuscript))
    decide(manuscript, desk.person("publisher"), sha256(manuscript))
    assert Release.objects.get().content["title"] == "改过的标题"


def test_typing_on_in_a_reopened_review_stays_in_one_revision_until_somebody_decides(
    desk: Newsdesk, workflow: Workflow
) -> None:
    manuscript, reporter = desk.manuscript(), desk.person("reporter")
    workflow.start(manuscript, reporter)
    first = autosave(manuscript, reporter, "一")
    assert [autosave(manuscript, reporter, "一二"), autosave(manuscript, reporter, "一二三")] == [first, first]
    judged = sha256(manuscript)
    decide(manuscript, desk.person("editor"), judged)
    second = autosave(manuscript, reporter, "一二三四")
    assert second != first
    with pytest.raises(ContentChanged):
        decide(manuscript, desk.person("publisher"), judged)


def test_saving_without_a_change_keeps_the_decisions(desk: Newsdesk, workflow: Workflow) -> None:
    manuscript, reporter = desk.manuscript(), desk.person("reporter")
    workflow.start(manuscript, reporter)
    judged = sha256(manuscript)
    decide(manuscript, desk.person("editor"), judged)
    autosave(manuscript, reporter, "今晚点灯")
    decide(manuscript, desk.person("publisher"), judged)
    assert Release.objects.get().content_sha256 == judged


@pytest.mark.parametrize("judged", ["", "0" * 64])
def test_decision_that_names_no_or_another_content_fails(desk: Newsdesk, workflow: Workflow, judged: str) -> None:
    manuscript = desk.manuscript()
    workflow.start(manuscript, desk.person("reporter"))
    for action in ("approve", "reject"):
        with pytest.raises(ContentChanged):
            decide(manuscript, desk.person("editor"), judged, action)
    assert WorkflowState.objects.get().status == "in_progress"


def test_content_changed_behind_every_back_is_not_published(desk: Newsdesk, workflow: Workflow) -> None:
    manuscript = desk.manuscript()
    workflow.start(manuscript, desk.person("reporter"))
    judged = sha256(manuscript)
    decide(manuscript, desk.person("editor"), judged)
    revision = manuscript.latest_revision
    revision.refresh_from_db()
    revision.content["title"] = "直接改库"
    revision.save()
    with pytest.raises(ContentChanged):
        decide(manuscript, desk.person("publisher"), judged)
    with pytest.raises(ContentChanged):
        decide(manuscript, desk.person("publisher"), sha256(manuscript))
    assert Release.objects.count() == 0


def test_review_of_a_correction_takes_the_same_way(desk: Newsdesk, workflow: Workflow) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    publish(manuscript, publisher)
    draft = Manuscript.objects.get().get_latest_revision_as_object()
    draft.title, draft.correction_note = "更正", "改标题"
    draft.save_revision(user=publisher)
    workflow.start(Manuscript.objects.get(), publisher)
    for role in ("editor", "publisher"):
        decide(manuscript, desk.person(role), sha256(manuscript))
    assert list(Release.objects.order_by("number").values_list("action", "note")) == [
        ("publish", ""), ("correct", "改标题")
    ]  # fmt: skip


def test_steps_are_open_to_their_roles_only(desk: Newsdesk, workflow: Workflow) -> None:
    manuscript = desk.manuscript()
    workflow.start(manuscript, desk.person("reporter"))
    first, second = ReviewTask.objects.order_by("pk")
    offered = {
        role: [bool(task.get_actions(manuscript, desk.person(role))) for task in (first, second)]
        for role in ("viewer", "reporter", "editor", "publisher", "administrator", "auditor")
    }
    assert offered == {
        "viewer": [False, False],
        "reporter": [True, False],
        "editor": [True, False],
        "publisher": [True, True],
        "administrator": [True, False],
        "auditor": [False, False],
    }
