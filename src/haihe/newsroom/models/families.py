"""Families of items that are one text 转载, as the engine found them and as staff put them right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.newsroom.models.items import Item


class Family(models.Model):
    """One text, wherever it stood. What it holds is told by its items, and to each person only by those they may see.

    settled   staff split or joined it: machines add to it, and no longer merge it with another
    """

    settled = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    gate_field = "items__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("family")
        verbose_name_plural = _("families")


class Placement(models.Model):
    """One text in the engine's index, in the order of their coming: what the index is made anew from.

    number    place in the index, from 0; numbers have no gaps
    version   of the item whose text was placed
    nearest   number of the text it was found to be a reprint of; its own where there was none
    """

    number = models.PositiveIntegerField(primary_key=True)
    item = models.ForeignKey(Item, models.SET_NULL, null=True, related_name="placements")
    version = models.PositiveIntegerField(default=1)
    nearest = models.PositiveIntegerField(db_index=True)

    gate_field = "item__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="item_version_placed_once")]


class FamilyEdit(models.Model):
    """Staff moved items from one family to another.

    moves   [{"item": id, "before": family id, "after": family id}]
    """

    class Kind(models.TextChoices):
        SPLIT = "split", _("split off")
        JOIN = "join", _("joined")

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    family = models.ForeignKey(Family, models.CASCADE, related_name="edits")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    moves = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-at", "-id"]
