"""Public pages: tours, venues and spots."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from haihe.base.web.chrome import Link
from haihe.base.web.languages import absolute, public_path
from haihe.base.web.speaking import in_its_language
from haihe.releases.baking import baked, depends_on
from haihe.releases.models import Publication
from haihe.venues import first_view
from haihe.venues.domain import listing, manifests, showing, structured
from haihe.venues.models import Venue

POLICY = "Content-Security-Policy"


@baked
@in_its_language
def tour(request: HttpRequest, slug: str) -> HttpResponse:
    """A tour by its permanent address; 410 once it was withdrawn or erased."""
    publication = _publication(slug)
    depends_on("navigation", f"publication:{publication.pk}")
    if publication.state != Publication.State.PUBLISHED:
        return render(request, "venues/gone.html", {"publication": publication}, status=410)
    return render_tour(request, showing.tour_of(publication))


@baked
@in_its_language
def tour_json(request: HttpRequest, slug: str) -> HttpResponse:
    """What the viewer fetches once its first view stands."""
    publication = _public(slug)
    return JsonResponse(
        showing.tour_of(publication).as_json(), json_dumps_params={"ensure_ascii": False, "separators": (",", ":")}
    )


@baked
@in_its_language
def manifest(request: HttpRequest, slug: str) -> HttpResponse:
    """The tour for IIIF viewers."""
    told = manifests.manifest(showing.tour_of(_public(slug)))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@xframe_options_exempt
@baked
@in_its_language
def embedded(request: HttpRequest, slug: str) -> HttpResponse:
    """The tour alone, for a frame on anybody's page."""
    return render_tour(request, showing.tour_of(_public(slug)), embedded=True)


def _publication(slug: str) -> Publication:
    found = Publication.objects.select_related("current", "section").filter(path=f"/tour/{slug}/").first()
    if found is None or found.current is None:
        raise Http404
    return found


def _public(slug: str) -> Publication:
    publication = _publication(slug)
    depends_on("navigation", f"publication:{publication.pk}")
    if publication.state != Publication.State.PUBLISHED:
        raise Http404
    return publication


def render_tour(
    request: HttpRequest, shown: showing.ShownTour, *, embedded: bool = False, inline: bool = False
) -> HttpResponse:
    """inline: the whole tour stands in the page, as for a draft, which has no address of its own"""
    context = {
        "tour": shown,
        "embedded": embedded,
        "whole": shown.as_json() if inline else None,
        "crumbs": listing.crumbs_of(shown),
        "data": structured.tour(shown) if shown.path and not embedded else "",
        "canonical": absolute(public_path(shown.path)) if shown.path else "",
    }
    response = render(request, "venues/tour.html", context)
    framed_by = "*" if embedded else "'self'"
    response.headers[POLICY] = f"{first_view.policy()}; frame-ancestors {framed_by}"
    return response


def render_draft(request: HttpRequest, content: dict[str, Any]) -> HttpResponse:
    """A draft in its public look, for `haihe.releases.preview`."""
    return render_tour(request, showing.shown(content, public=False), inline=True)


@baked
@in_its_language
def venues(request: HttpRequest) -> HttpResponse:
    """Every venue and spot of the city that has something to show, and every tour."""
    depends_on("navigation", "venues", "kind:tour", "places")
    found = listing.cards()
    context = {
        "cards": found,
        "tours": listing.tours(),
        "drawing": listing.drawing(found),
        "data": structured.collection(found),
        "crumbs": [Link(_("Venues and spots"), public_path("/venues/"))],
    }
    return render(request, "venues/venues.html", context)


@baked
@in_its_language
def venue(request: HttpRequest, slug: str) -> HttpResponse:
    """One venue: when it is open, where it is, and the tours through it."""
    found = get_object_or_404(Venue.objects.select_related("place", "organisation", "picture"), slug=slug)
    depends_on("navigation", f"venue:{slug}", "kind:tour")
    card = listing.card(found)
    context = {
        "venue": found,
        "card": card,
        "tours": listing.tours(found),
        "data": structured.venue(card),
        "crumbs": [Link(_("Venues and spots"), public_path("/venues/")), Link(card.name, card.path)],
    }
    return render(request, "venues/venue.html", context)
