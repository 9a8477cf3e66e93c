"""Style sheets of what staff chose: of the city, and of one organisation."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from haihe.portal.domain.styling import style_sheet
from haihe.portal.models import CityLook, OrganisationFront
from haihe.releases.baking import baked, depends_on


@baked
def city(request: HttpRequest) -> HttpResponse:
    depends_on("look")
    look = CityLook.objects.first()
    if look is None:
        raise Http404
    return HttpResponse(style_sheet(look), content_type="text/css; charset=utf-8")


@baked
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    depends_on(f"organisation:{slug}")
    front = get_object_or_404(OrganisationFront, organisation__slug=slug, live=True)
    return HttpResponse(style_sheet(front), content_type="text/css; charset=utf-8")
