"""Other names of organisations, places and people, by which they are recognised in what arrives."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from haihe.city.wagtail_gate import GatedSnippetViewSet
from haihe.newsroom.models import Alias


class AliasViewSet(GatedSnippetViewSet):
    model = Alias
    icon = "tag"
    menu_label = _("Other names")
    menu_order = 815
    list_display = ["text", "organisation", "place", "person", "owner"]
    ordering = "text"
    search_fields = ["text"]
    search_backend_name = None
    panels = [
        FieldPanel("owner"),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("organisation"), FieldPanel("place"), FieldPanel("person")]),
    ]
