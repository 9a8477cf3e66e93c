"""The chain, what its entries tell, and where it ends."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One link. Persons and organisations are plain numbers: an entry outlives what it names.

    hash    sha256 of the canonical JSON of every other field; `domain.recording.link_hash`
    """

    number = models.BigIntegerField(_("number"), primary_key=True)  # 1, 2, 3 ... without a gap
    at = models.DateTimeField(_("time"), db_index=True)
    action = models.CharField(_("action"), max_length=80, db_index=True)
    actor_id = models.BigIntegerField(_("person"), null=True, db_index=True)
    organisation_id = models.BigIntegerField(_("organisation"), null=True, db_index=True)
    thing_label = models.CharField(_("kind of thing"), max_length=100, blank=True)  # "newsroom.manuscript"
    thing_id = models.CharField(_("thing"), max_length=64, blank=True)
    detail_sha256 = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["thing_label", "thing_id"])]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class Detail(models.Model):
    """What an entry tells, in canonical JSON: {"by", "thing", "detail"}. Empty body and salt: erased."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="told")
    salt = models.CharField(max_length=32)  # without it, a short text could be guessed from its hash
    body = models.TextField()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.body


class Head(models.Model):
    """The last link: what concurrent writers queue for, and what shows that the end was cut off."""

    number = models.BigIntegerField()
    hash = models.CharField(max_length=64, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="audit_one_head")]

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"
