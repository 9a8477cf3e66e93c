"""When something is not there, or went wrong: say what to do."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from haihe.base.web.languages import html_lang, public_path, split_path
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain.listing import for_readers, published, teasers

CUT_OFF = re.compile(r"/[a-z_]+/\d{8}-?[0-9a-z]*")


@in_its_language
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "portal/not_found.html", _near(request.path), status=404)


def _near(path: str) -> dict[str, Any]:
    """What may have been meant: of an address that was cut off the stories that begin so, else the newest."""
    match = CUT_OFF.search(path)
    begins = published().filter(path__startswith=match[0]).order_by("path")[:4] if match else []
    found = list(begins) or list(for_readers(published())[:4])
    return {
        "near": teasers(found),
        "near_title": _("Stories whose address begins so") if begins else _("The newest"),
    }


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
