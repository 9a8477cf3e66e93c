"""Streams, what was loaded into them, the figures made of it, and what looks wrong."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from haihe.tourism.crowd_models import Alert, AlertContact, AlertScore, Outlook, Telling
from haihe.tourism.map_models import BoardMap

__all__ = [
    "Alert",
    "AlertContact",
    "AlertScore",
    "BoardMap",
    "Figure",
    "Flag",
    "Forecast",
    "Load",
    "NoisyTable",
    "Nowcast",
    "Outlook",
    "Part",
    "Promise",
    "SavedView",
    "Source",
    "Stream",
    "Telling",
]


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


class Source(models.Model):
    """A database or an HTTP address that a stream is fetched from by itself. Its secret lies encrypted.

    kind       sql: postgresql://host:port/database, asked with `query`; http: http(s)://…
    account    who asks; with `sealed` (a password or token, encrypted) where one is needed
    signing    how an HTTP request is signed: not at all, by account and password, by a token, by a header of its own
    again_days days before the newest loaded one that are asked again: late corrections
    problem    what happened last, by its kind and in detail; empty where it went well
    """

    class Kind(models.TextChoices):
        SQL = "sql", _("database")
        HTTP = "http", _("web address")

    class Signing(models.TextChoices):
        NONE = "none", _("not at all")
        BASIC = "basic", _("by account and password")
        BEARER = "bearer", _("by a token")
        HEADER = "header", _("by a header of its own")

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="sources")
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices)
    address = models.CharField(_("address"), max_length=1000)
    query = models.TextField(pgettext_lazy("tourism", "query"), blank=True, max_length=20_000)
    signing = models.CharField(_("signed"), max_length=8, choices=Signing.choices, default=Signing.NONE)
    header = models.CharField(_("header"), max_length=60, blank=True)
    account = models.CharField(pgettext_lazy("tourism", "account"), max_length=120, blank=True)
    sealed = models.TextField(blank=True, editable=False)
    every_minutes = models.PositiveIntegerField(_("minutes between visits"), default=1440)
    again_days = models.PositiveSmallIntegerField(_("days asked again"), default=7)
    active = models.BooleanField(_("active"), default=False)
    next_at = models.DateTimeField(null=True, db_index=True, editable=False)
    visited_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=60, blank=True, editable=False)
    detail = models.CharField(max_length=500, blank=True, editable=False)
    brought = models.CharField(max_length=64, blank=True, editable=False)
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=200, blank=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)

    gate_field = "stream__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("source of figures")
        verbose_name_plural = _("sources of figures")
        ordering = ["stream", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "name"], name="figure_source_named_once"),
            models.CheckConstraint(name="figure_source_pause", condition=models.Q(every_minutes__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


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
    """The newest forecast of one series: its steps with intervals, its back-test, its parts, what it cannot know.

    by, key   of what the indicator is broken down by, empty for the whole
    told      steps, backtest, notes (Chinese and English), parts, drift; or why it is refused
    """

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="forecasts")
    indicator = models.CharField(max_length=60)
    by = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    last_day = models.DateField()
    told = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "indicator", "by", "key"], name="forecast_once_a_series")
        ]


class Promise(models.Model):
    """What was first forecast of a day on the evening before: what came is held against it, to see forecasts drift."""

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    indicator = models.CharField(max_length=60)
    by = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    mean = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "indicator", "by", "key", "day"], name="promise_once_a_day")
        ]


class Nowcast(models.Model):
    """An official figure of a month before it was out, as far as days were in; those of earlier evenings stay.

    told   mean, bounds by level, seen, weights, backtest, naive, left_out
    """

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    indicator = models.CharField(max_length=60)
    period = models.DateField()
    as_of = models.DateField()
    told = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-as_of"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "indicator", "as_of"], name="nowcast_once_a_day")
        ]


class NoisyTable(models.Model):
    """Counts of one indicator and month with noise, for publication; what it cost of the month's budget.

    told    counts by key, how far one may be off, how many contributions of a person are protected
    Rows are never changed and never made twice: another draw of the same table would tell more than was promised.
    """

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    stream = models.CharField(max_length=40)
    indicator = models.CharField(max_length=60)
    by = models.CharField(max_length=20)
    month = models.DateField()
    epsilon = models.DecimalField(max_digits=5, decimal_places=2)
    most = models.PositiveIntegerField(default=1)
    told = models.JSONField(default=dict)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-month", "indicator", "by"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "indicator", "by", "month"], name="noisy_table_once")
        ]


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
