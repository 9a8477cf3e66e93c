"""Appending to the index journal, in the caller's own transaction, and waking the indexer when it commits."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from haihe.base.bulk import insert_rows
from haihe.base.search import store
from haihe.base.search.models import Change


def journal(instance: models.Model) -> None:
    """Have `instance` indexed anew, or taken out of the index where it is gone, once the transaction commits."""
    indexed = getattr(instance, "get_indexed_instance", lambda: instance)()
    if indexed is not None:
        journal_many(type(indexed), [instance.pk])


def journal_many(model: type[models.Model], pks: Iterable[Any]) -> None:
    """The same for many rows of a model, for bulk work that sends no signals (`bulk_create`, `update`, raw SQL).

    A model whose rows come in bulk sets `search_auto_update = False`: then nothing is journalled by saving,
    and whoever writes calls this, in the same transaction.
    """
    label = model._meta.label_lower
    now = timezone.now()
    insert_rows(Change, ("model", "key", "at", "indexed_in", "problem"), ((label, str(pk), now, "", "") for pk in pks))
    transaction.on_commit(wake)


def is_behind(entries: int) -> bool:
    """Whether more than so many entries of the journal wait for the indexer."""
    waiting = Change.objects.filter(indexed_in="", problem="").order_by("pk").values("pk")
    return waiting[entries : entries + 1].exists()


def note_change(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    """Receiver of post_save and post_delete of every model."""
    from modelsearch.index import class_is_indexed

    if class_is_indexed(sender) and getattr(sender, "search_auto_update", True):
        journal(instance)


def wake() -> None:
    """Tell the indexer that there is something to do. Nobody listening is no error: it looks by itself, too."""
    with suppress(OSError):
        pipe = os.open(store.folder() / store.WAKE, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(pipe, b"\n")
        finally:
            os.close(pipe)
