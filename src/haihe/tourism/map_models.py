"""Maps of the operator that figures are drawn on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BoardMap(models.Model):
    """A map that a bureau gave: its file as a Master, and what pages draw of it.

    column     of the streams whose codes its areas and places are: district, spot, origin …
    approval   map approval number 审图号 in its usual form; empty where it has none
    drawn      width, height, shapes, unknown, missing, property; notes: what is worth a look
    laid       figures by the column are drawn on it; the others of the column rest
    """

    class Coverage(models.TextChoices):
        PART = "part", _("a part of the country: a city, a district, a province")
        NATIONAL = "national", _("China")
        WORLD = "world", _("the world, or more than China")

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="board_maps")
    master = models.ForeignKey("archive.Master", models.CASCADE, related_name="+")
    title = models.CharField(_("title"), max_length=80)
    column = models.CharField(_("what it shows"), max_length=20)
    source = models.CharField(_("source"), max_length=200)
    licence = models.CharField(_("licence"), max_length=120)
    coverage = models.CharField(_("covers"), max_length=8, choices=Coverage.choices, default=Coverage.PART)
    approval = models.CharField(_("map approval number 审图号"), max_length=40, blank=True)
    drawn = models.JSONField(default=dict)
    laid = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("map of a board")
        verbose_name_plural = _("maps of boards")
        ordering = ["column", "-laid", "-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "column"], condition=models.Q(laid=True), name="board_map_laid_once_a_column"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def notes(self) -> list[Any]:
        return self.drawn.get("notes", [])
