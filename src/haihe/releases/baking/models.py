"""Which pages are baked, from what, and which are behind."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Clock(models.Model):
    """One row. Every marking moves `tick` and holds the row until it commits, so ticks commit in order: whoever reads
    a tick sees everything that was marked up to it.

    fingerprint   of the templates, code and settings that pages are to be baked with
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    tick = models.PositiveBigIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="one_clock", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return str(self.tick)


class KeyTick(models.Model):
    """When a key was last marked."""

    key = models.CharField(max_length=200, primary_key=True)
    tick = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return self.key


class BakedPage(models.Model):
    """One public address that is baked.

    dirty_since   since when its files are behind; empty: they are as the database says
    dirty_tick    the last marking that touched it; baking that began before it does not clean the page
    baked_tick    the clock when the last baking began; an older baking never overwrites a newer one
    priority      who goes first: own page of a release, fronts and feeds, the rest
    problem       why the last baking failed; the old files stay in place
    """

    class Priority(models.IntegerChoices):
        OWN = 0, _("own page of a release")
        FRONT = 1, _("front or feed")
        REST = 2, _("other page")

    path = models.CharField(_("address"), max_length=900, unique=True)
    language = models.CharField(_("language"), max_length=12)
    publication = models.ForeignKey(
        "releases.Publication", models.SET_NULL, null=True, blank=True, related_name="baked_pages"
    )
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    etag = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=120, blank=True)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    baked_at = models.DateTimeField(_("baked"), null=True)
    changed_at = models.DateTimeField(_("bytes changed"), null=True)
    baked_tick = models.PositiveBigIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, blank=True)
    dirty_since = models.DateTimeField(_("behind since"), null=True, db_index=True)
    dirty_tick = models.PositiveBigIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.REST)
    claimed_until = models.DateTimeField(null=True)
    problem = models.TextField(_("problem"), blank=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("baked page")
        verbose_name_plural = _("baked pages")
        # The baker's two questions, each answered by the head of an index however many pages there are.
        indexes = [
            models.Index(fields=["fingerprint", "priority"], name="page_by_template"),
            models.Index(
                fields=["priority", "dirty_since"],
                name="page_behind",
                condition=models.Q(dirty_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.path


class Dependency(models.Model):
    """A page was made from what this key names."""

    page = models.ForeignKey(BakedPage, models.CASCADE, related_name="dependencies")
    key = models.CharField(max_length=200, db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "key"], name="dependency_once")]

    def __str__(self) -> str:
        return self.key


class LastKeys(models.Model):
    """The keys a publication last stood under, so that a story that moves leaves its old section's front too."""

    publication = models.OneToOneField("releases.Publication", models.CASCADE, related_name="+")
    keys = models.JSONField(default=list)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return ", ".join(self.keys)
