"""What a decision is, and what a release needs: six signed decisions on exactly its content."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import TaskState, WorkflowState

from haihe.base.errors import HaiheError
from haihe.newsroom.domain.naming import listed
from haihe.newsroom.domain.threefold import signing
from haihe.newsroom.domain.threefold.authorship import writers
from haihe.newsroom.domain.threefold.duties import Authority, authority
from haihe.newsroom.domain.threefold.steps import BY_KEY, STEPS
from haihe.newsroom.models.reviews import DutyState, DutyTask, ReviewRule
from haihe.releases.canonical import sha256_of
from haihe.releases.domain.reviewing import content_sha256, newest

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.releases.publishable import Publishable


class NotYourStep(HaiheError):
    """This step is not yours to decide."""

    permanent = True
    hint = gettext_lazy("It is open to who holds the post or stands in for them.")


class OwnText(HaiheError):
    """Nobody passes their own text."""

    permanent = True
    hint = gettext_lazy("Let somebody decide who wrote nothing of it.")


class DecidedBefore(HaiheError):
    """The three reviews are by three persons, and so are the three proofs."""

    permanent = True
    hint = gettext_lazy("You passed another of them; let somebody else take this one.")


class ReviewsMissing(HaiheError):
    """This organisation publishes after three reviews and three proofs, and they are not complete."""

    permanent = True
    hint = gettext_lazy("Hand it in for review; a change after a decision starts the review again.")


def may_decide(person: Person, task: DutyTask, subject: Publishable) -> bool:
    try:
        _right(person, task, subject)
        revision = newest(subject)
        if revision is not None:
            _check_independent(person, task, subject, content_sha256(revision))
    except HaiheError:
        return False
    return True


def sign(state: DutyState, action: str, person: Person, judged_sha256: str) -> dict[str, Any]:
    """Sign one decision into `state`; returns what the audit trail keeps of it.

    Raises NotYourStep, and for an approval OwnText, DecidedBefore.
    """
    task, subject = state.task.specific, state.workflow_state.content_object
    right = _right(person, task, subject)
    if action == "review.approve":
        _check_independent(person, task, subject, judged_sha256)
    state.on_behalf_of = right.on_behalf_of
    state.statement = {
        "thing": str(subject.pk),
        "review": state.workflow_state_id,
        "step": task.step,
        "decision": action,
        "content_sha256": judged_sha256,
        "person": str(person.uuid),
        "office": str(right.office),
        "on_behalf_of": str(right.on_behalf_of.uuid) if right.on_behalf_of else "",
        "at": timezone.now().astimezone(UTC).isoformat(timespec="microseconds"),
        "previous": _last_signature(state.workflow_state),
    }
    state.signature = signing.sign(state.statement, person.uuid)
    return {"statement": state.statement, "signature": state.signature}


def first_open_step(workflow_state: WorkflowState) -> DutyTask | None:
    """The first step that has not approved the newest content in this review; None where all have, or nothing is."""
    revision = newest(workflow_state.content_object)
    if revision is None:
        return None
    done = {state.task_id for state in _approvals(workflow_state, content_sha256(revision))}
    tasks = [task.specific for task in workflow_state.workflow.tasks]
    return next((task for task in tasks if isinstance(task, DutyTask) and task.pk not in done), None)


def require_decisions(subject: Publishable) -> None:
    """Raises ReviewsMissing, naming the steps, where the rule of its organisation is not met by this content."""
    if not ReviewRule.binds(subject.organisation_id):
        return
    sha256 = sha256_of(subject.release_content())
    missing = [step.key for step in STEPS]
    for review in subject.workflow_states.order_by("-created_at", "-pk"):
        lacks = _missing(subject, _approvals(review, sha256))
        missing = min(missing, lacks, key=len)
        if not missing:
            return
    names = listed(_(BY_KEY[key].name) for key in missing)
    raise ReviewsMissing(_("Still to come: %(steps)s.") % {"steps": names}, thing=subject)


def _right(person: Person, task: DutyTask, subject: Publishable) -> Authority:
    right = authority(person, BY_KEY[task.step], subject.organisation, timezone.now()) if person else None
    if right is None:
        raise NotYourStep(thing=task.name)
    return right


def _check_independent(person: Person, task: DutyTask, subject: Publishable, sha256: str) -> None:
    if person.pk in writers(subject):
        raise OwnText(thing=subject)
    review = subject.workflow_states.filter(status=WorkflowState.STATUS_IN_PROGRESS).first()
    if review is None:
        return
    for state in _approvals(review, sha256):
        other = state.task.specific
        if other.duty == task.duty and other.pk != task.pk and state.finished_by_id == person.pk:
            raise DecidedBefore(thing=task.name)


def _approvals(review: WorkflowState, sha256: str) -> list[DutyState]:
    """Approvals of exactly this content in this review, oldest first."""
    found = DutyState.objects.filter(
        workflow_state=review, status=TaskState.STATUS_APPROVED, content_sha256=sha256
    ).select_related("task", "finished_by")
    return list(found.order_by("finished_at", "pk"))


def _missing(subject: Publishable, approvals: Iterable[DutyState]) -> list[str]:
    """Steps that no valid decision fills: signed by who decided, three reviewers and three proofreaders in all."""
    filled: dict[str, int] = {}
    taken: set[tuple[str, int]] = set()
    for state in approvals:
        key, person = state.task.specific.step, state.finished_by
        duty = BY_KEY[key].duty
        if person is None or (duty, person.pk) in taken or key in filled or not _is_valid(state, subject, key):
            continue
        filled[key] = person.pk
        taken.add((duty, person.pk))
    return [step.key for step in STEPS if step.key not in filled]


def _is_valid(state: DutyState, subject: Publishable, step: str) -> bool:
    said, person = state.statement, state.finished_by
    expected = {
        "thing": str(subject.pk),
        "review": state.workflow_state_id,
        "step": step,
        "decision": "review.approve",
        "content_sha256": state.content_sha256,
        "person": str(person.uuid),
    }
    told = {name: said.get(name) for name in expected}
    return told == expected and signing.is_signed(said, state.signature, person.uuid)


def _last_signature(review: WorkflowState) -> str:
    last = DutyState.objects.filter(workflow_state=review).exclude(signature="").order_by("-finished_at", "-pk").first()
    return last.signature if last else ""
