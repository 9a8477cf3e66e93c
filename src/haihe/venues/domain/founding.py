"""What a new room of venues begins with: tours pass the review that the city has for what it publishes."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from haihe.releases.models import ReviewTask
from haihe.venues.models import Tour


@transaction.atomic
def join_review() -> Workflow | None:
    """Send tours through the oldest review whose step is open to whoever may publish.

    returns   the workflow; None where tours have one, or the city has no such review: that is left alone
    """
    tours = ContentType.objects.get_for_model(Tour, for_concrete_model=False)
    if WorkflowContentType.objects.filter(content_type=tours).exists():
        return None
    reviews = ReviewTask.objects.filter(needs=ReviewTask.Needs.PUBLISH)
    step = WorkflowTask.objects.filter(task__in=reviews).select_related("workflow").order_by("pk").first()
    if step is None:
        return None
    WorkflowContentType.objects.create(workflow=step.workflow, content_type=tours)
    return step.workflow
