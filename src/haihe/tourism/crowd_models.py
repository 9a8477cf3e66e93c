"""Crowded places ahead: what was believed, who was told and when, and whether it was right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    """Who is told when a group of an alert's stage is to be told: a person, or a post with a mailbox of its own.

    place           one only; empty: every place
    post, address   "总值班室" and its mailbox, whoever sits there; empty where it is a person
    """

    class Group(models.TextChoices):
        PLACE = "place", _("the place")
        BUREAU = "bureau", _("the bureau")
        GOVERNMENT = "government", _("the government")
        PUBLIC = "public", _("who tells the public")
        TICKETS = "ticket office", _("the ticket office")

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    group = models.CharField(_("group"), max_length=20, choices=Group.choices)
    place = models.CharField(pgettext_lazy("tourism", "place"), max_length=40, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    post = models.CharField(_("or a post"), max_length=60, blank=True)
    address = models.EmailField(_("mailbox of the post"), blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("who is told")
        verbose_name_plural = _("who is told")
        ordering = ["group", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "group", "place", "person"], name="alert_contact_once"),
            models.UniqueConstraint(
                fields=["organisation", "group", "place", "address"],
                condition=models.Q(person=None),
                name="alert_post_once",
            ),
            models.CheckConstraint(
                name="alert_contact_person_or_post",
                condition=models.Q(person=None) ^ models.Q(post="", address=""),
            ),
        ]

    @property
    def who(self) -> str:
        return str(self.person) if self.person is not None else f"{self.post} <{self.address}>"


class Telling(models.Model):
    """One person or post told of one alert. A person's stands on the first page of the admin until it is seen.

    post, address      of a post; of a person the address is that to which it was mailed
    mail, mail_answer  how far the mail is, and what the mail server answered last
    mail_tries         visits to the server; mail_next_at: the next one, or when one that was cut short is taken up
    seen_by            who confirmed it; of a post whoever was there
    """

    class Mail(models.TextChoices):
        NONE = "none", _("not mailed")
        WAITING = "waiting", _("waits for the mail server")
        SENDING = "sending", _("being mailed")
        SENT = "sent", _("mailed")
        REFUSED = "refused", _("refused by the mail server")
        LATE = "late", _("given up: the day is over")

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="tellings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    post = models.CharField(max_length=60, blank=True)
    address = models.EmailField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.NONE)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_next_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    mail_answer = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    gate_field = "alert__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["mail", "mail_next_at"], name="telling_mail_due")]
        constraints = [
            models.UniqueConstraint(fields=["alert", "person"], name="told_once_an_alert"),
            models.UniqueConstraint(
                fields=["alert", "address"], condition=models.Q(person=None), name="post_told_once_an_alert"
            ),
        ]

    @property
    def who(self) -> str:
        return str(self.person) if self.person is not None else self.post


class AlertScore(models.Model):
    """How right the alerts of one stage were, as far as hours are counted; made anew with every count."""

    organisation = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+")
    stage = models.CharField(max_length=20)
    made_at = models.DateTimeField(auto_now=True)
    told = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "stage"], name="alert_score_once")]
