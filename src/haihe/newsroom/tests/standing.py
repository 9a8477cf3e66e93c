"""All that hangs on the manuscripts of a test, to be compared before and after something was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from wagtail.models import Revision, TaskState, WorkflowState

from haihe.newsroom.models import Manuscript
from haihe.releases.models import Erasure, Publication, Release

# Every table that holds something of a manuscript, and the way from there to its key
HOLDING = {
    Manuscript: "pk",
    Revision: "object_id",
    WorkflowState: "object_id",
    TaskState: "workflow_state__object_id",
    Publication: "subject_id",
    Release: "publication__subject_id",
    Erasure: "publication__subject_id",
}
# Of the first two, what saving a draft must leave alone
KEPT_BY_DRAFTS = {
    Manuscript: {"live", "live_revision_id", "locked", "locked_by_id", "locked_at", "organisation_id"},
    Revision: {"approved_go_live_at"},
}
Held = dict[str, list[dict[str, Any]]]


def as_it_is() -> Held:
    """Every row of every manuscript as the database has it, by the manuscript's key."""
    held: Held = {}
    with connection.cursor() as cursor:
        for model, way in HOLDING.items():
            names, sql = _reading(model, way)
            cursor.execute(sql)
            for owner, *values in cursor.fetchall():
                row = dict(zip(names, values, strict=True))
                held.setdefault(str(owner).replace("-", ""), []).append({"model": model, **row})
    return held


@cache
def _reading(model: type[Model], way: str) -> tuple[list[str], str]:
    """Columns and the query that reads them, the manuscript's key first; values stay as they are stored."""
    names = [field.attname for field in model._meta.concrete_fields]
    sql, _ = model._base_manager.order_by("pk").values_list(way, *names).query.sql_with_params()
    return names, sql


def without_drafts(held: Held) -> Held:
    """What is left when the words of drafts are taken away: public life, reviews, locks, schedules."""
    return {key: [kept for row in rows if (kept := _without_draft(row))] for key, rows in held.items()}


def _without_draft(row: dict[str, Any]) -> dict[str, Any]:
    names = KEPT_BY_DRAFTS.get(row["model"])
    return row if names is None else {name: row[name] for name in sorted(names) if row[name]}


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back afterwards, so that every cell begins with the same city."""
    with transaction.atomic():
        point = transaction.savepoint()
        yield
        transaction.savepoint_rollback(point)
