"""What walks are made of: panoramas, what they were made from, and what hotspots play."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


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
