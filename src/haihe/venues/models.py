"""Venues and scenic spots, the panoramas made for them, and the tours and exhibitions that are published."""

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
from haihe.venues.domain.codes import new_code, new_key
from haihe.venues.domain.tours.document import Tour as Document


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


class Panorama(models.Model):
    """A Master that is a panorama, and the state of the tiles made from it; the tiles are a derivative of its Blob.

    tiles     what the tiles' manifest says; empty until they are there. `halves`: of a stereo picture, by their names
    problem   why there are none
    layout    what staff say of one or two pictures in it; "" where file and shape decide
    swapped   staff exchanged the eyes: the second half is the left one's
    master    None until it is made, of a panorama that is made from other Masters
    recipe    how it is made from its ingredients (domain/making.py); empty where the Master is what came in
    origin    the panorama that a recipe retouches
    film      that moves where the panorama is one picture of it
    found     faces and plates that were proposed, and what staff decided (domain/masking.py); empty: never looked for
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        TILING = "tiling", _("being cut")
        READY = "ready", _("ready")
        FAILED = "failed", _("not usable")

    class Layout(models.TextChoices):
        MONO = "mono", _("one picture for both eyes")
        OVER = "top-bottom", _("stereo, one above the other")
        BESIDE = "left-right", _("stereo, side by side")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+")
    master = models.ForeignKey("archive.Master", models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="retouched")
    recipe = models.JSONField(default=dict, blank=True)
    film = models.ForeignKey("venues.MediaFile", models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    tiles = models.JSONField(default=dict, blank=True)
    problem = models.TextField(blank=True)
    layout = models.CharField(max_length=12, choices=Layout.choices, blank=True)
    swapped = models.BooleanField(default=False)
    found = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("panorama")
        verbose_name_plural = _("panoramas")
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["master"], name="one_panorama_a_master")]
        indexes = [models.Index(fields=["organisation", "-made_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def eyes(self) -> list[str]:
        """The halves of the left and the right eye; empty where both see the same."""
        halves = self.tiles.get("halves") or []
        return list(reversed(halves)) if self.swapped else list(halves)


class Ingredient(models.Model):
    """A Master from which a panorama is made. name: of its file; place: in the order in which the recipe takes them."""

    panorama = models.ForeignKey(Panorama, models.CASCADE, related_name="ingredients")
    master = models.ForeignKey("archive.Master", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    place = models.PositiveSmallIntegerField(default=0)

    gate_field = "panorama__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("ingredient of a panorama")
        verbose_name_plural = _("ingredients of panoramas")
        ordering = ["place"]

    def __str__(self) -> str:
        return self.name


class MediaFile(models.Model):
    """A Master that a hotspot plays or shows: video, captions, a recording, a 3D object.

    facts   what was seen when it was taken in: bytes; of an object also triangles and pictures
    """

    class Kind(models.TextChoices):
        VIDEO = "video", _("video")
        SOUND = "audio", _("recording")
        CAPTIONS = "captions", _("captions")
        OBJECT = "object", _("3D object")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+")
    master = models.ForeignKey("archive.Master", models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    media_type = models.CharField(max_length=40)
    facts = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("media file")
        verbose_name_plural = _("media files")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["organisation", "-made_at"])]

    def __str__(self) -> str:
        return self.title


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


class Attention(models.Model):
    """How long visitors of one day looked where in one scene of a tour: sums, of which nobody can be found again.

    seconds    in this scene, by all
    cells      "number of the cell" → seconds for which the middle of the view was in it (domain/attention.py)
    hotspots   id → seconds for which it was the one looked at, or read
    """

    publication = models.ForeignKey("releases.Publication", models.CASCADE, related_name="+")
    day = models.DateField()
    scene = models.CharField(max_length=40)
    seconds = models.PositiveIntegerField(default=0)
    cells = models.JSONField(default=dict)
    hotspots = models.JSONField(default=dict)

    gate_field = "publication__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("attention")
        verbose_name_plural = _("attention")
        constraints = [models.UniqueConstraint(fields=["publication", "day", "scene"], name="attention_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.scene}"


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


class Lesson(models.Model):
    """A class 课堂 that looks at a tour or an exhibition together: whoever has its code may annotate.

    code   in its address; `open`: whether annotations are taken
    """

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    publication = models.ForeignKey(
        "releases.Publication", models.CASCADE, related_name="+", verbose_name=_("tour or exhibition"),
        limit_choices_to={"kind__in": ("tour", "exhibition"), "state": "published"},
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=200)
    code = models.CharField(max_length=12, unique=True, editable=False, default=new_code)
    open = models.BooleanField(_("annotations are taken"), default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.title


class Annotation(models.Model):
    """A part of a scene or a picture that somebody of a class wrote about; the words are a Voice, which staff decide.

    target           key of the scene or picture (domain/lessons.py)
    x … height       in hundredths of a per cent of the picture; a spot has no width
    key              whoever has it may take the annotation back
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="annotations")
    voice = models.ForeignKey("voices.Voice", models.CASCADE, related_name="+")
    target = models.CharField(max_length=90)
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=32, default=new_key)

    gate_field = "lesson__organisation"
    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.target
