"""What the body of a manuscript is made of."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.images.blocks import ImageChooserBlock

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


class EmbedBlock(blocks.StructBlock):
    publication = PublicationChooserBlock(label=_("publication"))

    class Meta:
        icon = "link"
        label = _("Something already published")


class BodyBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("Text"), icon="pilcrow")
    picture = PictureBlock()
    gallery = GalleryBlock()
    quote = QuoteBlock()
    table = TableBlock(label=_("Table"), icon="table")
    embed = EmbedBlock()
    entry = EntryBlock()
