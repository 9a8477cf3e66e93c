"""Intake: what arrived, as staff see it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.search import index

from haihe.newsroom.models.sources import Source


class Item(index.Indexed, models.Model):
    """One entry of a source, with the Master it came in and where in it.

    entry_id         the source's own id of the entry (guid, atom:id, address), unique in its source
    body             sanitised HTML for display; the original stays in the Master
    published_raw    the date as the source wrote it; published_at is None where that is missing, impossible or
                     more than a day ahead of its arrival
    content_sha256   of the entry as it came: another hash under the same entry_id is a new version
    text_sha256      of title and text: the same hash in one organisation is a duplicate; empty where too short to tell
    quality          of the text, 0 to 100 (newsroom.domain.arrival.quality); None: not looked at yet
    illustrations    pictures it could be shown with: url, caption, credit, the leading one first
    reading          how its text is read from the Master where staff chose that (newsroom.domain.rereading)
    touched          what staff decided ("language", "terms" ...): machines leave it as it is from then on
    family           texts that are one text 转载
    pending          terms, quality, names and family are not worked out yet, or its text changed since
    """

    # What arrived last stands first; of what arrived together, what was published last.
    NEWEST_FIRST = ("-arrived_at", models.F("published_at").desc(nulls_last=True), "-pk")

    class State(models.TextChoices):
        NEW = "new", _("new")
        SET_ASIDE = "set_aside", _("set aside")
        USED = "used", _("used")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="items")
    source = models.ForeignKey(Source, models.PROTECT, related_name="items")
    master = models.ForeignKey("archive.Master", models.PROTECT, related_name="+")
    locator = models.CharField(max_length=1000, blank=True)
    entry_id = models.CharField(max_length=1000)
    title = models.CharField(_("title"), max_length=1000, blank=True)
    link = models.CharField(_("link"), max_length=2000, blank=True)
    author = models.CharField(_("author"), max_length=500, blank=True)
    body = models.TextField(_("body"), blank=True)
    text = models.TextField(blank=True)  # body without markup, for search and duplicates
    language = models.CharField(max_length=12, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_raw = models.CharField(max_length=120, blank=True)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("arrived"), db_index=True)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    content_sha256 = models.CharField(max_length=64, db_index=True)
    text_sha256 = models.CharField(max_length=64, blank=True, default="")
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="duplicates")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.NEW)
    state_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    state_at = models.DateTimeField(null=True, blank=True)
    terms = models.JSONField(_("key terms"), default=list, blank=True)
    quality = models.PositiveSmallIntegerField(_("text quality"), null=True, blank=True)
    illustrations = models.JSONField(default=list, blank=True)
    lead = models.ForeignKey(
        "newsroom.LeadPicture", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lead picture")
    )
    lead_pending = models.BooleanField(default=False)
    reading = models.CharField(_("reading"), max_length=20, blank=True)
    touched = models.JSONField(default=list, blank=True)
    family = models.ForeignKey(
        "newsroom.Family", models.SET_NULL, null=True, blank=True, related_name="items", verbose_name=_("family")
    )
    pending = models.BooleanField(default=True)

    search_auto_update = False  # rows come in bulk: whoever writes journals
    _INDEXED = ("title", "text", "author", "organisation", "source", "language", "state", "arrived_at")

    wagtail_reference_index_ignore = True

    search_fields = [
        index.SearchField("title", boost=3),
        index.SearchField("text"),
        index.SearchField("author"),
        index.FilterField("organisation_id"),
        index.FilterField("source_id"),
        index.FilterField("language"),
        index.FilterField("state"),
        index.FilterField("arrived_at"),
    ]

    class Meta:
        verbose_name = pgettext_lazy("newsroom", "item")
        verbose_name_plural = pgettext_lazy("newsroom", "items")
        constraints = [
            models.UniqueConstraint(fields=["source", "entry_id"], name="entry_once_per_source"),
            models.CheckConstraint(
                name="item_quality_in_range", condition=models.Q(quality=None) | models.Q(quality__lte=100)
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-arrived_at"]),
            models.Index(fields=["organisation", "text_sha256"]),
            models.Index(fields=["family", "arrived_at"]),
            # Queues: rows that wait, and no others.
            models.Index(fields=["arrived_at"], condition=models.Q(pending=True), name="items_pending"),
            models.Index(fields=["arrived_at"], condition=models.Q(lead_pending=True), name="items_to_illustrate"),
        ]

    def __str__(self) -> str:
        return self.title or self.entry_id

    @classmethod
    def get_indexed_objects(cls) -> models.QuerySet[Item]:
        return super().get_indexed_objects().only(*cls._INDEXED)  # type: ignore[no-any-return]


class ItemVersion(models.Model):
    """What an item said before its source changed it; the item itself holds the version of now."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    master = models.ForeignKey("archive.Master", models.PROTECT, related_name="+")
    locator = models.CharField(max_length=1000, blank=True)
    title = models.CharField(max_length=1000, blank=True)
    link = models.CharField(max_length=2000, blank=True)
    body = models.TextField(blank=True)
    content_sha256 = models.CharField(max_length=64)
    seen_at = models.DateTimeField()  # when this version arrived

    gate_field = "item__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="item_version_once")]
