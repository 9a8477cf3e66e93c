"""The register of places: a list, and a form that takes coordinates of any map in use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.snippets.models import register_snippet

from haihe.city.domain.coordinates import NoSuchPoint, Point, System, convert
from haihe.city.domain.slugs import free_slug
from haihe.city.models import Place
from haihe.city.wagtail_gate import GatedModelForm, GatedSnippetViewSet

SYSTEMS = [
    (System.WGS84.value, _("WGS-84: satellite receivers, drones, OpenStreetMap, Tianditu")),
    (System.GCJ02.value, _("GCJ-02: Amap, Tencent, Google in China")),
    (System.BD09.value, _("BD-09: Baidu")),
]


class PlaceForm(GatedModelForm):
    """Coordinates are kept as WGS-84; `system` says what the two numbers typed here are."""

    system = forms.ChoiceField(label=_("these coordinates are"), choices=SYSTEMS, initial=System.WGS84.value)
    slug = forms.SlugField(label=_("slug"), required=False, help_text=_("Left empty, it is made from the name."))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        longitude, latitude = cleaned.get("longitude"), cleaned.get("latitude")
        if (longitude is None) != (latitude is None) and not {"longitude", "latitude"} & set(self.errors):
            self.add_error("latitude", _("Give both coordinates or none."))
        elif longitude is not None and latitude is not None and "system" in cleaned:
            try:
                point = convert(Point(longitude, latitude), source=System(cleaned["system"]), target=System.WGS84)
            except NoSuchPoint:
                self.add_error("latitude", _("Longitude runs from -180 to 180 degrees, latitude from -90 to 90."))
            else:
                cleaned["longitude"], cleaned["latitude"] = point.longitude, point.latitude
        if not cleaned.get("slug") and cleaned.get("name"):
            cleaned["slug"] = free_slug(cleaned["name"], Place.objects.all(), "place")
        return cleaned


class PlaceViewSet(GatedSnippetViewSet):
    model = Place
    icon = "site"
    menu_label = _("Places")
    menu_order = 810
    list_display = ["name", "kind", "address", "organisation"]
    list_filter = ["kind"]
    ordering = "name"
    # A register of some thousand lines is searched in the database, in every field a person would type.
    search_fields = ["name", "name_en", "address"]
    search_backend_name = None
    base_form = PlaceForm
    panels = [
        FieldPanel("organisation"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en"), FieldPanel("name_hant")]),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("slug")]),
        FieldPanel("address"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("longitude"), FieldPanel("latitude")]), FieldPanel("system")],
            heading=_("Coordinates"),
        ),
    ]


register_snippet(PlaceViewSet)
