"""The review step of a workflow: open to whoever may do one city action, and bound to a content's hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from haihe.base import audit
from haihe.city import may, organisations_for

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.releases.publishable import Publishable


class ReviewState(TaskState):
    """One step of one review.

    submitted_sha256   of the content that was handed in
    content_sha256     of the content the decision judged; empty while undecided
    reopened_by        whose change started this step again
    """

    submitted_sha256 = models.CharField(max_length=64, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def approve(self, user: Any = None, update: bool = True, comment: str = "", judged_sha256: str = "") -> TaskState:
        """Approve exactly the content `judged_sha256` names. Raises ContentChanged."""
        with transaction.atomic():
            self._name("review.approve", user, judged_sha256)
            return super().approve(user=user, update=update, comment=comment)

    def reject(self, user: Any = None, update: bool = True, comment: str = "", judged_sha256: str = "") -> TaskState:
        """Ask for changes to exactly the content `judged_sha256` names. Raises ContentChanged."""
        with transaction.atomic():
            self._name("review.reject", user, judged_sha256)
            return super().reject(user=user, update=update, comment=comment)

    def _name(self, action: str, user: Any, judged_sha256: str) -> None:
        from haihe.releases.domain import reviewing

        self.content_sha256 = reviewing.judge(self, judged_sha256)
        more = self.decision_detail(action, user, judged_sha256)
        self.save()
        subject = self.workflow_state.content_object
        audit.record(
            action, by=user, thing=subject, organisation=subject.organisation,
            detail={"content_sha256": judged_sha256, "revision": self.revision_id, "step": self.task.name, **more},
        )  # fmt: skip

    def decision_detail(self, action: str, user: Any, judged_sha256: str) -> dict[str, Any]:
        """What a kind of step adds to the audit trail; it may fill fields; raises where this person may not decide."""
        return {}


class ReviewTask(Task):
    """A review step open to everyone who may do `needs` in the thing's organisation."""

    class Needs(models.TextChoices):
        SUBMIT = "submit", _("who may write")
        CORRECT = "correct", _("who may correct")
        PUBLISH = "publish", _("who may publish")

    needs = models.CharField(_("open to"), max_length=20, choices=Needs.choices, default=Needs.PUBLISH)

    task_state_class = ReviewState
    admin_form_fields = [*Task.admin_form_fields, "needs"]

    class Meta:
        verbose_name = _("review by role")
        verbose_name_plural = _("reviews by role")

    def start(self, workflow_state: Any, user: Any = None) -> TaskState:
        from haihe.releases.domain import reviewing

        state = super().start(workflow_state, user=user)
        state.submitted_sha256 = reviewing.content_sha256(state.revision)
        state.save(update_fields=["submitted_sha256"])
        return state

    def user_can_access_editor(self, obj: Publishable, user: Person) -> bool:
        return may(user, self.needs, obj.organisation)

    def locked_for_user(self, obj: Publishable, user: Person) -> bool:
        return not may(user, self.needs, obj.organisation)

    def get_actions(self, obj: Publishable, user: Person) -> list[tuple[str, Any, bool]]:
        if not may(user, self.needs, obj.organisation):
            return []
        return [
            ("reject", _("Request changes"), True),
            ("approve", _("Approve"), False),
            ("approve", _("Approve with comment"), True),
        ]

    def get_task_states_user_can_moderate(self, user: Person, **kwargs: Any) -> models.QuerySet[TaskState]:
        allowed = organisations_for(user, self.needs)
        open_states = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS).select_related("workflow_state")
        mine = [state.pk for state in open_states if _organisation_id(state) in allowed]
        return TaskState.objects.filter(pk__in=mine)

    @classmethod
    def get_description(cls) -> Any:
        return _("Everyone with the role in the organisation can decide; a decision names the content it judged.")


def _organisation_id(state: TaskState) -> int | None:
    subject = state.workflow_state.content_object
    return getattr(subject, "organisation_id", None)
