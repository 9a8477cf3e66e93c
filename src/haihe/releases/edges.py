"""Derived-from edges between things of any room, and what is told along them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Derivation(models.Model):
    """One thing was made from another: an edge from the source to what derives from it.

    label, id        of a room's own row, as a Publication names its subject ("newsroom.manuscript")
    content_sha256   of the source's content that was taken over
    """

    source_label = models.CharField(max_length=80)
    source_id = models.CharField(max_length=64)
    source_organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+")
    derived_label = models.CharField(max_length=80)
    derived_id = models.CharField(max_length=64)
    derived_organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+")
    content_sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    gate_field = "derived_organisation"
    gate_actions = {"add": None, "change": None, "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("derivation")
        verbose_name_plural = _("derivations")
        constraints = [
            models.UniqueConstraint(
                fields=["derived_label", "derived_id", "source_label", "source_id"], name="derived_once_from_each"
            ),
            models.CheckConstraint(
                name="not_derived_from_itself",
                condition=~models.Q(source_label=models.F("derived_label"), source_id=models.F("derived_id")),
            ),
        ]
        indexes = [models.Index(fields=["source_label", "source_id"])]

    def __str__(self) -> str:
        return f"{self.source_label} {self.source_id} → {self.derived_label} {self.derived_id}"


class Notice(models.Model):
    """What became of a source, told to one thing derived from it, at any distance.

    Written in the transaction of the correction or kill, one row for each derivative, so that none is missed; what was
    done then stands in the same row.

    cause     one correction or kill: all its notices have the same
    release   of the source; None where the source was never public
    public    whether the derivative was public then
    """

    class Kind(models.TextChoices):
        CORRECTED = "corrected", _("source corrected")
        WITHDRAWN = "withdrawn", _("source withdrawn")
        KILLED = "killed", _("source killed")

    class State(models.TextChoices):
        OPEN = "open", _("to be decided")
        PULLED = "pulled", _("taken out of public")
        TAKEN = "taken", _("change taken over")
        KEPT = "kept", _("kept as it is")

    cause = models.UUIDField(default=uuid.uuid4, db_index=True)
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind.choices)
    source_label = models.CharField(max_length=80)
    source_id = models.CharField(max_length=64)
    source_organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+")
    release = models.ForeignKey("releases.Release", models.PROTECT, null=True, related_name="notices")
    label = models.CharField(max_length=80)
    thing = models.CharField(max_length=64)
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="notices")
    note = models.TextField(_("what changed and why"), blank=True)
    public = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    why = models.CharField(_("why"), max_length=1000, blank=True)
    told_at = models.DateTimeField(pgettext_lazy("releases", "told"))
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    gate_actions = {"add": None, "change": None, "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("notice to a derivative")
        verbose_name_plural = _("notices to derivatives")
        constraints = [models.UniqueConstraint(fields=["cause", "label", "thing"], name="told_once_of_each_cause")]
        indexes = [
            models.Index(fields=["label", "thing", "state"]),
            models.Index(fields=["organisation", "state", "-told_at"]),
            models.Index(
                fields=["told_at"], condition=models.Q(state="open", kind="killed"), name="kills_to_carry_out"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label} {self.thing}"
