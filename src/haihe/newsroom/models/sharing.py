"""Sharing 云稿库: what organisations offer one another, who took it, and what contributors earn 稿酬."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.newsroom.models.manuscripts import Manuscript
from haihe.releases.models import Section


class Offer(models.Model):
    """One version of a manuscript, offered to other organisations; it stays the offering organisation's.

    revision       that version, with all its fields
    content        its canonical content, as whoever it is offered to reads it; empty once erased by law
    contributors   list of {name, correspondent: id or None}: to whom a fee is due, in equal parts
    """

    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="offers")
    manuscript = models.ForeignKey(Manuscript, models.CASCADE, related_name="offers")
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=300)
    content = models.JSONField(default=dict)
    content_sha256 = models.CharField(max_length=64)
    contributors = models.JSONField(default=list)
    message = models.CharField(_("message"), max_length=500, blank=True)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    offered_at = models.DateTimeField(_("offered"))
    recalled_at = models.DateTimeField(_("recalled"), null=True)
    recalled_why = models.CharField(_("why"), max_length=500, blank=True)

    gate_actions = {"add": "submit", "change": None, "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        indexes = [models.Index(fields=["organisation", "-offered_at"])]

    def __str__(self) -> str:
        return self.title


class Share(models.Model):
    """An offer as one organisation has it before it: taken, left, or open.

    manuscript   what was made of it there
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("adopted")
        LEFT = "left", _("declined")

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="shares")
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="shares")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    manuscript = models.OneToOneField(Manuscript, models.SET_NULL, null=True, related_name="share")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)

    gate_actions = {"add": None, "change": "create", "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("offer received")
        verbose_name_plural = _("offers received")
        constraints = [models.UniqueConstraint(fields=["offer", "organisation"], name="offered_once_to_each")]
        indexes = [models.Index(fields=["organisation", "state"])]

    def __str__(self) -> str:
        return f"{self.offer} → {self.organisation}"


class SharingRule(models.Model):
    """How an organisation deals with what it took from others."""

    organisation = models.OneToOneField(
        "city.Organisation", models.PROTECT, related_name="sharing_rule", verbose_name=_("organisation")
    )
    goes_with_source = models.BooleanField(
        _("a killed source takes our version out of public at once"),
        default=True,
        help_text=_("Otherwise our version stays public, marked, until one of us has decided."),
    )

    gate_actions = {"add": "manage_people", "change": "manage_people", "delete": None}

    class Meta:
        verbose_name = _("rule of sharing")
        verbose_name_plural = _("rules of sharing")

    def __str__(self) -> str:
        return str(self.organisation)


class Correspondent(models.Model):
    """Somebody outside who sends in texts and pictures 通讯员; known by name, or by their account."""

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="correspondents", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=100)
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    active = models.BooleanField(_("active"), default=True)

    gate_actions = {"add": "manage_people", "change": "manage_people", "delete": None}

    class Meta:
        verbose_name = _("correspondent")
        verbose_name_plural = _("correspondents")
        ordering = ["organisation__path", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name", "unit"], name="correspondent_once_in_its_unit")
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.unit}" if self.unit else self.name


class FeeRate(models.Model):
    """What an organisation pays for a text of others, or of a correspondent, that it publishes; from a day on.

    The newest that fits counts.
    """

    class Basis(models.TextChoices):
        PIECE = "piece", _("for each text")
        THOUSAND = "thousand", _("for each 1,000 characters")

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="fee_rates", verbose_name=_("organisation")
    )
    section = models.ForeignKey(
        Section, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("section"),
        help_text=_("Empty: every section without a rate of its own."),
    )  # fmt: skip
    basis = models.CharField(_("paid"), max_length=10, choices=Basis.choices, default=Basis.PIECE)
    amount = models.DecimalField(
        _("amount in yuan"), max_digits=9, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    since = models.DateField(_("from"), default=timezone.localdate)

    gate_actions = {"add": "manage_people", "change": "manage_people", "delete": "manage_people"}

    class Meta:
        verbose_name = _("rate of fees")
        verbose_name_plural = _("rates of fees")
        ordering = ["organisation__path", "-since", "-id"]
        constraints = [models.CheckConstraint(name="fee_rate_not_negative", condition=models.Q(amount__gte=0))]

    def __str__(self) -> str:
        return f"{self.amount} · {self.get_basis_display()}"


class FeeEntry(models.Model):
    """One line of the fee ledger 稿酬: never changed, put right by another line.

    organisation   who pays
    contributor    whose text it was: another organisation, or its own where a correspondent sent it in
    share          of an adopted text; manuscript: of a text of its own
    amount         yuan; below zero where a line is taken back
    terms          the rate as it was, in words
    """

    class Kind(models.TextChoices):
        DUE = "due", _("due")
        ADJUSTED = "adjusted", _("put right")

    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="fee_entries")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    payee = models.CharField(_("payee"), max_length=100)
    correspondent = models.ForeignKey(Correspondent, models.PROTECT, null=True, related_name="fees")
    contributor = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+", verbose_name=_("unit"))
    share = models.ForeignKey(Share, models.PROTECT, null=True, related_name="fees")
    manuscript = models.ForeignKey(Manuscript, models.PROTECT, null=True, related_name="fees")
    title = models.CharField(_("title"), max_length=300)
    characters = models.PositiveIntegerField(_("characters"), default=0)
    amount = models.DecimalField(_("amount in yuan"), max_digits=11, decimal_places=2)
    terms = models.CharField(_("rate"), max_length=200, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    why = models.CharField(_("why"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("time"), db_index=True)

    gate_actions = {"add": None, "change": None, "delete": None, "view": "manage_people"}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("line of the fee ledger")
        verbose_name_plural = _("lines of the fee ledger")
        constraints = [
            models.UniqueConstraint(
                fields=["share", "payee"], condition=models.Q(kind="due"), name="fee_due_once_for_each_payee"
            ),
            models.UniqueConstraint(
                fields=["manuscript", "payee"], condition=models.Q(kind="due"), name="fee_due_once_for_own_text"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-at"])]

    def __str__(self) -> str:
        return f"{self.payee} {self.amount}"
