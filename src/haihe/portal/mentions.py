"""Who wrote what, which places a story names, and how the words of its title sound: read out of each Release, so that
people, places and the search's suggestions know nothing but what is public."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Author(models.Model):
    """A name of bylines. `about` is written by staff; the name is never changed, it stands in Releases."""

    name = models.CharField(_("name"), max_length=200, unique=True, editable=False)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    about = models.TextField(_("about"), blank=True)
    about_en = models.TextField(_("about, in English"), blank=True)
    publications = models.ManyToManyField("releases.Publication", related_name="authors", editable=False)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Mention(models.Model):
    """A public story names a place of the register, in its title, summary or text."""

    place = models.ForeignKey("city.Place", models.CASCADE, related_name="mentions")
    publication = models.ForeignKey("releases.Publication", models.CASCADE, related_name="mentions")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "publication"], name="place_mentioned_once")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.publication_id}"


class TitleWord(models.Model):
    """A Han word of a public title and its sound in pinyin without tones, "haihe"."""

    publication = models.ForeignKey("releases.Publication", models.CASCADE, related_name="title_words")
    word = models.CharField(max_length=20)
    sound = models.CharField(max_length=120)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["sound", "word"])]
        constraints = [models.UniqueConstraint(fields=["publication", "word"], name="title_word_once")]

    def __str__(self) -> str:
        return f"{self.word} {self.sound}"


class Occasion(models.Model):
    """An event that a public story announces; `number` counts those of the story from 0, as its body has them."""

    publication = models.ForeignKey("releases.Publication", models.CASCADE, related_name="occasions")
    number = models.PositiveSmallIntegerField()
    starts = models.DateTimeField()
    ends = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "number"], name="occasion_once")]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.number}"
