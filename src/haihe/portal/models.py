"""What staff arrange by hand: fronts and plain pages, in Wagtail's tree.

Beside the tree: CityLook, OrganisationFront and SectionFront, see `looks`; CityMap, see `basemaps`.

(root) ── home 首页 (zh-hans, site root) ── about, accessibility …
             └── en, the English home     ── about, accessibility …
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from haihe.base.web.languages import PREFIXES
from haihe.portal.blocks import FrontBlocks

RICH = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "hr", "embed"]


class HomePage(Page):  # type: ignore[misc]
    """The front of one language. Left empty, it makes itself of the newest."""

    language = models.CharField(
        _("language"), max_length=12, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    front = StreamField(FrontBlocks(), verbose_name=_("front"), blank=True, default=list)

    content_panels = [*Page.content_panels, FieldPanel("language"), FieldPanel("front")]
    parent_page_types = ["wagtailcore.Page", "portal.HomePage"]
    subpage_types = ["portal.PlainPage", "portal.HomePage"]

    class Meta:
        verbose_name = _("home front")
        verbose_name_plural = _("home fronts")

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        from haihe.portal.views.pages import render_home

        return render_home(request, self)


class PlainPage(Page):  # type: ignore[misc]
    """A page of plain words: about, accessibility, imprint. Its address is /<slug>/ in its home's language."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = RichTextField(_("text"), features=RICH, blank=True)
    in_footer = models.BooleanField(_("link in the footer"), default=True)

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body"), FieldPanel("in_footer")]
    parent_page_types = ["portal.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")

    @property
    def language(self) -> str:
        return self.get_parent().specific.language

    @property
    def public_path(self) -> str:
        return f"{PREFIXES.get(self.language, '')}/{self.slug}/"

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        from haihe.portal.views.pages import render_plain

        return render_plain(request, self)


# Django finds an app's models through this module.
from haihe.portal.basemaps import CityMap  # noqa: E402
from haihe.portal.looks import CityLook, OrganisationFront, SectionFront  # noqa: E402
from haihe.portal.mentions import Author, Mention, Occasion, TitleWord  # noqa: E402

__all__ = [
    "Author",
    "CityLook",
    "CityMap",
    "HomePage",
    "Mention",
    "Occasion",
    "OrganisationFront",
    "PlainPage",
    "SectionFront",
    "TitleWord",
]
