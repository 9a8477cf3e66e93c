"""The queue's own housekeeping."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from haihe.base.tasks.domain.pruning import prune
from haihe.base.tasks.registry import periodic, task


@periodic(every=timedelta(hours=1))
@task(title=_("Forget old finished jobs"), priority=-50)
def prune_finished_jobs() -> int:
    """Delete finished jobs past their time; returns how many."""
    return prune()


@periodic(every=timedelta(hours=6))
@task(title=_("Count the database's tables"), priority=-50)
def count_tables() -> None:
    """Let SQLite look at its tables, so that it knows which index is the narrow one; PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")  # rows of each index that are looked at
            cursor.execute("ANALYZE")
