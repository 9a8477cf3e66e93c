"""How the city and its organisations look, and how their fronts and those of sections are arranged."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin

from haihe.base.web.colours import HEX, asked_of, judge
from haihe.portal.blocks import FrontBlocks


def check_colour(value: str) -> None:
    """A colour that readers can tell from every ground of the light theme; the other themes derive theirs from it.

    Raises ValidationError, naming the contrast found, the one needed and the nearest colour that has it.
    """
    if not HEX.fullmatch(value):
        raise ValidationError(_("Write the colour as # and six digits 0-9 a-f, as in #0b5567."))
    found = judge(value)
    if found is not None:
        raise ValidationError(
            _(
                "%(colour)s cannot be read: its contrast with the ground is %(ratio)s : 1, and text needs at least "
                "%(least)s : 1. The nearest that can be read is %(nearest)s."
            )
            % {
                "colour": value,
                "ratio": f"{found.ratio:.1f}",
                "least": asked_of(found.theme),
                "nearest": found.nearest,
            }
        )


class Look(models.Model):
    """Colour, logo and typeface. An empty field keeps what Haihe, or the city, has."""

    class Typeface(models.TextChoices):
        SERIF = "", _("serif 宋体")
        SANS = "sans", _("sans 黑体")
        KAI = "kai", _("regular script 楷体, where the reader has it")

    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[check_colour],
        help_text=_("Of links, buttons and rules, as #0b5567. Dark pages get a shade of it that can be read."),
    )
    logo = models.ForeignKey(
        get_image_model_string(), models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    typeface = models.CharField(
        _("typeface of titles"), max_length=8, choices=Typeface.choices, default=Typeface.SERIF, blank=True
    )

    panels = [FieldRowPanel([FieldPanel("colour"), FieldPanel("typeface")]), FieldPanel("logo")]

    class Meta:
        abstract = True


class LookForm(WagtailAdminModelForm):  # type: ignore[misc]
    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).strip().lower()


@register_setting(icon="image")
class CityLook(Look, BaseGenericSetting):
    """How every public page looks; one row."""

    base_form_class = LookForm

    class Meta:
        verbose_name = _("look of the portal")


class Drafted(PreviewableMixin, DraftStateMixin, RevisionMixin, models.Model):  # type: ignore[misc]
    """What readers see of it is the row, while `live`; a draft is a revision, and can be looked at before it counts."""

    class Meta:
        abstract = True

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from haihe.portal.views.pages import preview_of_front

        return preview_of_front(request, self)


class OrganisationFront(Drafted, Look):
    """The public page of one organisation: its look, and its bands. Without bands its newest stand there."""

    organisation = models.OneToOneField(
        "city.Organisation", models.PROTECT, related_name="front", verbose_name=_("organisation")
    )
    front = StreamField(FrontBlocks(), verbose_name=_("front"), blank=True, default=list)

    base_form_class = LookForm
    gate_actions = {"add": "publish", "change": "publish", "delete": "publish"}
    panels = [
        FieldPanel("organisation", heading=_("organisation")),
        MultiFieldPanel(Look.panels, heading=_("look")),
        FieldPanel("front"),
    ]

    class Meta:
        verbose_name = _("front of an organisation")
        verbose_name_plural = _("fronts of organisations")
        ordering = ["organisation__path"]

    def __str__(self) -> str:
        return self.organisation.name


class SectionFront(Drafted):
    """The first page of one section, arranged by hand; older stories follow beneath the bands."""

    section = models.OneToOneField("releases.Section", models.CASCADE, related_name="front", verbose_name=_("section"))
    front = StreamField(FrontBlocks(), verbose_name=_("front"), blank=True, default=list)

    panels = [FieldPanel("section"), FieldPanel("front")]

    class Meta:
        verbose_name = _("front of a section")
        verbose_name_plural = _("fronts of sections")
        ordering = ["section__order"]

    def __str__(self) -> str:
        return self.section.name
