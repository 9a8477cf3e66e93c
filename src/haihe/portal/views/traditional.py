"""Any page of the portal in traditional characters, made when somebody asks for it; from then on it is baked too."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from haihe.base.web.languages import DEFAULT
from haihe.city.domain.names import traditional_names
from haihe.portal.domain.traditional import LANG, PREFIX, converter, page_in_traditional
from haihe.releases.baking import anonymous, baked, depends_on

NAMES = "traditional-names"
ROOMS = ("portal", "venues")  # whose pages are the public's


def traditional(request: HttpRequest, path: str) -> HttpResponseBase:
    """The same page with other characters. What is not baked in simplified characters (search, old lists) is not
    baked here either."""
    match = _portal_page(f"/{path}")
    return _baked(request, path) if hasattr(match.func, "baked_view") else _converted(request, path)


def _converted(request: HttpRequest, path: str) -> HttpResponse:
    original = f"/{path}"
    match = _portal_page(original)
    asked = anonymous(original, request.META.get("QUERY_STRING", ""), match)
    view: Any = getattr(match.func, "baked_view", match.func)
    response: HttpResponse = view(asked, *match.args, **match.kwargs)
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        raise Http404
    depends_on(NAMES)
    with translation.override(DEFAULT):
        notice, back = _("This page was converted to traditional characters by a program."), _("Read the original")
    page = response.content.decode()
    response.content = page_in_traditional(page, original, notice, back, converter(traditional_names()))
    response.headers["Content-Language"] = LANG
    return response


_baked = baked(_converted)
traditional.baked_view = _converted  # type: ignore[attr-defined]


def _portal_page(path: str) -> ResolverMatch:
    """The view of a page in the default language. Raises Http404 for all else: staff's, other languages."""
    try:
        match = resolve(path)
    except Resolver404:
        raise Http404 from None
    if match.namespace not in ROOMS or path.startswith(PREFIX):
        raise Http404
    return match
