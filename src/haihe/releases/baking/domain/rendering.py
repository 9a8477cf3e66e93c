"""Making a page: its view, called as nobody in particular."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import Resolver404, resolve
from django.utils import translation

from haihe.base.once import keeping
from haihe.base.web.languages import split_path
from haihe.releases.baking.domain.collecting import collecting
from haihe.releases.baking.errors import BakingFailed, NoSuchPage, NotBakeable

View = Callable[..., HttpResponseBase]
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; "
    "style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
PASSED = ("content-type", "content-language", "link", "content-security-policy", "x-robots-tag")


class AnonymousRequest(HttpRequest):
    """A GET by nobody: no cookie, no session, the public host. Notes whether anything looked at the query."""

    def __init__(self, path: str, query: str = "") -> None:
        self.asked_query = False
        self._query = QueryDict(query)
        super().__init__()
        public = urlsplit(settings.WAGTAILADMIN_BASE_URL)
        self.method = "GET"
        self.path = self.path_info = path
        self.META = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": query,
            "SERVER_NAME": public.hostname or "localhost",
            "SERVER_PORT": str(public.port or (443 if public.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": public.netloc or "localhost",
            "wsgi.url_scheme": public.scheme or "http",
        }
        self.user = AnonymousUser()
        self.LANGUAGE_CODE = split_path(path)[0]

    def _get_scheme(self) -> str:
        return str(self.META.get("wsgi.url_scheme", "http"))

    @property
    def GET(self) -> Any:
        self.asked_query = True
        return self._query

    @GET.setter
    def GET(self, _: Any) -> None:
        pass

    @property
    def COOKIES(self) -> Any:
        raise NotBakeable("the view reads a cookie", thing=self.path)

    @COOKIES.setter
    def COOKIES(self, _: Any) -> None:
        pass

    def _no_session(self) -> Any:
        raise NotBakeable("the view reads the session", thing=self.path)

    session = property(_no_session)

    def get_full_path(self, force_append_slash: bool = False) -> str:
        self.asked_query = True
        return super().get_full_path(force_append_slash)


@dataclass(frozen=True)
class Rendered:
    """A page as its view made it. `any_query`: the view never looked at the query string."""

    path: str
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    keys: frozenset[str]
    any_query: bool

    @property
    def etag(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def render(path: str, *, for_export: bool = False) -> Rendered | None:
    """The page at an address as it would be served now; None where there is none any more (404, a redirect).

    for_export   also what is never baked but belongs into an exported tree

    Raises NoSuchPage where no baked view answers there, NotBakeable, BakingFailed, and whatever the view raises.
    """
    request = AnonymousRequest(path)
    with translation.override(request.LANGUAGE_CODE):
        try:
            match = resolve(path)
        except Resolver404:
            return None
        request.resolver_match = match
        view = getattr(match.func, "baked_view", None)
        if for_export:
            view = view or getattr(match.func, "exported_view", None)
        if view is None:
            raise NoSuchPage("the view at this address is not baked", thing=path)
        try:
            response, keys = call(view, request, match.args, match.kwargs)
        except Http404:
            return None
    if response.status_code in (301, 302, 303, 307, 308, 404):
        return None
    if response.status_code not in (200, 410):
        raise BakingFailed(f"the view answered {response.status_code}", thing=path)
    return finished(request, response, keys)


def call(view: View, request: AnonymousRequest, args: Any, kwargs: Any) -> tuple[HttpResponse, frozenset[str]]:
    """Run and render a view; returns its response and what it depends on. Raises NotBakeable, and what it raises."""
    with collecting() as keys, keeping():
        response = view(request, *args, **kwargs)
        if hasattr(response, "render") and callable(response.render):
            response = response.render()
    if response.cookies or "CSRF_COOKIE" in request.META:
        raise NotBakeable("the view sets a cookie (a form with a CSRF token, perhaps)", thing=request.path)
    if "cookie" in response.get("Vary", "").lower():
        raise NotBakeable("the view varies on cookies", thing=request.path)
    if not isinstance(response, HttpResponse):
        raise NotBakeable("the view streams", thing=request.path)
    return response, frozenset(keys)


def finished(request: AnonymousRequest, response: HttpResponse, keys: frozenset[str]) -> Rendered:
    """The response with the headers every baked page carries."""
    given = {name.lower(): value for name, value in response.items() if name.lower() in PASSED}
    policy = getattr(settings, "HAIHE_BAKED_CSP", CONTENT_SECURITY_POLICY)
    headers = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-cache",
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
        **given,
    }
    return Rendered(
        path=request.path,
        status=response.status_code,
        body=response.content,
        headers=tuple(headers.items()),
        keys=keys,
        any_query=not request.asked_query,
    )
