"""What the body of a manuscript is made of."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from haihe.archive.domain import films
from haihe.releases.choosers import PublicationChooserBlock

# No pictures and no embeds inside running text: those are blocks, so that each cites its Master.
TEXT_FEATURES = ["h2", "h3", "h4", "bold", "italic", "ol", "ul", "link", "blockquote", "hr"]
MOST_PICTURES = 60


class PictureBlock(blocks.StructBlock):
    picture = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=500)
    alt = blocks.CharBlock(
        label=_("text alternative"),
        required=False,
        max_length=300,
        help_text=_("What the picture shows, for who cannot see it; empty: the picture's own."),
    )

    class Meta:
        icon = "image"
        label = _("Picture")


class GalleryBlock(blocks.StructBlock):
    pictures = blocks.ListBlock(PictureBlock(), min_num=2, max_num=MOST_PICTURES, label=_("pictures"))

    class Meta:
        icon = "image"
        label = _("Gallery")


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("words"), rows=3)
    attribution = blocks.CharBlock(label=_("who said it"), required=False, max_length=200)

    class Meta:
        icon = "openquote"
        label = _("Quotation")


class EntryBlock(blocks.StructBlock):
    """One entry of a story that grows while something happens; readers see the newest first."""

    at = blocks.DateTimeBlock(label=_("when"), default=timezone.now)
    title = blocks.CharBlock(label=_("headline"), required=False, max_length=200)
    text = blocks.RichTextBlock(label=_("text"), features=["bold", "italic", "ol", "ul", "link"])

    class Meta:
        icon = "time"
        label = _("Live entry")


class CaptionsBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("captions"), help_text=_("A WebVTT file, from the attachments."))
    language = blocks.ChoiceBlock(label=_("language"), choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)

    class Meta:
        icon = "openquote"
        label = _("Captions")


class VideoBlock(blocks.StructBlock):
    """A film that plays where it stands; who cannot hear or see it reads captions, or what is said and shown."""

    video = DocumentChooserBlock(label=_("video"), help_text=_("MP4 (H.264) or WebM, from the attachments."))
    poster = ImageChooserBlock(label=_("poster"), help_text=_("Stands there until somebody plays it."))
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=500)
    credit = blocks.CharBlock(label=_("credit"), required=False, max_length=200)
    captions = blocks.ListBlock(CaptionsBlock(), label=_("captions"), max_num=4, default=[], required=False)
    transcript = blocks.TextBlock(
        label=_("what is said and shown"),
        required=False,
        max_length=40_000,
        help_text=_("Needed where there are no captions: for who cannot hear or see the film, and for the search."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        errors = {}
        if not _plays(cleaned["video"]):
            errors["video"] = ValidationError(_("This is no MP4 or WebM file that browsers play."))
        if not cleaned["captions"] and not cleaned["transcript"].strip():
            errors["transcript"] = ValidationError(_("Give captions, or write what is said and shown."))
        if any(_kind_of(one["file"]) != films.CAPTIONS for one in cleaned["captions"]):
            errors["captions"] = ValidationError(_("Captions are a WebVTT file in UTF-8 that begins with WEBVTT."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned

    class Meta:
        icon = "media"
        label = _("Video")


def _kind_of(attachment: Any) -> str:
    with attachment.file.open("rb") as file:
        return films.kind_of(file)


def _plays(attachment: Any) -> bool:
    return _kind_of(attachment).startswith("video/")


class EmbedBlock(blocks.StructBlock):
    publication = PublicationChooserBlock(label=_("publication"))

    class Meta:
        icon = "link"
        label = _("Something already published")


class EventBlock(blocks.StructBlock):
    """Something the public can go to; it stands in the story and on the page of what is on."""

    name = blocks.CharBlock(label=_("name"), max_length=200)
    starts = blocks.DateTimeBlock(label=_("begins"))
    ends = blocks.DateTimeBlock(label=_("ends"), required=False)
    place = blocks.CharBlock(label=_("place"), max_length=200)
    address = blocks.CharBlock(label=_("street address"), required=False, max_length=300)
    organiser = blocks.CharBlock(
        label=_("organiser"), required=False, max_length=200, help_text=_("Empty: the organisation that publishes.")
    )
    price = blocks.CharBlock(
        label=_("price"), required=False, max_length=100, help_text=_("In words, “40 yuan”; empty: not said.")
    )
    free = blocks.BooleanBlock(label=_("nobody pays"), required=False)
    tickets = blocks.URLBlock(label=_("ticket address"), required=False, max_length=500)
    status = blocks.ChoiceBlock(
        label=_("does it take place"),
        default="scheduled",
        choices=[("scheduled", _("as planned")), ("postponed", _("postponed")), ("cancelled", _("cancelled"))],
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["ends"] and cleaned["ends"] <= cleaned["starts"]:
            error = ValidationError(_("It ends before it begins. Give a later time, or leave the end empty."))
            raise blocks.StructBlockValidationError(block_errors={"ends": error})
        return cleaned

    class Meta:
        icon = "date"
        label = pgettext_lazy("something to go to", "Event")


class BodyBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("Text"), icon="pilcrow")
    picture = PictureBlock()
    gallery = GalleryBlock()
    quote = QuoteBlock()
    table = TableBlock(label=_("Table"), icon="table")
    embed = EmbedBlock()
    entry = EntryBlock()
    video = VideoBlock()
    event = EventBlock()
