"""From a lead 线索 to a pitch 选题 to an assignment 采访任务, and what the field sends back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from haihe.newsroom.models.items import Item
from haihe.newsroom.models.manuscripts import Manuscript


class Lead(models.Model):
    """Something that may become a story 新闻线索: from what arrived, from the public, or noted by hand.

    contact   how to reach who told it; for staff of its organisation, never public
    """

    class Origin(models.TextChoices):
        ITEM = "item", _("from the intake")
        PUBLIC = "public", _("from the public")
        HAND = "hand", _("noted by hand")

    class State(models.TextChoices):
        NEW = "new", _("new")
        TAKEN = "taken", _("taken up")
        DROPPED = "dropped", _("dropped")

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="leads", verbose_name=_("organisation")
    )
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"), blank=True, max_length=20_000)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.HAND)
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="leads")
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("noted"))

    gate_actions = {"change": "create", "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["organisation", "state", "-at"])]

    def __str__(self) -> str:
        return self.title


class Pitch(models.Model):
    """A story somebody proposes 选题, talked over and then decided."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        DROPPED = "dropped", _("dropped")

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="pitches", verbose_name=_("organisation")
    )
    title = models.CharField(_("title"), max_length=300)
    angle = models.TextField(_("what about it"), blank=True, max_length=20_000)
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="pitches")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)

    gate_actions = {"change": "create", "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("pitch")
        verbose_name_plural = _("pitches")
        ordering = ["-proposed_at", "-id"]
        indexes = [models.Index(fields=["organisation", "state", "-proposed_at"])]

    def __str__(self) -> str:
        return self.title


class Remark(models.Model):
    """One contribution to the talk about a pitch."""

    pitch = models.ForeignKey(Pitch, models.CASCADE, related_name="remarks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("text"), max_length=5000)
    at = models.DateTimeField()

    gate_field = "pitch__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:80]


class Equipment(models.Model):
    """A camera, a drone, a car: what can be taken along once at a time."""

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="equipment", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=120)
    active = models.BooleanField(_("active"), default=True)

    gate_actions = {"add": "manage_sources", "change": "manage_sources", "delete": None}

    class Meta:
        verbose_name = _("piece of equipment")
        verbose_name_plural = _("equipment")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="equipment_once_by_name")]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """Who goes where, when, with what 采访任务.

    place, place_name   of the city's register, or in words; longitude and latitude are WGS-84
    manuscript          what was written of it
    sequence            goes up with each change, so that calendars take the newest
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        UNDER_WAY = "under_way", _("under way")
        DELIVERED = "delivered", _("delivered")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="assignments", verbose_name=_("organisation")
    )
    pitch = models.ForeignKey(Pitch, models.PROTECT, null=True, blank=True, related_name="assignments")
    title = models.CharField(_("title"), max_length=300)
    brief = models.TextField(_("brief"), blank=True, max_length=20_000)
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="assignments", verbose_name=_("who goes")
    )
    equipment = models.ManyToManyField(Equipment, blank=True, related_name="assignments", verbose_name=_("equipment"))
    starts = models.DateTimeField(_("begins"))
    ends = models.DateTimeField(_("ends"))
    deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    place = models.ForeignKey(
        "city.Place", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    place_name = models.CharField(_("place in words"), max_length=200, blank=True)
    longitude = models.FloatField(_("longitude (WGS-84)"), null=True, blank=True)
    latitude = models.FloatField(_("latitude (WGS-84)"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    manuscript = models.ForeignKey(Manuscript, models.SET_NULL, null=True, blank=True, related_name="assignments")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    sequence = models.PositiveIntegerField(default=0)

    gate_actions = {"change": "edit", "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["starts", "id"]
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_it_begins", condition=models.Q(ends__gt=models.F("starts"))
            ),
            models.CheckConstraint(
                name="assignment_has_both_coordinates_or_none",
                condition=models.Q(longitude=None, latitude=None)
                | models.Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "starts"])]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValidationError({"ends": _("It ends before it begins.")})
        if (self.longitude is None) != (self.latitude is None):
            raise ValidationError({"latitude": _("Give both coordinates, or none.")})

    @property
    def where(self) -> str:
        return self.place_name or (self.place.name if self.place else "")

    @property
    def position(self) -> tuple[float, float] | None:
        """(longitude, latitude): its own, else its place's."""
        if self.longitude is not None and self.latitude is not None:
            return self.longitude, self.latitude
        if self.place and self.place.longitude is not None and self.place.latitude is not None:
            return self.place.longitude, self.place.latitude
        return None


class FieldReport(models.Model):
    """What a reporter sent from the field: words, a position, or a file, which is a Master.

    key        made by the sender's device: what is sent twice arrives once
    taken_at   by the device's clock; received_at by ours
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("words")
        PHOTO = "photo", _("photo")
        VOICE = "voice", _("voice")
        POSITION = "position", _("position")

    key = models.UUIDField(primary_key=True, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="reports")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("words"), blank=True, max_length=20_000)
    master = models.ForeignKey("archive.Master", models.PROTECT, null=True, related_name="+")
    picture = models.ForeignKey(
        "archive.Picture", models.PROTECT, null=True, related_name="+", verbose_name=_("picture")
    )
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)  # metres
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(_("taken"))
    received_at = models.DateTimeField(_("received"))

    gate_field = "assignment__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("report from the field")
        verbose_name_plural = _("reports from the field")
        ordering = ["taken_at", "received_at"]
        indexes = [models.Index(fields=["assignment", "taken_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.taken_at}"


class CalendarKey(models.Model):
    """The secret in the address of a person's calendar; only its sha256 is kept."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    gate_field = "person__grants__organisation"
    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return str(self.person)
