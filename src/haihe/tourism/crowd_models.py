"""Crowded places ahead: what was believed, who was told and when, and whether it was right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Outlook(models.Model):
    """What was believed of the 72 hours after a count: the chances of one place. Rows are never changed.

    issued   hour of the count, in hours since 1970 on the place's clock
    told     hours, expected (share of the capacity), and by share: chances, usual
    """

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    place = models.CharField(max_length=40)
    issued = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    told = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "place", "issued"], name="outlook_once_an_issue")
        ]


class Alert(models.Model):
    """One telling that a place fills up, or that it no longer will; judged once the day is counted.

    day      the day that is meant; issued: the count it rests on, in hours since 1970
    groups   who was to be told, as the stage says
    right    whether it came so; ahead: hours from the telling to the first hour so; peak: share of capacity
    """

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    place = models.CharField(max_length=40)
    stage = models.CharField(max_length=20)
    day = models.DateField()
    issued = models.PositiveIntegerField()
    chance = models.FloatField()
    groups = models.JSONField(default=list)
    lifted = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    right = models.BooleanField(null=True)
    ahead = models.IntegerField(null=True)
    peak = models.FloatField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["organisation", "day"], name="alert_of_a_day")]


class AlertContact(models.Model):
    """A person who is told when a group of an alert's stage is to be told. place: one only; empty: every place."""

    class Group(models.TextChoices):
        PLACE = "place", _("the place")
        BUREAU = "bureau", _("the bureau")
        GOVERNMENT = "government", _("the government")
        PUBLIC = "public", _("who tells the public")
        TICKETS = "ticket office", _("the ticket office")

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    group = models.CharField(_("group"), max_length=20, choices=Group.choices)
    place = models.CharField(_("place"), max_length=40, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("who is told")
        verbose_name_plural = _("who is told")
        ordering = ["group", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "group", "place", "person"], name="alert_contact_once")
        ]


class Telling(models.Model):
    """One person told of one alert: it stands on the first page of the admin until that person has seen it."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="tellings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    gate_field = "alert__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="told_once_an_alert")]


class AlertScore(models.Model):
    """How right the alerts of one stage were, as far as hours are counted; made anew with every count."""

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    stage = models.CharField(max_length=20)
    made_at = models.DateTimeField(auto_now=True)
    told = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "stage"], name="alert_score_once")]
