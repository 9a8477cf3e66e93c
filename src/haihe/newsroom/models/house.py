"""What one organisation writes under and proofreads with, and what holds a text back there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel

from haihe.base.errors import HaiheError
from haihe.newsroom.models.manuscripts import Manuscript
from haihe.releases.models import Section

if TYPE_CHECKING:
    from haihe.newsroom.domain.proofreading.directory import Directory
    from haihe.newsroom.domain.proofreading.wordlists import WordList


class HouseRule(ClusterableModel):
    """What one newsroom writes under, and what holds a text back there 采编规范.

    blocks   levels of findings that keep a text from going out, parted by commas: of the word lists, or error, warning
    """

    organisation = models.OneToOneField(
        "city.Organisation", models.PROTECT, related_name="house_rule", verbose_name=_("organisation")
    )
    sections = ParentalManyToManyField(
        Section, blank=True, related_name="+", verbose_name=_("sections"),
        help_text=_("What this organisation files under; none chosen: all of the city's."),
    )  # fmt: skip
    blocks = models.CharField(
        _("levels that block"), max_length=300, blank=True,
        help_text=_(
            "A text with a finding of one of these levels does not go out. Levels of your word lists, or “error”, "
            "“warning”; parted by commas. Empty: nothing blocks."
        ),
    )  # fmt: skip

    gate_actions = {"add": "manage_people", "change": "manage_people", "delete": None}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("rule of the house")
        verbose_name_plural = _("rules of the house")

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def levels(self) -> frozenset[str]:
        parts = self.blocks.replace("\uff0c", ",").replace("\u3001", ",").split(",")
        return frozenset(part.strip() for part in parts if part.strip())


class ProofList(models.Model):
    """A list that an organisation proofreads with: words with levels, or people with titles and ranks.

    text   its lines, as docs/proofreading.md says; Haihe ships none
    """

    class Kind(models.TextChoices):
        WORDS = "words", _("words and phrases")
        PEOPLE = "people", _("people, titles, ranks")

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="proof_lists", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.WORDS)
    name = models.CharField(_("name"), max_length=80)
    text = models.TextField(
        _("lines"), max_length=8_000_000,
        help_text=_(
            "One a line, parted by tabs. Words: term, level, suggestion, reason, exceptions parted by |. "
            "People: name, titles parted by |, rank (1 the highest)."
        ),
    )  # fmt: skip
    for_below = models.BooleanField(_("also for the organisations below"), default=False)
    active = models.BooleanField(_("active"), default=True)
    changed_at = models.DateTimeField(auto_now=True)

    gate_actions = {"add": "manage_sources", "change": "manage_sources", "delete": "manage_sources"}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("list to proofread with")
        verbose_name_plural = _("lists to proofread with")
        ordering = ["organisation__path", "kind", "name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "name"], name="proof_list_once_by_name")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        try:
            self.read()
        except HaiheError as error:
            raise ValidationError({"text": f"{error.message} {error.hint}"}) from error

    def read(self) -> WordList | Directory:
        """The list as the engine takes it. Raises WordListUnreadable, DirectoryUnreadable."""
        from haihe.newsroom.domain.proofreading.directory import directory_of
        from haihe.newsroom.domain.proofreading.wordlists import word_list_of

        if self.kind == self.Kind.WORDS:
            return word_list_of(self.text, self.name)
        return directory_of(self.text, self.name)


class LinkVisit(models.Model):
    """Whether an address that a manuscript links to answered when it was last asked.

    status   of HTTP; 0 where there was no answer, and `error` says why
    """

    manuscript = models.ForeignKey(Manuscript, models.CASCADE, related_name="link_visits")
    url = models.CharField(max_length=2000)
    status = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    visited_at = models.DateTimeField()

    gate_field = "manuscript__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["manuscript", "url"], name="link_once_of_each_manuscript")]

    def __str__(self) -> str:
        return f"{self.status} {self.url}"
