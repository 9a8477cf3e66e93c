"""What an exhibition is made of: artefacts one after the other, and the rooms they stand in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class Walls(models.TextChoices):
    """What the walls of a room look like."""

    PAPER = "paper", _("rice paper")
    SAND = "sand", _("warm grey")
    RIVER = "river", _("river blue")
    CELADON = "celadon", _("celadon green")
    CINNABAR = "cinnabar", _("dark red")
    NIGHT = "night", _("night, for few lamps")


class RoomBlock(blocks.StructBlock):
    """The heading over what follows: with it a new room begins."""

    title = blocks.CharBlock(label=_("title"), max_length=120)
    text = blocks.TextBlock(label=_("what this room is about"), required=False, max_length=4000, rows=4)
    walls = blocks.ChoiceBlock(label=_("walls"), choices=Walls.choices, default=Walls.PAPER)
    title_en = blocks.CharBlock(label=_("title, in English"), required=False, max_length=120)
    text_en = blocks.TextBlock(label=_("text, in English"), required=False, max_length=4000, rows=3)

    class Meta:
        icon = "title"
        label = _("Room")


class ArtefactBlock(blocks.StructBlock):
    picture = ImageChooserBlock(label=_("picture"))
    title = blocks.CharBlock(label=_("title"), max_length=200)
    about = blocks.CharBlock(
        label=_("label line"),
        required=False,
        max_length=200,
        help_text=_("As on a museum's label: who made it, when, of what."),
    )
    text = blocks.TextBlock(label=_("text"), required=False, max_length=10_000, rows=5)
    alt = blocks.CharBlock(
        label=_("what is seen, for who cannot see it"),
        required=False,
        max_length=300,
        help_text=_("Empty: the picture's own."),
    )
    width = blocks.IntegerBlock(
        label=_("true width, in millimetres"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("It hangs in its true size, but what is too small or too large for a wall; the label says so."),
    )
    alt_en = blocks.CharBlock(label=_("what is seen, in English"), required=False, max_length=300)
    title_en = blocks.CharBlock(label=_("title, in English"), required=False, max_length=200)
    about_en = blocks.CharBlock(label=_("label line, in English"), required=False, max_length=200)
    text_en = blocks.TextBlock(label=_("text, in English"), required=False, max_length=10_000, rows=4)

    class Meta:
        icon = "image"
        label = _("Artefact")


class ExhibitsBlock(blocks.StreamBlock):
    room = RoomBlock()
    artefact = ArtefactBlock()

    class Meta:
        max_num = 400
