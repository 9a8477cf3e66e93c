"""Two works side by side, by an address that leads to the two: `/exhibition/…/compare/?a=…&b=…`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from haihe.base.web.chrome import Link
from haihe.base.web.languages import public_path
from haihe.base.web.speaking import in_its_language
from haihe.venues.domain import comparing, listing, saying, showing
from haihe.venues.domain.exhibitions import showing as exhibitions
from haihe.venues.views import public


@require_safe
@in_its_language
def in_tour(request: HttpRequest, slug: str) -> HttpResponse:
    """404 where the tour shows no such two pictures, or one must not be shown now."""
    tour = showing.tour_of(public(slug))
    return _rendered(request, tour, comparing.in_tour(tour))


@require_safe
@in_its_language
def in_exhibition(request: HttpRequest, slug: str) -> HttpResponse:
    """404 where the exhibition shows no such two artefacts, or one must not be shown now."""
    exhibition = exhibitions.exhibition_of(public(slug, "exhibition"))
    return _rendered(request, exhibition, comparing.in_exhibition(exhibition))


def _rendered(request: HttpRequest, of: Any, listed: Sequence[comparing.Comparable]) -> HttpResponse:
    two = comparing.pair(listed, request.GET.get("a", ""), request.GET.get("b", ""))
    if two is None:
        raise Http404
    path = f"{of.path}compare/"
    context = {
        "of": of,
        "listed": listed,
        "sides": [("a", _("On the left"), two[0]), ("b", _("On the right"), two[1])],
        "models": any(one.model for one in two),
        "words": saying.exhibits(),
        "swapped": f"?a={two[1].key}&b={two[0].key}",
        "crumbs": [*listing.crumbs_of(of), Link(_("Two works side by side"), public_path(path))],
    }
    return render(request, "venues/compare.html", context)
