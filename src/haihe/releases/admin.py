"""Staff pages for how public things are arranged: sections, which are the city's, and topics, which an organisation
follows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from haihe.city.wagtail_gate import GatedSnippetViewSet
from haihe.releases.models import Section, Topic


class SectionViewSet(SnippetViewSet):
    """Only superusers: a section is the whole city's."""

    model = Section
    icon = "list-ul"
    menu_label = _("Sections")
    add_to_admin_menu = True
    menu_order = 820
    list_display = ["name", "name_en", "slug", "order"]
    search_fields = ["name", "name_en", "slug"]
    search_backend_name = None  # a dozen lines
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel([FieldPanel("slug"), FieldPanel("order")]),
    ]


class TopicViewSet(GatedSnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    add_to_admin_menu = True
    menu_order = 310
    list_display = [
        "name",
        "name_en",
        "slug",
        Column("organisation", label=_("organisation"), accessor="organisation.name"),
    ]
    ordering = "name"
    search_fields = ["name", "name_en", "slug"]
    search_backend_name = None  # some hundred lines
    panels = [
        FieldPanel("organisation", heading=_("organisation")),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldPanel("slug"),
        FieldPanel("about"),
    ]
