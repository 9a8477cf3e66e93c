"""Forgetting old finished jobs, the only rows of the queue that are ever deleted."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from haihe.base.tasks.models import Job

KEPT = {
    Job.State.DONE: timedelta(days=3),
    Job.State.CANCELLED: timedelta(days=30),
    Job.State.DISCARDED: timedelta(days=90),
}
BATCH = 500


def prune() -> int:
    """Delete finished jobs past their time, in short transactions. Waiting, running and dead ones stay for ever."""
    pruned = 0
    for state, kept in KEPT.items():
        while True:
            old = Job.objects.filter(state=state, finished_at__lt=timezone.now() - kept)
            ids = list(old.order_by("id").values_list("pk", flat=True)[:BATCH])
            if not ids:
                break
            pruned += Job.objects.filter(pk__in=ids, state=state).delete()[0]
    return pruned
