"""The desks of a newsroom, their stages, and which manuscript lies where."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel

from haihe.newsroom.models.manuscripts import Manuscript
from haihe.releases.models import Section


class NewsDesk(ClusterableModel):
    """A desk of one newsroom 采编部门, with the stages that its manuscripts pass.

    sections   what is filed under these lies on this desk until somebody lays it elsewhere
    """

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="news_desks", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=80)
    sections = ParentalManyToManyField(
        Section, blank=True, related_name="+", verbose_name=_("sections"),
        help_text=_("What is filed under these lies on this desk until somebody lays it elsewhere."),
    )  # fmt: skip
    order = models.PositiveIntegerField(_("order"), default=0)
    active = models.BooleanField(_("active"), default=True)

    gate_actions = {"add": "manage_people", "change": "manage_people", "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("news desk")
        verbose_name_plural = _("news desks")
        ordering = ["organisation__path", "order", "id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="news_desk_once_by_name")]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One stage of a desk's work 环节: to be written, to be illustrated, ready."""

    desk = ParentalKey(NewsDesk, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=60)
    sort_order = models.IntegerField(null=True, blank=True, editable=False)

    sort_order_field = "sort_order"
    gate_field = "desk__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["sort_order", "id"]

    def __str__(self) -> str:
        return self.name


class Filing(models.Model):
    """Where a manuscript lies: on which desk, in which stage; beside its text, so that moving it opens no review."""

    manuscript = models.OneToOneField(Manuscript, models.CASCADE, primary_key=True, related_name="filing")
    desk = models.ForeignKey(NewsDesk, models.PROTECT, related_name="filings")
    stage = models.ForeignKey(Stage, models.SET_NULL, null=True, related_name="filings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    gate_field = "manuscript__organisation"
    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.desk} · {self.stage}" if self.stage else str(self.desk)
