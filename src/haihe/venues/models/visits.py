"""What visits leave: attention, classes and their annotations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from haihe.venues.domain.codes import new_code, new_key


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
