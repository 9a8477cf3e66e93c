"""When something is not there, or went wrong: say what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from haihe.base.web.languages import html_lang, public_path, split_path
from haihe.portal.views.speaking import in_its_language


@in_its_language
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "portal/not_found.html", status=404)


@in_its_language
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "portal/forbidden.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Asks neither the database nor the front end: either may be what is broken."""
    language, _path = split_path(request.path)
    with translation.override(language):
        text = render_to_string(
            "portal/broken.html",
            {"lang": html_lang(language), "home": public_path("/", language)},
        )
    return HttpResponse(text, status=500)
