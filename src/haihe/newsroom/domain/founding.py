"""What a new newsroom begins with: one review of manuscripts, so that "hand in" leads somewhere from the first day."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext, override
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from haihe.newsroom.models import Manuscript
from haihe.releases.models import ReviewTask


@transaction.atomic
def found_review() -> Workflow | None:
    """One review step, open to whoever may publish in the manuscript's organisation, for every manuscript.

    returns   the workflow; None where manuscripts have one or anybody ever made a review step: theirs is left alone
    """
    manuscripts = ContentType.objects.get_for_model(Manuscript, for_concrete_model=False)
    if ReviewTask.objects.exists() or WorkflowContentType.objects.filter(content_type=manuscripts).exists():
        return None
    with override(settings.LANGUAGE_CODE):
        workflow = Workflow.objects.create(name=gettext("Review before publishing"))
        task = ReviewTask.objects.create(name=gettext("Review"), needs=ReviewTask.Needs.PUBLISH)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowContentType.objects.create(workflow=workflow, content_type=manuscripts)
    return workflow
