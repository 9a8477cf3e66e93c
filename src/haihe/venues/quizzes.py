"""A quiz answered without scripts: a plain form, and a page that says whether it was right. Nothing of it is kept."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from haihe.base.web.chrome import Link
from haihe.base.web.languages import public_path
from haihe.base.web.speaking import in_its_language
from haihe.venues.domain import listing, showing
from haihe.venues.domain.hotspots import ShownHotspot, paragraphs
from haihe.venues.views import public


@csrf_exempt  # it changes nothing and reads no cookie: whoever answers is not asked who they are
@require_POST
@never_cache
@in_its_language
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether a choice was right; 400 with the question again where none was made, 404 where nothing was asked."""
    tour = showing.tour_of(public(slug))
    asked = request.POST.get("scene", ""), request.POST.get("hotspot", "")
    scene, hotspot = _asked(tour, *asked)
    quiz = hotspot.quiz or {}
    chosen = request.POST.get("choice", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 3 else -1
    made = 0 <= number < len(quiz["choices"])
    context = {
        "tour": tour,
        "scene": scene,
        "one": hotspot,
        "chosen": quiz["choices"][number] if made else "",
        "explained": paragraphs(quiz["explanation"]),
        "right": made and number == quiz["right"],
        "crumbs": [*listing.crumbs_of(tour), Link(_("Quiz"), public_path(f"{tour.path}#s-{scene.id}"))],
    }
    return render(request, "venues/answered.html", context, status=200 if made else 400)


def _asked(tour: showing.ShownTour, scene: str, key: str) -> tuple[showing.ShownScene, ShownHotspot]:
    for place in tour.scenes:
        for hotspot in place.hotspots:
            if (place.id, hotspot.id) == (scene, key) and hotspot.quiz:
                return place, hotspot
    raise Http404
