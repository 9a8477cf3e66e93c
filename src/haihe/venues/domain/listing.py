"""Venues as cards, the tours through them, and where they lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from haihe.base.web.chrome import Link
from haihe.base.web.languages import html_lang, interface_language, public_path
from haihe.base.web.teasers import ShownPicture, Teaser
from haihe.releases.models import Publication
from haihe.releases.pictures import picture_of
from haihe.venues.domain.exhibitions.showing import ShownExhibition
from haihe.venues.domain.showing import ShownTour
from haihe.venues.models import Exhibition, Tour, Venue

WALKS = (Tour, Exhibition)
KINDS = [model.kind for model in WALKS]
WIDTH, HEIGHT, EDGE = 1000, 520, 90  # of the drawing, in its own units


@dataclass(frozen=True)
class Card:
    """A venue in the active language. `walks`: how many tours and exhibitions lead through it."""

    venue: Venue
    name: str
    about: str
    hours: str
    tickets: str
    path: str
    kind: str
    rank: str
    place: str
    picture: ShownPicture | None
    walks: int


def every() -> list[Venue]:
    return list(Venue.objects.select_related("place", "organisation", "picture", "district").order_by("name"))


def cards(rows: Sequence[Venue] | None = None) -> list[Card]:
    """Every venue, or these, those that can be walked through first, then by rank and name."""
    rows = every() if rows is None else rows
    counted: dict[int, int] = {}
    venue_of = _venue_ids()
    for publication in _published():
        key = venue_of.get(publication.subject_id)
        if key:
            counted[key] = counted.get(key, 0) + 1
    found = [card(row, counted.get(row.pk, 0)) for row in rows]
    return sorted(found, key=lambda one: (not one.walks, one.rank == "", [-ord(sign) for sign in one.rank]))


def _venue_ids() -> dict[str, int]:
    rows = (model.objects.exclude(venue=None).values_list("pk", "venue_id") for model in WALKS)
    return {str(walk): venue for listed in rows for walk, venue in listed}


def card(venue: Venue, walks: int = 0) -> Card:
    english = interface_language() == "en"

    def said(name: str) -> str:
        own: str = getattr(venue, name)
        return (getattr(venue, f"{name}_en") or own) if english else own

    place = venue.place
    return Card(
        venue=venue,
        name=said("name"),
        about=said("about"),
        hours=said("hours"),
        tickets=said("tickets"),
        path=public_path(f"/venues/{venue.slug}/"),
        kind=venue.get_kind_display(),
        rank=venue.rank,
        place=((place.name_en if english else "") or place.name) if place else "",
        picture=_picture(venue),
        walks=walks,
    )


def _picture(venue: Venue) -> ShownPicture | None:
    if venue.picture is None or not venue.picture.master_id:
        return None
    content = picture_of(venue.picture)
    return shown_picture(dict(content))


def shown_picture(picture: dict[str, Any] | None) -> ShownPicture | None:
    """A picture of canonical content for the picture component."""
    renditions = (picture or {}).get("renditions") or []
    if not picture or not renditions:
        return None
    chosen = min(renditions, key=lambda one: abs(one["width"] - 960))
    widest = renditions[-1]
    srcset = ", ".join(f"{one['src']} {one['width']}w" for one in renditions) if len(renditions) > 1 else ""
    return ShownPicture(chosen["src"], picture.get("alt", ""), srcset, widest["width"], widest["height"])


def walks(venue: Venue | None = None) -> list[Teaser]:
    """What can be walked through, tours and exhibitions, newest first; of one venue, or all."""
    found = _published()
    if venue is not None:
        keys = [model.objects.filter(venue=venue).values_list("pk", flat=True) for model in WALKS]
        found = found.filter(subject_id__in=[str(key) for listed in keys for key in listed])
    return [_teaser(publication) for publication in found[:200]]


def _published() -> Any:
    return (
        Publication.objects.filter(kind__in=KINDS, state=Publication.State.PUBLISHED, current__isnull=False)
        .select_related("current")
        .order_by("-first_published_at")
    )


def _teaser(publication: Publication) -> Teaser:
    content = publication.content
    walked = content.get(publication.kind) or {}
    english = interface_language() == "en" and content["language"] != "en"
    translated = bool(walked.get("title_en")) if english else content["language"] == interface_language()
    organisation = content["organisation"]
    return Teaser(
        path=public_path(publication.path),
        title=(walked.get("title_en") if english else "") or content["title"],
        summary=(walked.get("summary_en") if english else "") or content["summary"],
        published_at=publication.first_published_at,
        lang="" if translated else html_lang(content["language"]),
        kicker=_("Virtual tour") if publication.kind == Tour.kind else _("Online exhibition"),
        byline=(organisation["name_en"] if english else "") or organisation["name"],
        picture=shown_picture(content.get("lead_picture")),
    )


def crumbs_of(tour: ShownTour | ShownExhibition) -> list[Link]:
    found = [Link(_("Venues and spots"), public_path("/venues/"))]
    if tour.venue is not None:
        one = card(tour.venue)
        found.append(Link(one.name, one.path))
    return found


@dataclass(frozen=True)
class Dot:
    """A venue on the map: units from its top left corner; `end`: the name stands left of the dot."""

    card: Card
    x: int
    y: int
    end: bool


@dataclass(frozen=True)
class Drawing:
    dots: list[Dot]
    width: int = WIDTH
    height: int = HEIGHT


def drawing(found: Sequence[Card]) -> Drawing | None:
    """Venues with coordinates on a plain ground, north above; None where there are fewer than two."""
    placed = [
        (one, one.venue.place.longitude, one.venue.place.latitude)
        for one in found
        if one.venue.place is not None
        and one.venue.place.longitude is not None
        and one.venue.place.latitude is not None
    ]
    if len(placed) < 2:
        return None
    west, east = min(x for _c, x, _y in placed), max(x for _c, x, _y in placed)
    south, north = min(y for _c, _x, y in placed), max(y for _c, _x, y in placed)
    narrow = math.cos(math.radians((south + north) / 2))
    unit = min((WIDTH - 2 * EDGE) / max((east - west) * narrow, 0.005), (HEIGHT - 2 * EDGE) / max(north - south, 0.005))
    middle = ((west + east) / 2, (south + north) / 2)
    dots = []
    for one, x, y in placed:
        across = round(WIDTH / 2 + (x - middle[0]) * narrow * unit)
        dots.append(Dot(one, across, round(HEIGHT / 2 - (y - middle[1]) * unit), across > WIDTH * 0.62))
    return Drawing(dots)
