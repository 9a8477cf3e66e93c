"""What the archive keeps as OCFL objects: items, their copies in the stores, and the chain of events.

All of it can be made again from the objects: `haihe archive rebuild`.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.search import index


class Item(index.Indexed, models.Model):
    """One OCFL object: what was deposited together, with its versions.

    id          the object's identifier is urn:uuid:<id>
    head        number of the newest version
    inventory   sha512 of the newest inventory
    files, size   of the newest version; bytes
    """

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", _("deposit")
        SEGMENT = "segment", _("collected responses")
        LOG = "log", _("events of the archive")

    search_auto_update = False
    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "city.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="kept_items",
        verbose_name=_("organisation"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.DEPOSIT)
    title = models.CharField(pgettext_lazy("archive", "title"), max_length=300, blank=True)
    about = models.JSONField(_("description"), default=dict, blank=True)  # Dublin Core term → text or texts
    head = models.PositiveIntegerField(_("version"))
    inventory = models.CharField(max_length=128)
    files = models.PositiveIntegerField(_("files"), default=0)
    size = models.BigIntegerField(_("size"), default=0)
    created_at = models.DateTimeField(_("deposited"))
    changed_at = models.DateTimeField(_("newest version"))

    search_fields = [
        index.SearchField("title"),
        index.SearchField("told"),
        index.FilterField("organisation_id"),
        index.FilterField("kind"),
    ]

    class Meta:
        verbose_name = pgettext_lazy("archive", "item")
        verbose_name_plural = pgettext_lazy("archive", "items")
        indexes = [models.Index(fields=["organisation", "-changed_at"]), models.Index(fields=["kind", "-changed_at"])]
        constraints = [
            models.CheckConstraint(
                name="deposit_has_an_organisation", condition=~models.Q(kind="deposit", organisation=None)
            ),
            models.CheckConstraint(name="item_has_a_version", condition=models.Q(head__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title or self.identifier

    @property
    def identifier(self) -> str:
        return f"urn:uuid:{self.pk}"

    def told(self) -> str:
        """What is found besides the title: descriptions and names of files."""
        texts = [str(text) for value in self.about.values() for text in (value if isinstance(value, list) else [value])]
        if self.kind == self.Kind.DEPOSIT:
            texts += self.masters.values_list("path", flat=True)[:200]
        return "\n".join(texts)


class Copy(models.Model):
    """One object in one store, and what the last look at it found. What is known of it is not rebuilt, but looked up.

    head       newest version that lies there; smaller than the item's while the store is behind
    fault      empty where it is as it should be
    """

    item = models.ForeignKey(Item, models.CASCADE, related_name="copies")
    store = models.CharField(_("store"), max_length=40)
    head = models.PositiveIntegerField(_("version"))
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    fault = models.TextField(_("fault"), blank=True)

    gate_field = "item__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copies")
        constraints = [models.UniqueConstraint(fields=["item", "store"], name="one_copy_in_each_store")]
        indexes = [models.Index(fields=["store", "checked_at"])]


class Event(models.Model):
    """One PREMIS event, a link of the archive's chain; every field but the hash is hashed, see `domain.packing`.

    item and organisation are plain values: an event outlives what it names.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)  # 1, 2, 3 … without a gap
    at = models.DateTimeField(_("time"), db_index=True)
    type = models.CharField(
        _("event"), max_length=60, db_index=True
    )  # terms of id.loc.gov/vocabulary/preservation/eventType
    outcome = models.CharField(_("outcome"), max_length=20, db_index=True)  # "success", "fail", "warning"
    agent = models.CharField(_("agent"), max_length=80)  # "urn:uuid:…" of a person, or "haihe"
    item = models.UUIDField(pgettext_lazy("archive", "item"), null=True, db_index=True)
    organisation = models.CharField(_("organisation"), max_length=80, blank=True, db_index=True)  # its slug
    detail = models.JSONField(_("detail"), default=dict)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("event of the archive")
        verbose_name_plural = _("events of the archive")

    def __str__(self) -> str:
        return f"{self.number} {self.type}"


class Draft(models.Model):
    """A deposit on its way: its files arrive one by one as uploads, then they are kept as one item, of the same id.

    told   after it is kept: path → id of an earlier item of the same bytes that the depositor may see
    """

    class State(models.TextChoices):
        OPEN = "open", _("arriving")
        FINISHED = "finished", _("being kept")
        KEPT = "kept", _("kept")
        FAILED = "failed", _("not kept")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    title = models.CharField(pgettext_lazy("archive", "title"), max_length=300, blank=True)
    about = models.JSONField(default=dict, blank=True)
    rights = models.JSONField(default=dict, blank=True)
    single = models.BooleanField(default=False)  # kept as soon as its one upload has arrived
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, db_index=True)
    problem = models.TextField(blank=True)
    told = models.JSONField(default=dict, blank=True)
    begun_at = models.DateTimeField(pgettext_lazy("archive", "begun"), auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("deposit on its way")
        verbose_name_plural = _("deposits on their way")
        indexes = [models.Index(fields=["organisation", "-begun_at"])]

    def __str__(self) -> str:
        return self.title or str(self.pk)


class Upload(models.Model):
    """One file of a draft; what has arrived of it, its file on the disk says."""

    id = models.CharField(primary_key=True, max_length=32)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="uploads")
    path = models.TextField(_("path"))
    length = models.BigIntegerField(_("size"))
    media_type = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # what the sender says it is
    arrived_at = models.DateTimeField(null=True, blank=True)

    gate_field = "draft__organisation"
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "path"], name="one_upload_for_each_path")]


class Tombstone(models.Model):
    """An item that was purged: said in the transaction of the purge, and finished in every store after it.

    rest   where one file of several was erased by law: title, description and the other files' Masters, until they are
           kept as an item of their own
    """

    item = models.UUIDField(primary_key=True)
    organisation = models.ForeignKey("city.Organisation", models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=300, blank=True)
    why = models.TextField(blank=True)
    agent = models.CharField(max_length=80, default="haihe")
    purged_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    rest = models.JSONField(default=dict, blank=True)

    wagtail_reference_index_ignore = True
