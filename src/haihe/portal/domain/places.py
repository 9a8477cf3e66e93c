"""Places that the public may see: the register itself is the staff's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from haihe.base.web.languages import public_path
from haihe.city.models import Organisation, Place
from haihe.portal.domain.sections import in_language
from haihe.releases.models import Publication


def public_places() -> QuerySet[Place]:
    """Places that a public story names, or where an organisation sits that has published; by name."""
    shown = Publication.objects.filter(state=Publication.State.PUBLISHED)
    seats = Organisation.objects.filter(pk__in=shown.values("organisation"), place__isnull=False)
    named = Place.objects.filter(mentions__publication__in=shown)
    return Place.objects.filter(Q(pk__in=named.values("pk")) | Q(pk__in=seats.values("place"))).order_by("name", "pk")


@dataclass(frozen=True)
class ShownPlace:
    """A place in the active language; `stories` counts the public stories that name it."""

    name: str
    kind: str
    path: str
    address: str
    stories: int
    longitude: float | None
    latitude: float | None


def shown_places() -> list[ShownPlace]:
    """Every public place with what the list beside the map says of it."""
    public = Q(mentions__publication__state=Publication.State.PUBLISHED)
    counted = public_places().annotate(stories=Count("mentions", filter=public, distinct=True))
    return [shown_place(place, place.stories) for place in counted]


def shown_place(place: Place, stories: int = 0) -> ShownPlace:
    return ShownPlace(
        in_language(place.name, place.name_en),
        str(place.get_kind_display()),
        public_path(f"/place/{place.slug}/"),
        place.address,
        stories,
        place.longitude,
        place.latitude,
    )


def geojson(places: list[ShownPlace]) -> dict[str, Any]:
    """Places with coordinates as a GeoJSON FeatureCollection (RFC 7946), WGS-84."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
                "properties": {"name": place.name, "kind": place.kind, "path": place.path, "stories": place.stories},
            }
            for place in places
            if place.longitude is not None
        ],
    }


def coordinates(place: ShownPlace) -> str:
    """Where it lies, in words: "39.0841° N, 117.2082° E"; "" without coordinates."""
    if place.longitude is None or place.latitude is None:
        return ""
    return _("%(latitude)s %(north)s, %(longitude)s %(east)s") % {
        "latitude": f"{abs(place.latitude):.4f}°",
        "north": "N" if place.latitude >= 0 else "S",
        "longitude": f"{abs(place.longitude):.4f}°",
        "east": "E" if place.longitude >= 0 else "W",
    }
