"""The index journal: what changed and is not yet in the index."""

from __future__ import annotations

from django.db import models


class Change(models.Model):
    """One row of a model changed, in the same transaction as this entry.

    It says that, not how: the indexer looks at the row as it is now, so that an entry read twice, late or out of
    order does no harm.

    indexed_in   generation of the index that has it; entries without the current one are pending
    problem      why the row could not be indexed; kept until it can
    """

    model = models.CharField(max_length=100)  # "newsroom.item"
    key = models.CharField(max_length=64)  # primary key, as text
    at = models.DateTimeField(auto_now_add=True)
    indexed_in = models.CharField(max_length=40, blank=True, default="")
    problem = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["model", "key"])]

    def __str__(self) -> str:
        return f"{self.model}:{self.key}"
