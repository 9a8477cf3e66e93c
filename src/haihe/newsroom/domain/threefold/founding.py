"""The workflow of the six steps: made once, and used by the organisations whose rule asks for it."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_noop, override
from wagtail.models import Workflow, WorkflowTask

from haihe.newsroom.domain.threefold.steps import STEPS
from haihe.newsroom.models.reviews import DutyTask, ReviewRule
from haihe.releases.models import ReviewTask

NAME = gettext_noop("Three reviews, three proofs")


def workflow_for(organisation_id: int) -> Workflow | None:
    """The workflow of the six steps where the organisation's rule asks for it; made at the first need."""
    if not ReviewRule.binds(organisation_id):
        return None
    return found_threefold()


@transaction.atomic
def found_threefold() -> Workflow:
    """The one workflow of six steps. A step that staff switched off or moved is put back: the rule is the rule."""
    tasks = []
    with override(settings.LANGUAGE_CODE):
        for step in STEPS:
            task, _made = DutyTask.objects.get_or_create(
                round=step.round,
                duty=step.duty,
                defaults={"name": gettext(step.name), "needs": ReviewTask.Needs.SUBMIT},
            )
            if not task.active:
                task.active = True
                task.save(update_fields=["active"])
            tasks.append(task)
        found = Workflow.objects.filter(workflow_tasks__task=tasks[0]).order_by("pk").first()
        workflow = found or Workflow.objects.create(name=gettext(NAME))
    wanted = [task.task_ptr_id for task in (task.reviewtask_ptr for task in tasks)]
    if list(workflow.workflow_tasks.order_by("sort_order").values_list("task_id", flat=True)) != wanted:
        workflow.workflow_tasks.all().delete()
        for order, task in enumerate(tasks):
            WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    if not workflow.active:
        workflow.active = True
        workflow.save(update_fields=["active"])
    return workflow
