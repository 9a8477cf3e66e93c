"""Pictures and documents that staff use in what they write; the file of each is a Master's bytes.

Originals are private: they lie outside the public media folder and are served only through the gate. Renditions are
public, under a folder name that nobody can guess before something published names it.
"""

from __future__ import annotations

import secrets
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition, WagtailImageField, get_upload_to
from wagtail.search import index

from haihe.archive.models.deposits import Master


class _Originals(FileSystemStorage):
    @property
    def base_location(self) -> str:
        return str(settings.HOME / "originals")

    @property
    def location(self) -> str:
        return self.base_location


def originals() -> Storage:
    """Where originals lie: private, below the home folder."""
    return _Originals(base_url="/admin/originals/")


def unguessable() -> str:
    """A folder name of 96 random bits."""
    return secrets.token_hex(12)


class Kept(models.Model):
    """A staff file with its organisation and the Master of its bytes."""

    organisation = models.ForeignKey(
        "city.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    master = models.ForeignKey(Master, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    folder = models.CharField(max_length=24, default=unguessable, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True

    def upload_path(self, filename: str) -> str:
        return f"{self.folder}/original{PurePosixPath(filename).suffix.lower()[:10]}"


class Picture(Kept, AbstractImage):  # type: ignore[django-manager-missing]  # Wagtail has no types
    """A picture with its text alternative (`description`), its credit, and what AI had to do with it: renditions of one
    that a model made say so."""

    class AI(models.TextChoices):
        GENERATED = "generated", _("made by AI")
        ASSISTED = "assisted", _("changed by AI, or with parts made by it")

    file = WagtailImageField(
        verbose_name=_("file"), upload_to=get_upload_to, storage=originals, width_field="width", height_field="height"
    )
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    ai = models.CharField(
        _("artificial intelligence"),
        max_length=10,
        choices=AI.choices,
        blank=True,
        default="",
        help_text=_("Every file that leaves then carries the label that the law asks for (GB 45438-2025)."),
    )

    admin_form_fields = (
        "organisation", "title", "file", "description", "credit", "ai", "tags",
        "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height",
    )  # fmt: skip
    search_fields = [*AbstractImage.search_fields, index.SearchField("credit"), index.FilterField("organisation_id")]

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        permissions = [("choose_picture", "Can choose picture")]

    def get_upload_to(self, filename: str) -> str:
        return self.upload_path(filename)

    @property
    def default_alt_text(self) -> str:
        return self.description

    def generate_rendition_file(self, filter: Any, *, source: Any = None) -> Any:
        from haihe.archive.domain.renditions import OurFilter

        return super().generate_rendition_file(OurFilter(filter.spec), source=source)


class PictureRendition(AbstractRendition):
    """One size of a picture, public."""

    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter")
        ]

    def get_upload_to(self, filename: str) -> str:
        return f"pictures/{self.image.folder}/{PurePosixPath(filename).name.removeprefix('original.')}"


class Attachment(Kept, AbstractDocument):  # type: ignore[django-manager-missing]
    """A file that staff offer for download."""

    file = models.FileField(_("file"), upload_to=get_upload_to, storage=originals)
    admin_form_fields = ("organisation", "title", "file", "tags")
    search_fields = [*AbstractDocument.search_fields, index.FilterField("organisation_id")]

    class Meta(AbstractDocument.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        permissions = [("choose_attachment", "Can choose attachment")]

    def get_upload_to(self, filename: str) -> str:
        return self.upload_path(filename)


def keep_master(sender: type[models.Model], instance: Picture | Attachment, **_kwargs: Any) -> None:
    """Deposit the bytes of a new or replaced file before its row is written."""
    from haihe.archive.domain.deposits import deposit

    file = instance.file
    if not file or getattr(file, "_committed", True):
        return
    file.seek(0)
    instance.master = deposit(
        file.file,
        organisation=instance.organisation,
        source_kind="upload",
        filename=file.name or "",
        by=instance.uploaded_by_user,
    )
    file.seek(0)


def relabel(sender: type[models.Model], instance: Picture, **_kwargs: Any) -> None:
    """Renditions of a picture whose AI label changes are made again; addresses of the image service ask again."""
    before = Picture.objects.filter(pk=instance.pk).values_list("ai", flat=True).first()
    if before is None or before == instance.ai:
        return
    from haihe.archive.domain import granting

    for rendition in instance.renditions.all():
        rendition.delete()
    if instance.master_id:
        granting.tell_changed([str(instance.master_id)])


models.signals.pre_save.connect(keep_master, sender=Picture)
models.signals.pre_save.connect(relabel, sender=Picture)
models.signals.pre_save.connect(keep_master, sender=Attachment)
