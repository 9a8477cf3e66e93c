"""The map of the city, and one place."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from haihe.base.web.chrome import Link
from haihe.base.web.headers import open_to_tiles
from haihe.base.web.languages import public_path
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain import structured
from haihe.portal.domain.listing import for_readers, published, teasers
from haihe.portal.domain.mapping import city_drawing
from haihe.portal.domain.places import coordinates, geojson, public_places, shown_place, shown_places
from haihe.portal.domain.sections import in_language
from haihe.portal.models import CityMap
from haihe.releases.baking import baked, depends_on

SHOWN = 60


@baked
@in_its_language
def city_map(request: HttpRequest) -> HttpResponse:
    depends_on("navigation", "places", "map")
    context = {
        "places": shown_places(),
        "drawing": city_drawing(),
        "crumbs": [Link(_("Map of the city"), public_path("/map/"))],
    }
    return _with_map(request, "portal/map.html", context)


@baked
@in_its_language
def places_geojson(request: HttpRequest) -> HttpResponse:
    depends_on("places")
    return JsonResponse(
        geojson(shown_places()), content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )


@baked
@in_its_language
def place(request: HttpRequest, slug: str) -> HttpResponse:
    depends_on("navigation", "places", "map", f"place:{slug}")
    found = public_places().filter(slug=slug).prefetch_related("organisations").first()
    if found is None:
        raise Http404
    stories = published().filter(mentions__place=found)
    listed = for_readers(stories)
    shown = shown_place(found, listed.count())
    shown_stories = teasers(listed[:SHOWN])
    crumbs = [Link(_("Map of the city"), public_path("/map/")), Link(shown.name, shown.path)]
    context = {
        "place": shown,
        "coordinates": coordinates(shown),
        "drawing": city_drawing(found),
        "organisations": _organisations_at(found),
        "teasers": shown_stories,
        "crumbs": crumbs,
        "data": structured.script(
            structured.place_page(found, shown_stories), structured.breadcrumbs(crumbs, _("Home"))
        ),
    }
    return _with_map(request, "portal/place.html", context)


def _with_map(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    base_map = CityMap.objects.first()
    tiles_from = base_map.origin if base_map else ""
    response = render(request, template, {**context, "base_map": base_map, "tiles_from": tiles_from})
    open_to_tiles(response, tiles_from)
    return response


def _organisations_at(found: object) -> list[Link]:
    shown = published().values("organisation")
    return [
        Link(in_language(one.name, one.name_en), public_path(f"/organisation/{one.slug}/"))
        for one in found.organisations.filter(pk__in=shown)  # type: ignore[attr-defined]
    ]
