"""How the city signs its pages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="globe")
class Identity(BaseGenericSetting):
    """The city's name and lines in both languages; one row."""

    name = models.CharField(_("name"), max_length=60, blank=True, help_text=_("Empty: the name from haihe.toml."))
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    tagline = models.CharField(_("line under the name"), max_length=80, blank=True)
    tagline_en = models.CharField(_("line under the name, in English"), max_length=120, blank=True)
    about = models.TextField(_("about the portal (footer)"), blank=True)
    about_en = models.TextField(_("about the portal, in English"), blank=True)
    contact = models.TextField(_("contact (footer)"), blank=True)
    contact_en = models.TextField(_("contact, in English"), blank=True)

    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel([FieldPanel("tagline"), FieldPanel("tagline_en")]),
        MultiFieldPanel([FieldPanel("about"), FieldPanel("about_en")], heading=_("about")),
        MultiFieldPanel([FieldPanel("contact"), FieldPanel("contact_en")], heading=_("contact")),
    ]

    class Meta:
        verbose_name = _("name of the portal")
