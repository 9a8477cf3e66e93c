"""schema.org in JSON-LD for tours, exhibitions and venues.

Sources: https://schema.org/Museum, /TouristAttraction, /TouristTrip, /VirtualLocation, /ItemList.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from haihe.base.web.languages import absolute, html_lang, interface_language, public_path
from haihe.venues.domain.exhibitions.showing import ShownExhibition
from haihe.venues.domain.listing import Card, card
from haihe.venues.domain.showing import ShownTour
from haihe.venues.models import Venue

Thing = dict[str, Any]
TYPES = {
    Venue.Kind.MUSEUM: "Museum",
    Venue.Kind.MEMORIAL: ["Museum", "LandmarksOrHistoricalBuildings"],
    Venue.Kind.GALLERY: "ArtGallery",
    Venue.Kind.SCENIC_SPOT: "TouristAttraction",
    Venue.Kind.PERFORMANCE: "PerformingArtsTheater",
}


def script(thing: Thing) -> SafeString:
    """JSON-LD that cannot leave its <script>."""
    text = json.dumps({"@context": "https://schema.org", **thing}, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # noqa: S308  (no character left that HTML reads)


def _venue(one: Card) -> Thing:
    place = one.venue.place
    thing: Thing = {
        "@type": TYPES.get(Venue.Kind(one.venue.kind), "TouristAttraction"),
        "@id": absolute(f"/venues/{one.venue.slug}/#venue"),
        "name": one.name,
        "url": absolute(one.path),
    }
    more = {
        "description": one.about,
        "openingHours": one.hours,
        "image": absolute(one.picture.src) if one.picture else "",
    }
    thing |= {name: value for name, value in more.items() if value}
    if one.rank:
        thing["starRating"] = {"@type": "Rating", "ratingValue": one.rank, "author": "GB/T 17775"}
    if place and place.address:
        thing["address"] = {"@type": "PostalAddress", "streetAddress": place.address, "addressCountry": "CN"}
    if place and place.longitude is not None and place.latitude is not None:
        thing["geo"] = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    return thing


def venue(one: Card) -> SafeString:
    return script(_venue(one))


def tour(shown: ShownTour) -> SafeString:
    """A tour as something to visit, with its scenes in order and the place it shows."""
    url = absolute(public_path(shown.path))
    scenes = [
        {"@type": "ListItem", "position": number, "name": scene.title, "url": f"{url}#s-{scene.id}"}
        for number, scene in enumerate(shown.scenes, 1)
    ]
    thing: Thing = {
        "@type": ["TouristTrip", "CreativeWork"],
        "name": shown.title,
        "description": shown.summary,
        "url": url,
        "inLanguage": html_lang(interface_language()),
        "isAccessibleForFree": True,
        "accessMode": ["visual", "textual"],
        "accessModeSufficient": ["textual", "visual"],
        "accessibilityFeature": ["alternativeText", "longDescription", "structuralNavigation", "transcript"],
        "accessibilityHazard": ["noFlashingHazard", "noSoundHazard"],
        "image": absolute(f"{shown.path}card.jpg"),
        "itinerary": {"@type": "ItemList", "numberOfItems": len(scenes), "itemListElement": scenes},
    }
    if shown.venue is not None:
        thing["about"] = _venue(card(shown.venue))
    return script(thing)


def exhibition(shown: ShownExhibition) -> SafeString:
    """An exhibition as an event without an end that is visited online, with its works in order.

    Source: https://schema.org/ExhibitionEvent, /VisualArtwork.
    """
    url = absolute(public_path(shown.path))
    works = [
        {
            "@type": "ListItem",
            "position": work.number,
            "item": {
                "@type": "VisualArtwork",
                "@id": f"{url}#{work.id}",
                "name": work.title,
                "image": absolute(work.picture["src"]),
            },
        }
        for work in shown.works
    ]
    thing: Thing = {
        "@type": ["ExhibitionEvent", "CreativeWork"],
        "name": shown.title,
        "description": shown.summary,
        "url": url,
        "inLanguage": html_lang(interface_language()),
        "isAccessibleForFree": True,
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": url},
        "organizer": {"@type": "Organization", "name": shown.organisation["name"]},
        "accessMode": ["visual", "textual"],
        "accessModeSufficient": ["textual", "visual"],
        "accessibilityFeature": ["alternativeText", "longDescription", "structuralNavigation"],
        "image": absolute(f"{shown.path}card.jpg"),
        "workFeatured": {"@type": "ItemList", "numberOfItems": len(works), "itemListElement": works},
    }
    if shown.publication is not None:
        thing["startDate"] = shown.publication.first_published_at.isoformat()
    if shown.venue is not None:
        thing["about"] = _venue(card(shown.venue))
    return script(thing)


def collection(found: Sequence[Card]) -> SafeString:
    listed = [{"@type": "ListItem", "position": number, "item": _venue(one)} for number, one in enumerate(found, 1)]
    return script({"@type": "ItemList", "numberOfItems": len(listed), "itemListElement": listed})
