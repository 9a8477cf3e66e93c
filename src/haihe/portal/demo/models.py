"""The list of what the demonstration made, so that its removal touches nothing else."""

from __future__ import annotations

from django.db import models


class Made(models.Model):
    """One row that the demonstration made; removed in the opposite order of making."""

    label = models.CharField(max_length=80)  # "newsroom.manuscript"
    key = models.CharField(max_length=64)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["label", "key"], name="made_once")]

    def __str__(self) -> str:
        return f"{self.label} {self.key}"
