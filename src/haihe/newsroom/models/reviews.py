"""Three reviews, three proofs 三审三校: who holds which post, who stands in, and the steps as Wagtail tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import TaskState

from haihe.base.errors import HaiheError
from haihe.releases.review import ReviewState, ReviewTask

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.releases.publishable import Publishable


class Office(models.TextChoices):
    """A post of the review; who holds it decides the steps that are open to it."""

    RESPONSIBLE_EDITOR = "responsible_editor", _("responsible editor")  # 责任编辑
    DEPARTMENT_HEAD = "department_head", _("head of department")  # 部门主任
    CHIEF_EDITOR = "chief_editor", _("editor-in-chief")  # 总编辑
    PROOFREADER = "proofreader", _("proofreader")  # 校对


class ReviewRule(models.Model):
    """An organisation whose texts go public only after three reviews and three proofs."""

    organisation = models.OneToOneField(
        "city.Organisation", models.PROTECT, related_name="review_rule", verbose_name=_("organisation")
    )
    threefold = models.BooleanField(
        _("three reviews and three proofs"),
        default=True,
        help_text=_("Nothing of this organisation is published or corrected without them, whoever presses the button."),
    )

    gate_actions = {"add": "manage_people", "change": "manage_people", "delete": None}

    class Meta:
        verbose_name = _("rule of review")
        verbose_name_plural = _("rules of review")

    def __str__(self) -> str:
        return str(self.organisation)

    def clean(self) -> None:
        super().clean()
        if self.threefold and self.organisation_id:
            from haihe.newsroom.domain.threefold.duties import check_staffed

            as_field_error(check_staffed, self.organisation, field="threefold")

    @classmethod
    def binds(cls, organisation_id: int) -> bool:
        """Whether an organisation's texts need three reviews and three proofs."""
        return cls.objects.filter(organisation_id=organisation_id, threefold=True).exists()


class Post(models.Model):
    """A person holds an office in an organisation."""

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="posts", verbose_name=_("organisation")
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="posts", verbose_name=_("person"))
    office = models.CharField(_("office"), max_length=30, choices=Office.choices)

    gate_actions = {"add": "manage_people", "change": "manage_people", "delete": "manage_people"}

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["organisation__path", "office", "id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "person", "office"], name="one_post_each")]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_office_display()} · {self.organisation}"

    def clean(self) -> None:
        super().clean()
        if self.organisation_id and self.person_id and self.office:
            from haihe.newsroom.domain.threefold.duties import check_fit

            as_field_error(check_fit, self.person, self.office, self.organisation, field="person")


class Delegation(models.Model):
    """Somebody stands in for the holder of a post for a time with an end, such as night duty 夜班代班.

    It is not handed on: who stands in cannot name another to stand in for them.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="delegations", verbose_name=_("post"))
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="stands_in", verbose_name=_("who stands in")
    )
    starts = models.DateTimeField(_("from"))
    ends = models.DateTimeField(_("until"))
    why = models.CharField(_("why"), max_length=200, blank=True)

    gate_field = "post__organisation"
    gate_actions = {"add": "manage_people", "change": "manage_people", "delete": "manage_people"}

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering = ["-starts", "id"]
        constraints = [
            models.CheckConstraint(
                name="delegation_ends_after_it_starts", condition=models.Q(ends__gt=models.F("starts"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.to} ← {self.post}"

    def clean(self) -> None:
        super().clean()
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValidationError({"ends": _("It ends before it begins.")})
        if self.post_id and self.to_id:
            from haihe.newsroom.domain.threefold.duties import check_stand_in

            as_field_error(check_stand_in, self, field="to")


def as_field_error(check: Any, *arguments: Any, field: str) -> None:
    """What a rule of the domain refuses, said beside the field of a form."""
    try:
        check(*arguments)
    except HaiheError as error:
        raise ValidationError({field: f"{error.message} {error.hint}"}) from error


class Writer(models.Model):
    """A person whose saving changed what a manuscript says."""

    manuscript = models.ForeignKey("newsroom.Manuscript", models.CASCADE, related_name="writers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    gate_field = "manuscript__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["manuscript", "person"], name="one_writer_each")]

    def __str__(self) -> str:
        return f"{self.person} ✎ {self.manuscript}"


class DraftHash(models.Model):
    """sha256 of what the newest draft of a manuscript says; without a row its writers are not kept yet."""

    manuscript = models.OneToOneField(
        "newsroom.Manuscript", models.CASCADE, primary_key=True, related_name="draft_hash"
    )
    sha256 = models.CharField(max_length=64)

    gate_field = "manuscript__organisation"
    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.sha256


class DutyState(ReviewState):
    """One decision of the six.

    on_behalf_of   the holder of the post, where somebody stood in
    statement      what was signed: thing, review, step, decision, content, person, office, time, previous signature
    signature      Ed25519 by the person's key over the canonical JSON of `statement`, hexadecimal
    """

    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    statement = models.JSONField(default=dict, blank=True)
    signature = models.CharField(max_length=128, blank=True)

    class Meta:
        verbose_name = _("decision of three reviews")
        verbose_name_plural = _("decisions of three reviews")

    def decision_detail(self, action: str, user: Any, judged_sha256: str) -> dict[str, Any]:
        from haihe.newsroom.domain.threefold.deciding import sign

        return sign(self, action, user, judged_sha256)


class DutyTask(ReviewTask):
    """One of the six steps: a review or a proof of one round."""

    class Duty(models.TextChoices):
        REVIEW = "review", pgettext_lazy("newsroom", "review")
        PROOF = "proof", _("proof")

    round = models.PositiveSmallIntegerField(_("round"))
    duty = models.CharField(_("duty"), max_length=10, choices=Duty.choices)

    task_state_class = DutyState

    class Meta:
        verbose_name = _("step of three reviews")
        verbose_name_plural = _("steps of three reviews")
        constraints = [
            models.UniqueConstraint(fields=["round", "duty"], name="one_step_each"),
            models.CheckConstraint(name="three_rounds", condition=models.Q(round__gte=1, round__lte=3)),
        ]

    @property
    def step(self) -> str:
        return f"{self.duty}{self.round}"

    def start(self, workflow_state: Any, user: Any = None) -> TaskState:
        """Begin at the first step that has not judged this very content: a text that was handed in again after
        changes starts at the beginning."""
        from haihe.newsroom.domain.threefold.deciding import first_open_step

        task = first_open_step(workflow_state) or self
        return super(DutyTask, task).start(workflow_state, user=user)

    def user_can_access_editor(self, obj: Publishable, user: Person) -> bool:
        return self._is_open_to(obj, user)

    def locked_for_user(self, obj: Publishable, user: Person) -> bool:
        return super().locked_for_user(obj, user) and not self._is_open_to(obj, user)

    def get_actions(self, obj: Publishable, user: Person) -> list[tuple[str, Any, bool]]:
        if not self._is_open_to(obj, user):
            return []
        passed = _("Passed") if self.duty == self.Duty.PROOF else _("Approve")
        return [("reject", _("Request changes"), True), ("approve", passed, False)]

    def get_task_states_user_can_moderate(self, user: Person, **kwargs: Any) -> models.QuerySet[TaskState]:
        open_states = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS).select_related("workflow_state")
        mine = [row.pk for row in open_states if self._is_open_to(row.workflow_state.content_object, user)]
        return TaskState.objects.filter(pk__in=mine)

    def _is_open_to(self, subject: Publishable | None, user: Person) -> bool:
        from haihe.newsroom.domain.threefold.deciding import may_decide

        return subject is not None and may_decide(user, self, subject)

    @classmethod
    def get_description(cls) -> Any:
        return _("Open to who holds the post or stands in for them; nobody passes their own text.")
