"""What a new room of venues begins with: tours and exhibitions pass the review that the city has for what it
publishes."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from haihe.releases.models import ReviewTask
from haihe.venues.models import Exhibition, Tour


@transaction.atomic
def join_review() -> Workflow | None:
    """Send tours and exhibitions through the oldest review whose step is open to whoever may publish.

    returns   the workflow; None where both have one, or the city has no such review: that is left alone
    """
    kinds = ContentType.objects.get_for_models(Tour, Exhibition, for_concrete_models=False).values()
    taken = WorkflowContentType.objects.filter(content_type__in=kinds).values_list("content_type_id", flat=True)
    without = [kind for kind in kinds if kind.pk not in set(taken)]
    reviews = ReviewTask.objects.filter(needs=ReviewTask.Needs.PUBLISH)
    step = WorkflowTask.objects.filter(task__in=reviews).select_related("workflow").order_by("pk").first()
    if step is None or not without:
        return None
    for kind in without:
        WorkflowContentType.objects.create(workflow=step.workflow, content_type=kind)
    return step.workflow
