"""The page for programmers: what the API answers, with forms to try it; everything comes from here."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from haihe.base.web.languages import absolute, public_path
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain.reference import reference_of
from haihe.releases.baking import baked, depends_on

DOCUMENT = "/api/v1/openapi.json"


@baked
@in_its_language
def developers(request: HttpRequest) -> HttpResponse:
    """Reads the document at its address, as any program does."""
    depends_on("navigation")
    context = {
        "reference": reference_of(json.loads(_document(request))),
        "document": public_path("/developers/openapi.json"),
        "origin": absolute("/").rstrip("/"),
    }
    return render(request, "portal/developers.html", context)


@baked
@in_its_language
def document(request: HttpRequest) -> HttpResponse:
    """The same document as a file, so that an exported tree has it too."""
    return HttpResponse(_document(request), content_type="application/json; charset=utf-8")


def _document(request: HttpRequest) -> bytes:
    try:
        match = resolve(DOCUMENT)
    except Resolver404:
        raise Http404 from None
    answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return answer.content
