"""What visitors walk through: tours of panoramas and exhibitions of artefacts."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.search import index

from haihe.releases.content import Content
from haihe.releases.models import Section
from haihe.releases.publishable import Cites, Publishable
from haihe.venues.blocks import ExhibitsBlock
from haihe.venues.domain.tours.document import Tour as Document
from haihe.venues.models.places import Venue


class Walk(Publishable):
    """What one walks through and an organisation publishes: a tour of panoramas, or an exhibition of artefacts.

    correction_note   public; goes out with the next release that changes what visitors see
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="%(class)ss", verbose_name=_("organisation")
    )
    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("venue")
    )
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True, max_length=1000)
    summary_en = models.TextField(_("summary, in English"), blank=True, max_length=1000)
    language = models.CharField(
        _("language"), max_length=12, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    section = models.ForeignKey(
        Section, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("section")
    )
    lead_picture = models.ForeignKey(
        get_image_model_string(), models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cover")
    )
    correction_note = models.TextField(
        _("what changed and why"),
        blank=True,
        max_length=1000,
        help_text=_("Public. Needed when you publish a change to something that is public already."),
    )
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)

    gate_actions = {"delete": None}  # nobody, not even a superuser: withdraw or erase

    search_fields = [
        index.SearchField("title", boost=4),
        index.AutocompleteField("title"),
        index.SearchField("title_en"),
        index.SearchField("summary", boost=2),
        index.FilterField("organisation_id"),
        index.FilterField("language"),
        index.FilterField("live"),
        index.FilterField("created_at"),
    ]

    class Meta:
        abstract = True
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["organisation", "-created_at"])]

    def __str__(self) -> str:
        return self.title

    def release_section(self) -> Section | None:
        return self.section

    def release_note(self) -> str:
        return self.correction_note

    def note_used(self) -> None:
        self.correction_note = ""
        type(self)._base_manager.filter(pk=self.pk).update(correction_note="")

    def warm(self) -> None:
        self.release_content()

    def forget(self) -> None:
        from haihe.venues.domain.publishing import forget

        forget(self)


class Tour(Walk):
    """One tour from its first scene to every release; what is walked through stands in `document`.

    document   as `domain.tours.reading.to_json` writes it
    """

    kind = "tour"

    document = models.JSONField(default=dict, blank=True)

    class Meta(Walk.Meta):
        verbose_name = _("tour")
        verbose_name_plural = _("tours")

    @cached_property
    def walked(self) -> Document:
        """The document as a value. Raises TourUnreadable where a hand in the database broke it."""
        from haihe.venues.domain.tours.reading import from_json

        return from_json(self.document or {})

    def release_content(self) -> Content:
        from haihe.venues.domain.contents import content_of

        return content_of(self)

    def release_citations(self) -> list[Cites]:
        from haihe.venues.domain.contents import citations_of

        return citations_of(self)

    def release_conditions(self) -> None:
        from haihe.venues.domain.publishing import require_walkable

        require_walkable(self)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.__dict__.pop("walked", None)


class Exhibition(Walk):
    """An exhibition 展览 without panoramas: its artefacts in order, and the rooms that begin between them.

    exhibits   room headings and artefacts; from them follow the rooms, their walls and where each work hangs
    """

    kind = "exhibition"

    exhibits = StreamField(ExhibitsBlock(required=False), blank=True, verbose_name=_("rooms and artefacts"))

    class Meta(Walk.Meta):
        verbose_name = _("exhibition")
        verbose_name_plural = _("exhibitions")

    def release_content(self) -> Content:
        from haihe.venues.domain.exhibitions.contents import content_of

        return content_of(self)

    def release_citations(self) -> list[Cites]:
        from haihe.venues.domain.exhibitions.contents import citations_of

        return citations_of(self)

    def release_conditions(self) -> None:
        from haihe.venues.domain.exhibitions.checking import require_showable

        require_showable(self)
