"""Public pages: tours, exhibitions, venues and spots."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from haihe.base.web import headers
from haihe.base.web.chrome import Link
from haihe.base.web.languages import absolute, public_path
from haihe.base.web.speaking import in_its_language
from haihe.releases.baking import baked, depends_on
from haihe.releases.models import Publication
from haihe.venues import first_view
from haihe.venues.domain import attention, finding, listing, manifests, showing, structured
from haihe.venues.domain.exhibitions import drawing
from haihe.venues.domain.exhibitions import showing as exhibitions
from haihe.venues.models import Venue

POLICY = "Content-Security-Policy"
LARGEST_COUNT = 32_000  # bytes


@baked
@in_its_language
def tour(request: HttpRequest, slug: str) -> HttpResponse:
    """A tour by its permanent address; 410 once it was withdrawn or erased."""
    publication = _known(slug)
    if publication.state != Publication.State.PUBLISHED:
        return _gone(request, publication)
    return render_tour(request, showing.tour_of(publication))


@baked
@in_its_language
def tour_json(request: HttpRequest, slug: str) -> HttpResponse:
    """What the viewer fetches once its first view stands."""
    return _compact(showing.tour_of(public(slug)).as_json())


@baked
@in_its_language
def manifest(request: HttpRequest, slug: str) -> HttpResponse:
    """The tour for IIIF viewers."""
    return _compact(manifests.manifest(showing.tour_of(public(slug))))


@baked
@in_its_language
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """The words and controls of a group visit, which the viewer fetches when somebody wants one."""
    return render(request, "venues/group.html", {"publication": public(slug)})


@csrf_exempt  # sums without a person: whoever sends them is not asked who they are, and no cookie is read
@require_POST
def take_attention(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a visitor looked, as their viewer added it up."""
    publication = public(slug)
    if len(request.body) > LARGEST_COUNT:
        return HttpResponse(status=413)
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    attention.count(publication, told, on=timezone.localdate())
    return HttpResponse(status=204)


@xframe_options_exempt
@baked
@in_its_language
def embedded(request: HttpRequest, slug: str) -> HttpResponse:
    """The tour alone, for a frame on anybody's page."""
    return render_tour(request, showing.tour_of(public(slug)), embedded=True)


def _compact(told: dict[str, Any]) -> JsonResponse:
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _known(slug: str, kind: str = "tour") -> Publication:
    """Once published, whatever became of it; the page that asks follows it."""
    found = Publication.objects.select_related("current", "section").filter(path=f"/{kind}/{slug}/").first()
    if found is None or found.current is None:
        raise Http404
    depends_on("navigation", f"publication:{found.pk}")
    return found


def _gone(request: HttpRequest, publication: Publication) -> HttpResponse:
    return render(request, "venues/gone.html", {"publication": publication}, status=410)


def public(slug: str, kind: str = "tour") -> Publication:
    publication = _known(slug, kind)
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
def exhibition(request: HttpRequest, slug: str) -> HttpResponse:
    """An exhibition by its permanent address; 410 once it was withdrawn or erased."""
    publication = _known(slug, "exhibition")
    if publication.state != Publication.State.PUBLISHED:
        return _gone(request, publication)
    return render_exhibition(request, exhibitions.exhibition_of(publication))


@baked
@in_its_language
def hall_json(request: HttpRequest, slug: str) -> HttpResponse:
    """What the hall is built from."""
    return _compact(exhibitions.exhibition_of(public(slug, "exhibition")).as_json())


@xframe_options_exempt
@baked
@in_its_language
def embedded_exhibition(request: HttpRequest, slug: str) -> HttpResponse:
    """The hall alone, for a frame on anybody's page."""
    response = render_exhibition(request, exhibitions.exhibition_of(public(slug, "exhibition")), embedded=True)
    response.headers[POLICY] = f"{headers.POLICY}; frame-ancestors *"
    return response


def render_exhibition(
    request: HttpRequest, shown: exhibitions.ShownExhibition, *, embedded: bool = False, inline: bool = False
) -> HttpResponse:
    """inline: what the hall is built from stands in the page, as for a draft, which has no address of its own"""
    context = {
        "exhibition": shown,
        "plan": drawing.plan_of(shown),
        "embedded": embedded,
        "whole": shown.as_json() if inline else None,
        "crumbs": listing.crumbs_of(shown),
        "data": structured.exhibition(shown) if shown.path and not embedded else "",
        "canonical": absolute(public_path(shown.path)) if shown.path else "",
    }
    return render(request, "venues/exhibition.html", context)


def render_exhibition_draft(request: HttpRequest, content: dict[str, Any]) -> HttpResponse:
    """A draft in its public look, for `haihe.releases.preview`."""
    return render_exhibition(request, exhibitions.shown(content, public=False), inline=True)


@baked
@in_its_language
def venues(request: HttpRequest) -> HttpResponse:
    """Every venue and spot of the city that has something to show, and everything that can be walked through."""
    depends_on("navigation", "venues", "kind:tour", "kind:exhibition", "places")
    rows = listing.every()
    found = listing.cards(rows)
    context = {
        "cards": found,
        "ways": finding.ways(rows),
        "tours": listing.walks(),
        "drawing": listing.drawing(found),
        "data": structured.collection(found),
        "crumbs": [Link(_("Venues and spots"), public_path("/venues/"))],
    }
    return render(request, "venues/venues.html", context)


@baked
@in_its_language
def venues_by(request: HttpRequest, by: str, key: str) -> HttpResponse:
    """The venues of one theme, era or district; 404 where there are none."""
    depends_on("navigation", "venues", "kind:tour", "kind:exhibition", "places")
    rows = listing.every()
    name, chosen = finding.found(rows, by, key)
    if not chosen:
        raise Http404
    found = listing.cards(chosen)
    context = {
        "name": name,
        "cards": found,
        "ways": finding.ways(rows, by, key),
        "tours": [],
        "drawing": listing.drawing(found),
        "data": structured.collection(found),
        "crumbs": [
            Link(_("Venues and spots"), public_path("/venues/")),
            Link(name, public_path(f"/venues/{by}/{key}/")),
        ],
    }
    return render(request, "venues/venues.html", context)


@baked
@in_its_language
def venue(request: HttpRequest, slug: str) -> HttpResponse:
    """One venue: when it is open, where it is, and the tours through it."""
    found = get_object_or_404(Venue.objects.select_related("place", "organisation", "picture"), slug=slug)
    depends_on("navigation", f"venue:{slug}", "kind:tour", "kind:exhibition", "sheets")
    card = listing.card(found)
    context = {
        "venue": found,
        "card": card,
        "tours": listing.walks(found),
        "crowding": finding.crowding(found),
        "data": structured.venue(card),
        "crumbs": [Link(_("Venues and spots"), public_path("/venues/")), Link(card.name, card.path)],
    }
    return render(request, "venues/venue.html", context)
