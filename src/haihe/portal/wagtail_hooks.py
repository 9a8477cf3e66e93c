"""The portal in Wagtail's admin: choosers, and fronts of organisations and sections."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from haihe.city.wagtail_gate import GatedSnippetViewSet
from haihe.portal.choosers import fact_sheet_chooser, section_chooser
from haihe.portal.models import OrganisationFront, SectionFront


@hooks.register("register_admin_viewset")
def choosers() -> list[Any]:
    return [section_chooser, fact_sheet_chooser]


class OrganisationFrontViewSet(GatedSnippetViewSet):
    """Who publishes for an organisation also arranges its front."""

    model = OrganisationFront
    icon = "home"
    menu_label = _("Fronts of organisations")
    add_to_admin_menu = True
    menu_order = 320
    list_display = ["__str__", "colour"]
    copy_view_enabled = False


class SectionFrontViewSet(SnippetViewSet):  # type: ignore[misc]
    """Only superusers: a section is the whole city's."""

    model = SectionFront
    icon = "folder-open-inverse"
    menu_label = _("Fronts of sections")
    add_to_admin_menu = True
    menu_order = 821
    copy_view_enabled = False


register_snippet(OrganisationFrontViewSet)
register_snippet(SectionFrontViewSet)
