"""Where the newsroom collects from, and the ledger of what was asked and what came."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """One address or upload box that is read again and again.

    transport   how bytes come: "address", "upload" (registry: newsroom.domain.transports)
    reader      how bytes are understood: "auto", "rss", "atom", "jsonfeed" (registry: newsroom.domain.readers)
    problem     what happened last, in English; problem_code names its kind (newsroom.domain.problems)
    quiet       visits in a row that brought nothing new; they make the pauses longer
    """

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="sources", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=200)
    transport = models.CharField(_("transport"), max_length=40, default="address")
    reader = models.CharField(_("reader"), max_length=40, default="auto")
    address = models.CharField(_("address"), max_length=2000, blank=True)
    active = models.BooleanField(_("active"), default=True)
    every_minutes = models.PositiveIntegerField(_("minutes between visits"), default=15)
    rights = models.JSONField(_("rights"), default=dict, blank=True)  # licence, reprint permission 转载许可
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    next_visit_at = models.DateTimeField(null=True, blank=True, db_index=True)
    last_good_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    quiet = models.PositiveIntegerField(default=0)
    problem = models.TextField(_("problem"), blank=True)
    problem_code = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(name="source_pause_is_positive", condition=models.Q(every_minutes__gte=1)),
            models.UniqueConstraint(
                name="address_once_per_organisation",
                fields=["organisation", "address"],
                condition=~models.Q(address=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Fetch(models.Model):
    """One visit: what was asked when, what came, and its Master.

    notes   what was odd and read all the same, in English
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="fetches")
    asked_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0)
    status = models.PositiveIntegerField(default=0)  # HTTP status; 0: no answer, or a file
    master = models.ForeignKey("archive.Master", models.PROTECT, null=True, blank=True, related_name="+")
    entries = models.PositiveIntegerField(default=0)
    new_items = models.PositiveIntegerField(default=0)
    changed_items = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    problem_code = models.CharField(max_length=60, blank=True)
    notes = models.JSONField(default=list, blank=True)

    gate_field = "source__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["source", "-asked_at"])]
