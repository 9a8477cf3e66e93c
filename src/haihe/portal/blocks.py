"""The bands of which staff arrange a front."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.blocks import CharBlock, ChoiceBlock, IntegerBlock, ListBlock, StreamBlock, StructBlock, TextBlock

from haihe.base.web.icons import CHOICES
from haihe.portal.choosers import FactSheetChooserBlock, SectionChooserBlock
from haihe.releases.choosers import PublicationChooserBlock

_AUTOMATIC = _("Left empty, the newest stand here by themselves.")


class LeadBlock(StructBlock):  # type: ignore[misc]
    """One big story and up to four beneath it."""

    story = PublicationChooserBlock(label=_("leading story"), required=False, help_text=_AUTOMATIC)
    others = ListBlock(PublicationChooserBlock(), label=_("beneath it"), max_num=4, default=[], required=False)

    class Meta:
        icon = "pick"
        label = _("Lead")


class MosaicBlock(StructBlock):  # type: ignore[misc]
    """Up to nine stories in a grid; of five the first is large."""

    title = CharBlock(label=_("title"), required=False, max_length=60)
    stories = ListBlock(PublicationChooserBlock(), label=_("stories"), max_num=9, default=[], required=False)
    section = SectionChooserBlock(label=_("or the newest of a section"), required=False)
    count = IntegerBlock(label=_("how many"), min_value=1, max_value=9, default=5)

    class Meta:
        icon = "grip"
        label = _("Mosaic")


class StripBlock(StructBlock):  # type: ignore[misc]
    """One section: stories pinned by staff first, then its newest."""

    section = SectionChooserBlock(label=_("section"))
    pinned = ListBlock(PublicationChooserBlock(), label=_("pinned"), max_num=8, default=[], required=False)
    count = IntegerBlock(label=_("how many"), min_value=1, max_value=8, default=4)

    class Meta:
        icon = "folder-open-inverse"
        label = _("Section strip")


class LiveStripBlock(StructBlock):  # type: ignore[misc]
    """The newest by the minute, one line each; of one section or of all."""

    title = CharBlock(label=_("title"), required=False, max_length=60)
    section = SectionChooserBlock(label=_("only of a section"), required=False)
    count = IntegerBlock(label=_("how many"), min_value=3, max_value=12, default=5)

    class Meta:
        icon = "time"
        label = _("Live strip")


class MapBlock(StructBlock):  # type: ignore[misc]
    """The city's places on its own map, with the way to the large one."""

    title = CharBlock(label=_("title"), required=False, max_length=60)

    class Meta:
        icon = "site"
        label = _("Map")


class FiguresBlock(StructBlock):  # type: ignore[misc]
    """Up to four figures that a room vouches for, with what they come from."""

    title = CharBlock(label=_("title"), required=False, max_length=60)
    sheet = FactSheetChooserBlock(label=_("fact sheet"), help_text=_("Its figures become public with this front."))

    class Meta:
        icon = "table"
        label = _("Figures")


def check_address(value: str) -> None:
    """A link may lead within the portal or to an http(s) address, to mail or telephone; nowhere else."""
    parts = urlsplit(value)
    inside = value.startswith("/") and not value.startswith(("//", "/\\"))
    if (
        not inside
        and not (parts.scheme in {"http", "https"} and parts.netloc)
        and parts.scheme not in {"mailto", "tel"}
    ):
        raise ValidationError(_("Write an address that begins with / (here) or https:// (elsewhere)."))


class ServiceBlock(StructBlock):  # type: ignore[misc]
    title = CharBlock(label=_("title"), max_length=40)
    text = CharBlock(label=_("what it is for"), required=False, max_length=80)
    address = CharBlock(label=_("address"), max_length=500, validators=[check_address])
    icon = ChoiceBlock(label=_("icon"), choices=CHOICES, default="next")


class ServicesBlock(StructBlock):  # type: ignore[misc]
    """Links to what one can do: pay, ask, book, find."""

    title = CharBlock(label=_("title"), required=False, max_length=60)
    links = ListBlock(ServiceBlock(), label=_("services"), min_num=1, max_num=24)

    class Meta:
        icon = "link"
        label = _("Services")


class NoticeBlock(StructBlock):  # type: ignore[misc]
    """A plain word to everybody."""

    title = CharBlock(label=_("title"), required=False, max_length=120)
    text = TextBlock(label=_("text"), max_length=1000)
    kind = ChoiceBlock(
        label=_("kind"),
        choices=[("info", _("information")), ("warning", pgettext_lazy("portal", "warning"))],
        default="info",
    )

    class Meta:
        icon = "warning"
        label = _("Notice")


class FrontBlocks(StreamBlock):  # type: ignore[misc]
    lead = LeadBlock()
    mosaic = MosaicBlock()
    strip = StripBlock()
    live = LiveStripBlock()
    services = ServicesBlock()
    map = MapBlock()
    figures = FiguresBlock()
    notice = NoticeBlock()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
