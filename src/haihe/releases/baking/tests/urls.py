"""Small public pages for the tests of baking; what they show is in the database, or in BROKEN and LOOK."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import get_language

from haihe.base.once import once
from haihe.releases.baking import baked, depends_on
from haihe.releases.models import Publication, Section

BROKEN: set[str] = set()
DURING: list[Any] = []  # called once, in the middle of rendering
FILLER = "<p>海河两岸的故事。</p>" * 40


def page(*texts: object, status: int = 200) -> HttpResponse:
    return HttpResponse(f"<html lang={get_language()}>{' '.join(map(str, texts))}{FILLER}</html>", status=status)


@baked
def home(request: HttpRequest) -> HttpResponse:
    depends_on("releases")
    titles = Publication.objects.filter(state="published").order_by("title").values_list("title", flat=True)
    return page("home:", *titles)


@baked
def section(request: HttpRequest, slug: str) -> HttpResponse:
    depends_on(f"section:{slug}")
    if slug in BROKEN:
        raise RuntimeError("this template is broken")
    found = get_object_or_404(Section, slug=slug)
    if DURING:
        DURING.pop()()
    return page("section:", found.name)


@baked
def shared(request: HttpRequest, number: int) -> HttpResponse:
    name = once("name", lambda: Section.objects.get().name)
    if DURING:
        DURING.pop()()
    return page("shared:", number, name)


@baked
def story(request: HttpRequest, slug: str) -> HttpResponse:
    publication = get_object_or_404(Publication, path=f"/story/{slug}/")
    depends_on(f"publication:{publication.pk}")
    if "story" in BROKEN:
        raise RuntimeError("this template is broken")
    if publication.state == "published" or "shows-withdrawn" in BROKEN:
        return page("story:", publication.title)
    return page("withdrawn by its publisher", status=410)


@baked
def feed(request: HttpRequest) -> HttpResponse:
    depends_on("releases")
    return HttpResponse(b"<rss/>" * 100, content_type="application/rss+xml; charset=utf-8")


@baked
def paged(request: HttpRequest) -> HttpResponse:
    return page("page", request.GET.get("page", "1"))


@baked
def cookie_setter(request: HttpRequest) -> HttpResponse:
    response = page("hello")
    response.set_cookie("seen", "yes")
    return response


@baked
def cookie_reader(request: HttpRequest) -> HttpResponse:
    return page("hello", request.COOKIES.get("name", "nobody"))


@baked
def session_reader(request: HttpRequest) -> HttpResponse:
    return page("hello", request.session.get("name", "nobody"))


@baked
def csrf(request: HttpRequest) -> HttpResponse:
    return page(get_token(request))


@baked
def varies(request: HttpRequest) -> HttpResponse:
    response = page("hello")
    response["Vary"] = "Accept-Encoding, Cookie"
    return response


@baked
def whoami(request: HttpRequest) -> HttpResponse:
    return page("you are", request.user.is_authenticated)


@baked
def moved(request: HttpRequest) -> HttpResponse:
    return redirect("/")


@baked
def missing(request: HttpRequest) -> HttpResponse:
    raise Http404


def unbaked(request: HttpRequest) -> HttpResponse:
    return page("dynamic")


_public = [
    path("", home),
    path("shared/<int:number>/", shared),
    path("section/<slug:slug>/", section),
    path("story/<slug:slug>/", story),
    path("feed.rss", feed),
]
urlpatterns = [
    *_public,
    *[path(f"en/{one.pattern}", one.callback) for one in _public],
    path("paged/", paged),
    path("cookie-setter/", cookie_setter),
    path("cookie-reader/", cookie_reader),
    path("session-reader/", session_reader),
    path("csrf/", csrf),
    path("varies/", varies),
    path("whoami/", whoami),
    path("moved/", moved),
    path("missing/", missing),
    path("unbaked/", unbaked),
]
