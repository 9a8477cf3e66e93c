"""Venues and scenic spots."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model_string
from wagtail.search import index


class Venue(index.Indexed, models.Model):
    """A museum, a memorial hall, a gallery or a scenic spot, as its page and its card show it.

    rank    of a scenic spot 旅游景区质量等级, GB/T 17775: "5A" … "1A", "" where it has none
    hours, tickets   as visitors read them, with their English beside
    theme, era, district   by which visitors find it; "" and None where nobody said
    """

    class Kind(models.TextChoices):
        MUSEUM = "museum", _("museum")
        MEMORIAL = "memorial", _("memorial hall")
        GALLERY = "gallery", _("gallery")
        SCENIC_SPOT = "scenic_spot", _("scenic spot")
        PERFORMANCE = "performance", _("theatre or concert hall")
        OTHER = "other", _("other venue")

    class Rank(models.TextChoices):
        A5 = "5A", _("5A scenic spot")
        A4 = "4A", _("4A scenic spot")
        A3 = "3A", _("3A scenic spot")
        A2 = "2A", _("2A scenic spot")
        A1 = "1A", _("1A scenic spot")

    class Theme(models.TextChoices):
        HISTORY = "history", _("history and archaeology")
        RED = "red", _("revolutionary memory")
        ART = "art", _("art and craft")
        FOLK = "folk", _("intangible heritage and customs")
        BUILDINGS = "buildings", _("buildings and old streets")
        NATURE = "nature", _("gardens, rivers and hills")
        SCIENCE = "science", _("science and industry")
        STAGE = "stage", _("stage and music")

    class Era(models.TextChoices):
        ANCIENT = "ancient", _("before 1840")
        MODERN = "modern", _("1840 to 1949")
        TODAY = "today", _("since 1949")

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="venues", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.MUSEUM)
    rank = models.CharField(_("rank"), max_length=2, choices=Rank.choices, blank=True)
    place = models.ForeignKey(
        "city.Place", models.PROTECT, null=True, blank=True, related_name="venues", verbose_name=_("place")
    )
    theme = models.CharField(_("theme"), max_length=20, choices=Theme.choices, blank=True)
    era = models.CharField(_("era"), max_length=20, choices=Era.choices, blank=True)
    district = models.ForeignKey(
        "city.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("district"),
        limit_choices_to={"kind": "district"},
    )  # fmt: skip
    about = models.TextField(_("about"), blank=True, max_length=2000)
    about_en = models.TextField(_("about, in English"), blank=True, max_length=2000)
    hours = models.CharField(_("opening hours"), max_length=300, blank=True)
    hours_en = models.CharField(_("opening hours, in English"), max_length=300, blank=True)
    tickets = models.CharField(_("tickets"), max_length=300, blank=True)
    tickets_en = models.CharField(_("tickets, in English"), max_length=300, blank=True)
    picture = models.ForeignKey(
        get_image_model_string(), models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )

    wagtail_reference_index_ignore = True

    search_fields = [
        index.SearchField("name", boost=4),
        index.SearchField("name_en"),
        index.SearchField("about"),
        index.FilterField("organisation_id"),
    ]

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
