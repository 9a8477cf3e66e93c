"""@baked: the same view for the baker and, until its page is baked, for visitors; both get the same bytes."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import get_conditional_response

from haihe.base.edge import tree

if TYPE_CHECKING:
    from haihe.releases.baking.domain.rendering import Rendered

log = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]


def exported(instead: View | None = None) -> Callable[[View], View]:
    """Mark a view whose pages are never baked but belong into an exported tree: older pages of a list. Another view
    may stand for it there, where it cannot work without us."""

    def mark(view: View) -> View:
        view.exported_view = instead or view  # type: ignore[attr-defined]
        return view

    return mark


def baked(view: View) -> View:
    """Bake the pages of this view. It gets a GET request of nobody (no cookie, no session, anonymous user), says with
    `depends_on` what it shows, and answers with a page, 404, or 410 for what was withdrawn.

    Served by Django the page has the same bytes and headers; the first such request has it baked.
    """

    @functools.wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        from haihe.releases.baking.domain.rendering import AnonymousRequest, call, finished  # needs loaded apps

        nobody = AnonymousRequest(request.path, request.META.get("QUERY_STRING", ""))
        nobody.resolver_match = request.resolver_match
        with translation.override(nobody.LANGUAGE_CODE):
            response, keys = call(view, nobody, args, kwargs)
        if response.status_code not in (200, 410):
            return response
        rendered = finished(nobody, response, keys)
        if not request.META.get("QUERY_STRING"):
            _have_it_baked(rendered)
        return _as_response(request, rendered)

    served.baked_view = view  # type: ignore[attr-defined]
    return served


def _as_response(request: HttpRequest, rendered: Rendered) -> HttpResponseBase:
    response = HttpResponse(rendered.body, status=rendered.status)
    for name, value in rendered.headers:
        response.headers[name] = value
    if rendered.status != 200:
        return response
    response.headers["ETag"] = f'"{rendered.etag}"'
    response.headers["Vary"] = "Accept-Encoding"
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response


def _have_it_baked(rendered: Rendered) -> None:
    """A page that Django had to serve is to be baked; a database that cannot be written now is no visitor's trouble."""
    from haihe.releases.baking.domain.marking import ensure

    if not tree.bakeable(rendered.path):
        return
    try:
        ensure(rendered.path)
    except DatabaseError:
        log.warning("%s could not be noted for baking", rendered.path, exc_info=True)
