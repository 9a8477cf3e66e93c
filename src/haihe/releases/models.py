"""Publications, their immutable Releases, what those cite, FactSheets, and how public things are arranged."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from haihe.releases.content import is_notice, plain_text


class Section(models.Model):
    """A column of the portal 栏目 under which things are published."""

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)

    gate_shared = True  # sections are the city's; nobody's organisation owns one

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """A subject followed over time 专题."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    about = models.TextField(_("about"), blank=True)
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="topics")

    gate_shared = True  # a city's topics are for all its centres

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FactSheet(models.Model):
    """Numbers that a room vouches for, immutable in the database; made by `domain.vouch`.

    facts    list of {name, value, unit, period, place, sources: [master id or query]}, all text
    sha256   of the canonical JSON of {room, title, facts}
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="fact_sheets")
    room = models.CharField(max_length=40)
    title = models.CharField(_("title"), max_length=200)
    facts = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("fact sheet")
        verbose_name_plural = _("fact sheets")

    def __str__(self) -> str:
        return self.title


class Publication(index.Indexed, models.Model):
    """One thing with a public life: the moving pointer to its current Release. Public means: state is PUBLISHED.

    current   the newest Release; for a withdrawn or erased publication that is the notice
    path      given once, immutable in the database
    title     of the current content, for lists; empty once erased
    """

    class State(models.TextChoices):
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ERASED = "erased", _("erased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)  # "story", "tour", "show", "bulletin" ...
    subject_label = models.CharField(max_length=80)  # "newsroom.manuscript"
    subject_id = models.CharField(max_length=64)
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="publications")
    path = models.CharField(_("address"), max_length=200, unique=True)  # "/story/20261123-k3f9a/"
    state = models.CharField(max_length=12, choices=State.choices)
    current = models.OneToOneField("releases.Release", models.PROTECT, null=True, related_name="current_of")
    language = models.CharField(max_length=12, default="zh-hans")
    title = models.CharField(max_length=500, blank=True)
    section = models.ForeignKey(Section, models.PROTECT, null=True, blank=True, related_name="publications")
    topics = models.ManyToManyField(Topic, blank=True, related_name="publications")
    first_published_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    gate_shared = True  # staff of every organisation may cite what is public

    wagtail_reference_index_ignore = True

    search_fields = [
        index.SearchField("title", boost=4),
        index.AutocompleteField("title"),
        index.SearchField("summary", boost=2),
        index.SearchField("text"),
        index.FilterField("kind"),
        index.FilterField("section_id"),
        index.FilterField("organisation_id"),
        index.FilterField("language"),
        index.FilterField("state"),
        index.FilterField("first_published_at"),
    ]

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        constraints = [
            models.UniqueConstraint(fields=["subject_label", "subject_id"], name="one_publication_per_subject")
        ]
        indexes = [
            models.Index(fields=["state", "-first_published_at"]),
            models.Index(fields=["section", "state", "-first_published_at"]),
            models.Index(fields=["organisation", "state", "-first_published_at"]),
        ]

    def __str__(self) -> str:
        return self.title or self.path

    @property
    def is_public(self) -> bool:
        return self.state == self.State.PUBLISHED and self.current_id is not None

    @property
    def content(self) -> dict[str, Any]:
        """Of the current Release, without pictures that their rights keep from the public; empty without one."""
        from haihe.releases.domain.showing import shown

        return shown(self.current.content) if self.current else {}

    @property
    def summary(self) -> str:
        return self.content.get("summary", "")

    @property
    def text(self) -> str:
        return "" if is_notice(self.content) else plain_text(self.content)

    @classmethod
    def get_indexed_objects(cls) -> models.QuerySet[Publication]:
        return cls._default_manager.select_related("current")


class Release(models.Model):
    """One immutable public version. `content` is the canonical JSON of the docs' release schema; the chain of a
    publication holds hashes only, so that an erasure may replace `content` by a tombstone and still verify."""

    class Action(models.TextChoices):
        PUBLISH = "publish", _("published")
        CORRECT = "correct", _("corrected")
        WITHDRAW = "withdraw", _("withdrawn")
        ERASE = "erase", _("erased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()  # 1, 2, 3 ... within its publication
    action = models.CharField(max_length=10, choices=Action.choices)
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)
    ai_label = models.JSONField(default=dict, blank=True)
    note = models.TextField(_("what changed and why"), blank=True)
    note_sha256 = models.CharField(max_length=64)  # stands in the chain for the note, which may hold names
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["publication", "number"]
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [models.UniqueConstraint(fields=["publication", "number"], name="release_number_once")]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.number}"


class Citation(models.Model):
    """What a Release rests on: a Master, a FactSheet or another Release, and where in it (an entry, a page, a time)."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="citations")
    master = models.ForeignKey("archive.Master", models.PROTECT, null=True, blank=True, related_name="citations")
    fact_sheet = models.ForeignKey(FactSheet, models.PROTECT, null=True, blank=True, related_name="citations")
    cited_release = models.ForeignKey(Release, models.PROTECT, null=True, blank=True, related_name="cited_by")
    role = models.CharField(max_length=20, default="source")  # as in domain/tracing.py: ROLES
    locator = models.CharField(max_length=2200, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="citation_names_exactly_one",
                condition=(
                    models.Q(master__isnull=False, fact_sheet__isnull=True, cited_release__isnull=True)
                    | models.Q(master__isnull=True, fact_sheet__isnull=False, cited_release__isnull=True)
                    | models.Q(master__isnull=True, fact_sheet__isnull=True, cited_release__isnull=False)
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.locator}"


class Erasure(models.Model):
    """A legal erasure of one publication, asked for by one person and confirmed by another.

    Only where such a row is complete does the database let a Release's content become its tombstone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="erasures")
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.CheckConstraint(
                name="erasure_by_two_persons",
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("asked_by")),
            ),
            models.UniqueConstraint(
                fields=["publication"], condition=models.Q(confirmed_by__isnull=True), name="one_open_erasure"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


# Django finds an app's models through this module.
from haihe.releases.edges import Derivation, Notice  # noqa: E402
from haihe.releases.review import ReviewState, ReviewTask  # noqa: E402

__all__ = [
    "Citation",
    "Derivation",
    "Erasure",
    "FactSheet",
    "Notice",
    "Publication",
    "Release",
    "ReviewState",
    "ReviewTask",
    "Section",
    "Topic",
]
