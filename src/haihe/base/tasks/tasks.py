"""The queue's own housekeeping."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.tasks.domain.pruning import prune
from haihe.base.tasks.registry import periodic, task


@periodic(every=timedelta(hours=1))
@task(title=_("Forget old finished jobs"), priority=-50)
def prune_finished_jobs() -> int:
    """Delete finished jobs past their time; returns how many."""
    return prune()
