"""What the public wrote, and whether it stands."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Voice(models.Model):
    """One thing somebody wrote to a publication. Nothing is kept of who it was but the name they gave.

    place       where it is meant to stand: "guestbook"
    language    of the page on which it was written
    text        in plain words
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to be looked at")
        SHOWN = "shown", _("let stand")
        HIDDEN = "hidden", _("hidden")

    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+")
    publication = models.ForeignKey("releases.Publication", models.CASCADE, related_name="voices")
    place = models.CharField(max_length=20, default="guestbook")
    author = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=1000)
    language = models.CharField(max_length=12, default="zh-hans")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    said_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("entry of the public")
        verbose_name_plural = _("entries of the public")
        indexes = [
            models.Index(fields=["state", "-said_at"]),
            models.Index(fields=["publication", "place", "state", "-said_at"]),
        ]

    def __str__(self) -> str:
        return self.text[:60]
