"""Tracked corrections of what went public, for the rate of errors 差错率."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from haihe.newsroom.models.desks import NewsDesk
from haihe.newsroom.models.manuscripts import Manuscript


class ErrorCount(models.Model):
    """How many places of one text were put right, on the way to one Release.

    desk         it lay on when it went out
    stage        PROOF: between the first hand-in and the first publication; PUBLIC: after readers could read it
    corrections  sum of weights
    characters   字数 of the text, once for each text: 0 in rows of PUBLIC
    """

    class Stage(models.TextChoices):
        PROOF = "proof", _("found before publication")
        PUBLIC = "public", _("found by readers or after")

    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+")
    manuscript = models.ForeignKey(Manuscript, models.CASCADE, related_name="error_counts")
    desk = models.ForeignKey(NewsDesk, models.SET_NULL, null=True, related_name="+", verbose_name=_("news desk"))
    release = models.OneToOneField("releases.Release", models.CASCADE, related_name="+")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    corrections = models.FloatField(_("corrections"))
    characters = models.PositiveIntegerField(_("characters"))
    at = models.DateTimeField()

    gate_actions = {"add": None, "change": None, "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["organisation", "at"])]

    def __str__(self) -> str:
        return f"{self.stage} {self.corrections}"
