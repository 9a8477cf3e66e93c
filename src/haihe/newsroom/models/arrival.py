"""What an item got at arrival beside its own fields, and what staff changed of it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.newsroom.models.items import Item

THINGS = ("organisation", "place", "person")


def _one_thing() -> models.Q:
    """Exactly one of the three is named."""
    one = models.Q()
    for kind in THINGS:
        one |= models.Q(**{f"{other}__isnull": other != kind for other in THINGS})
    return one


class _OfTheDirectory(models.Model):
    """Names one organisation, place or person of the city's directory."""

    organisation = models.ForeignKey(
        "city.Organisation", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    place = models.ForeignKey(
        "city.Place", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )

    class Meta:
        abstract = True

    @property
    def kind(self) -> str:
        return next(kind for kind in THINGS if getattr(self, f"{kind}_id") is not None)

    @property
    def thing_id(self) -> int:
        return int(getattr(self, f"{self.kind}_id"))


class Mention(_OfTheDirectory):
    """An item names something of the directory: `text` is how it stands there, `count` how often."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="mentions")
    text = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)

    gate_field = "item__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-count", "id"]
        constraints = [models.CheckConstraint(name="mention_of_one_thing", condition=_one_thing())]


class Alias(_OfTheDirectory):
    """Another name of something of the directory, found in what arrives as its own name is. Kept by `owner`."""

    text = models.CharField(_("also called"), max_length=200)
    owner = models.ForeignKey("city.Organisation", models.CASCADE, related_name="+", verbose_name=_("kept by"))

    gate_field = "owner"
    gate_actions = {"add": "edit", "change": "edit", "delete": "edit"}

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering = ["text", "id"]
        constraints = [models.CheckConstraint(name="alias_of_one_thing", condition=_one_thing())]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if sum(getattr(self, f"{kind}_id") is not None for kind in THINGS) != 1:
            raise ValidationError(_("Choose one thing: an organisation, a place or a person."))


class LeadPicture(models.Model):
    """A picture of an item, brought and made small.

    master     of the picture's own bytes, or of the delivery it lay in; None where it could not be had
    file       of the derivative, below the home folder (newsroom.domain.leads); empty where there is none
    width, height   of the original, in pixels
    problem    why there is no derivative, in English; problem_code names its kind
    """

    item = models.ForeignKey(Item, models.CASCADE, related_name="pictures")
    url = models.CharField(max_length=2000)
    caption = models.CharField(max_length=500, blank=True)
    credit = models.CharField(max_length=200, blank=True)
    master = models.ForeignKey("archive.Master", models.PROTECT, null=True, blank=True, related_name="+")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=100, blank=True)
    problem = models.TextField(blank=True)
    problem_code = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    gate_field = "item__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "url"], name="lead_picture_once")]


class ItemEdit(models.Model):
    """Staff changed what a machine had said of an item; `before` and `after` are plain JSON of that one thing."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="edits")
    what = models.CharField(max_length=20)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    touched_before = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    gate_field = "item__organisation"

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-at", "-id"]
