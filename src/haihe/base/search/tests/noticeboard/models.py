"""Things to be found, of every kind of field that a search meets."""

from __future__ import annotations

from django.db import models
from modelsearch import index
from modelsearch.queryset import SearchableQuerySetMixin


class Bureau(models.Model):
    name = models.CharField(max_length=100)

    class Meta:
        app_label = "noticeboard"

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    word = models.CharField(max_length=100)

    class Meta:
        app_label = "noticeboard"

    def __str__(self) -> str:
        return self.word


class NoticeQuerySet(SearchableQuerySetMixin, models.QuerySet["Notice"]):
    pass


class Notice(index.Indexed, models.Model):
    title = models.CharField(max_length=500)
    body = models.TextField(blank=True)
    kind = models.CharField(max_length=20, default="story")
    section_id = models.IntegerField(null=True)
    organisation_id = models.BigIntegerField(default=1)
    live = models.BooleanField(default=True)
    heat = models.FloatField(null=True)
    published = models.DateTimeField(null=True)
    bureau = models.ForeignKey(Bureau, models.CASCADE, null=True)
    labels = models.ManyToManyField(Label)
    secret = models.CharField(max_length=20, blank=True)  # no FilterField

    objects = NoticeQuerySet.as_manager()

    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.SearchField("body"),
        index.FilterField("title"),
        index.FilterField("kind"),
        index.FilterField("section_id"),
        index.FilterField("organisation_id"),
        index.FilterField("live"),
        index.FilterField("heat"),
        index.FilterField("published"),
        index.FilterField("bureau"),
        index.FilterField("title_length"),
        index.RelatedFields("bureau", [index.SearchField("name"), index.FilterField("name")]),
        index.RelatedFields("labels", [index.SearchField("word"), index.FilterField("word")]),
    ]

    class Meta:
        app_label = "noticeboard"

    def __str__(self) -> str:
        return self.title

    def title_length(self) -> int:
        if self.title == "FAILS":
            raise ValueError("this row cannot be read")
        return len(self.title)


class Tender(Notice):
    """A notice of a more special kind, in a table of its own."""

    amount = models.IntegerField(default=0)

    search_fields = [*Notice.search_fields, index.FilterField("amount")]

    class Meta:
        app_label = "noticeboard"


class Bulletin(index.Indexed, models.Model):
    """Comes in bulk: nothing is journalled by saving."""

    headline = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, default="bulletin")
    organisation_id = models.BigIntegerField(default=1)

    search_auto_update = False
    search_fields = [
        index.SearchField("headline"),
        index.FilterField("kind"),
        index.FilterField("organisation_id"),
    ]

    class Meta:
        app_label = "noticeboard"

    def __str__(self) -> str:
        return self.headline
