"""Review: a decision names the sha256 of the canonical content it judged, and any change reopens the review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy
from wagtail.models import Revision, TaskState, WorkflowState
from wagtail.workflows import publish_workflow_state

from haihe.base.errors import HaiheError
from haihe.releases.canonical import sha256_of

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.releases.publishable import Publishable


class ContentChanged(HaiheError):
    """What was judged is not what stands there now."""

    permanent = True
    hint = gettext_lazy("Read the newest version and decide again; the review is open.")


def open_review(subject: Publishable) -> WorkflowState | None:
    """The review that is in progress, if any."""
    return subject.workflow_states.filter(status=WorkflowState.STATUS_IN_PROGRESS).first()


def is_under_review(subject: Publishable, revision: Revision) -> bool:
    """True where reviewers may be reading `revision`, so that nothing may be written over it.

    A revision that reopened a review is its editor's own until somebody decides on it: autosave goes on in it,
    or every half second of typing would leave a revision. Decisions on it name a hash, so none can go astray.
    """
    review = open_review(subject)
    if review is None:
        return False
    states = [state.specific for state in review.task_states.filter(revision=revision)]
    own = [getattr(state, "reopened_by_id", None) == revision.user_id is not None for state in states]
    undecided = all(state.status == TaskState.STATUS_IN_PROGRESS for state in states)
    return bool(states) and not (all(own) and undecided)


def reopen_if_changed(subject: Publishable, revision: Revision, *, by: Person | None) -> bool:
    """After a save: a changed content starts the open review again at its first step; True where it did.

    An unchanged content takes the decisions with it, because they name the content and not the revision.
    """
    review = open_review(subject)
    if review is None or review.current_task_state is None:
        return False
    current = review.current_task_state.specific
    sha256 = content_sha256(revision)
    if getattr(current, "submitted_sha256", None) == sha256:
        for state in review.task_states.exclude(revision=revision):
            specific = state.specific
            if sha256 in (getattr(specific, "content_sha256", ""), getattr(specific, "submitted_sha256", "")):
                TaskState.objects.filter(pk=state.pk).update(revision=revision)
        return False
    if current.revision_id == revision.pk and getattr(current, "reopened_by_id", None) == revision.user_id:
        type(current).objects.filter(pk=current.pk).update(submitted_sha256=sha256)
        return True
    current.cancel(user=by)
    review.refresh_from_db()
    restarted = review.current_task_state.specific if review.current_task_state else None
    if restarted is not None and hasattr(restarted, "reopened_by_id"):
        type(restarted).objects.filter(pk=restarted.pk).update(reopened_by=by)
    return True


def content_sha256(revision: Revision) -> str:
    """sha256 of the canonical content that a revision holds."""
    return sha256_of(revision.as_object().release_content())


def newest(subject: Publishable) -> Revision | None:
    """The latest revision as the database has it now."""
    return subject.revisions.order_by("-created_at", "-id").first()


def judge(state: Any, judged_sha256: str) -> str:
    """Is a decision about what stands there now? Returns the hash to keep. Raises ContentChanged."""
    subject = state.workflow_state.content_object.held()
    revision = newest(subject)
    if not judged_sha256 or revision is None or content_sha256(revision) != judged_sha256:
        raise ContentChanged(thing=subject)
    return judged_sha256


def finish(workflow_state: WorkflowState, *, by: Person | None) -> None:
    """Publish exactly the content that every approval of this review names. Raises ContentChanged."""
    from haihe.releases.publishable import Publishable

    subject = workflow_state.content_object
    if not isinstance(subject, Publishable):
        publish_workflow_state(workflow_state, user=by)
        return
    revision = newest(subject.held())
    approved = [state.specific for state in workflow_state.task_states.filter(status=TaskState.STATUS_APPROVED)]
    named = {getattr(state, "content_sha256", "") for state in approved if _still_counts(state, revision)}
    if revision is None or named != {content_sha256(revision)}:
        raise ContentChanged(thing=subject)
    subject.publish(revision, user=by)


def _still_counts(state: Any, revision: Revision | None) -> bool:
    """Approvals of versions that a change has since overtaken stand in the history only."""
    return revision is not None and state.revision_id == revision.pk
