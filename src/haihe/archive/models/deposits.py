"""Blobs, Masters and the WARC segments that hold collected bytes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Segment(models.Model):
    """One append-only WARC file; open until sealed."""

    name = models.CharField(max_length=120, unique=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    length = models.BigIntegerField(null=True, blank=True, help_text=_("bytes, once sealed"))
    sha256 = models.CharField(max_length=64, blank=True, help_text=_("of the whole file, once sealed"))
    item = models.ForeignKey("archive.Item", models.PROTECT, null=True, blank=True, related_name="segments")


class Blob(models.Model):
    """Immutable bytes, named by their sha256 in hex.

    Where the bytes lie: a file of its own (segment is null), or one record of a WARC segment.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.BigIntegerField()
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="blobs")
    offset = models.BigIntegerField(null=True, blank=True, help_text=_("of the record in its segment, in bytes"))
    created_at = models.DateTimeField(auto_now_add=True)


class Master(models.Model):
    """One deposit: a Blob with the organisation, source, time and rights it came with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="masters")
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="masters")
    source_kind = models.CharField(_("source kind"), max_length=40)  # "feed", "upload", "capture", "demo"
    source_uri = models.TextField(_("source address"), blank=True)
    obtained_at = models.DateTimeField(_("obtained"))
    media_type = models.CharField(_("media type"), max_length=120, blank=True)
    filename = models.CharField(_("file name"), max_length=300, blank=True)
    rights = models.JSONField(_("rights"), default=dict, blank=True)  # holder, licence, reprint permission, note
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="masters")
    offset = models.BigIntegerField(null=True, blank=True)  # of its own WARC record, where a response brought it
    # Where its bytes lie once they are in an object: under the name it was given, and below the object's folder.
    item = models.ForeignKey("archive.Item", models.PROTECT, null=True, blank=True, related_name="masters")
    version = models.PositiveIntegerField(_("version"), default=0)  # that brought it
    path = models.TextField(_("path"), blank=True)
    content = models.TextField(blank=True)
    deposited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("master")
        verbose_name_plural = _("masters")
        indexes = [models.Index(fields=["organisation", "-obtained_at"])]

    def __str__(self) -> str:
        return self.filename or self.source_uri or str(self.pk)
