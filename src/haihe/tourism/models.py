"""Streams, what was loaded into them, the figures made of it, and what looks wrong."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Stream(models.Model):
    """What one organisation gets of one contract.

    contract    name of a data contract
    owner       who is told when something is late or looks wrong
    mapping     contract column -> name in the files, where a person has chosen it
    """

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="streams")
    contract = models.CharField(_("contract"), max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    mapping = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        constraints = [models.UniqueConstraint(fields=["organisation", "contract"], name="stream_once_a_contract")]

    def __str__(self) -> str:
        return self.contract


class Load(models.Model):
    """One file on its way into a stream, and what became of it.

    master      the file as it came
    number      order of loading within the stream, given when it is loaded: a later one replaces the slices it brings
    outcome     counts by reason, notes, preview: as the loading engine told them
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CHECKED = "checked", _("checked, not kept")
        LOADED = "loaded", _("loaded")
        REFUSED = "refused", _("refused")
        ROLLED_BACK = "rolled_back", _("rolled back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stream = models.ForeignKey(Stream, models.CASCADE, related_name="loads")
    master = models.ForeignKey("archive.Master", models.CASCADE, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    dry = models.BooleanField(default=False)
    number = models.PositiveIntegerField(null=True)
    mapping = models.JSONField(default=dict)
    rows = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    outcome = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    rolled_back_at = models.DateTimeField(null=True)

    gate_field = "stream__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("load")
        verbose_name_plural = _("loads")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="load_number_once_a_stream")]

    def __str__(self) -> str:
        return f"{self.stream} {self.at:%Y-%m-%d %H:%M}"


class Part(models.Model):
    """One Parquet file of facts: the rows of one load in one month, as far as no later load replaces them.

    file    below the home's folder tourism/facts
    live    what is asked now; a file that is live no more is removed once nobody can still be reading it
    """

    load = models.ForeignKey(Load, models.CASCADE, related_name="parts")
    month = models.CharField(max_length=7)
    file = models.CharField(max_length=200, unique=True)
    rows = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    live = models.BooleanField(default=True)

    gate_field = "load__stream__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["live", "month"], name="part_live_month")]


class Figure(models.Model):
    """One value of one indicator, made of facts; made again whenever these change.

    grain   day or month; period: its first day
    key     of what it is broken down by, empty for the whole
    """

    class Grain(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="figures")
    indicator = models.CharField(max_length=60)
    grain = models.CharField(max_length=5, choices=Grain.choices)
    period = models.DateField()
    by = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=40, blank=True)
    value = models.FloatField(null=True)
    rows = models.PositiveBigIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "indicator", "grain", "by", "period", "key"], name="figure_once"
            )
        ]


class Flag(models.Model):
    """Something in a stream that does not look right; its owner says what it was."""

    class Kind(models.TextChoices):
        GAP = "gap", _("days are missing")
        JUMP = "jump", _("a jump")
        REPEAT = "repeat", _("a day like the one before")
        UNIT = "unit", _("perhaps another unit")
        LATE = "late", _("late")

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="flags")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    day = models.DateField(_("day"))
    told = models.JSONField(default=dict)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    gate_field = "stream__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "kind", "day"], name="flag_once")]
        ordering = ["-day"]

    def said(self) -> str:
        told: dict[str, Any] = self.told or {}
        return str(told.get("zh" if (get_language() or "").startswith("zh") else "en", ""))


class Forecast(models.Model):
    """The newest forecast of one indicator: its steps with intervals, its back-test, what it cannot know."""

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="forecasts")
    indicator = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    last_day = models.DateField()
    told = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "indicator"], name="forecast_once")]


class SavedView(models.Model):
    """A question to the figures that somebody keeps under a name.

    asked    the query of its address
    shared   seen by whoever sees the organisation's figures, not only by the one who keeps it
    """

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    asked = models.CharField(max_length=1000)
    shared = models.BooleanField(_("shared"), default=False)
    at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["organisation", "person", "name"], name="view_named_once")]

    def __str__(self) -> str:
        return self.name
