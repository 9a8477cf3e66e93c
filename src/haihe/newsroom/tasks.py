"""What the newsroom does in the background."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from haihe.base.tasks import periodic, task
from haihe.newsroom.domain import collecting
from haihe.newsroom.models import Source


@task(lane="collect", attempts=5)
def visit_source(source_id: int) -> None:
    """Visit one source; one that was paused or removed meanwhile is left alone."""
    source = Source.objects.select_related("organisation").filter(pk=source_id, active=True).first()
    if source is not None:
        collecting.visit(source)


@periodic(every=timedelta(minutes=1))
@task(lane="default")
def visit_due_sources() -> None:
    """Line up every source whose time has come."""
    now = timezone.now()
    for source in collecting.due(now):
        with transaction.atomic():
            visit_source.enqueue_once(key=f"source:{source.pk}", source_id=source.pk)
            # Not lined up again while it waits or runs; the visit itself sets the true time.
            Source.objects.filter(pk=source.pk).update(next_visit_at=now + timedelta(minutes=source.every_minutes))
