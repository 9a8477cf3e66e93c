"""Addresses that other servers ask."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from haihe.base.errors import HaiheError
from haihe.base.web.languages import absolute, public_path
from haihe.channels.activitypub import actors, documents, inbox
from haihe.channels.activitypub.signing import NotSigned
from haihe.channels.models import Actor
from haihe.channels.products.activity import object_address
from haihe.releases.models import Publication

PLAIN = "text/plain; charset=utf-8"


@require_GET
def webfinger(request: HttpRequest) -> HttpResponse:
    """RFC 7033: which actor an account is."""
    asked = request.GET.get("resource", "")
    if not asked:
        return HttpResponse("resource is missing", status=400, content_type=PLAIN)
    name, _at, host = asked.removeprefix("acct:").removeprefix("@").rpartition("@")
    by_address = next((one for one in _actors() if asked == documents.address(one)), None)
    actor = by_address or (actors.find(name.lower()) if host.lower() == documents.host().lower() else None)
    if actor is None:
        raise Http404
    return _answer(documents.webfinger(actor), "application/jrd+json")


@require_GET
def actor(request: HttpRequest, handle: str) -> HttpResponse:
    """The actor's document; a person is led to the organisation's page."""
    found = _found(handle)
    if _is_person(request):
        return _away(absolute(f"/organisation/{found.outlet.organisation.slug}/"))
    return _answer(documents.actor_document(found))


@require_GET
def followers(request: HttpRequest, handle: str) -> HttpResponse:
    return _answer(documents.followers(_found(handle)))


@require_GET
def outbox(request: HttpRequest, handle: str) -> HttpResponse:
    page = request.GET.get("page", "")
    return _answer(documents.outbox(_found(handle), int(page) if page.isascii() and page.isdecimal() else 0))


@require_GET
def thing(request: HttpRequest, key: Any) -> HttpResponse:
    """A publication as an object; 410 with a tombstone where it was withdrawn."""
    publication = get_object_or_404(Publication.objects.select_related("current", "organisation"), pk=key)
    if publication.state != Publication.State.PUBLISHED:
        gone = {"@context": documents.CONTEXT[0], "id": object_address(str(key)), "type": "Tombstone"}
        return _answer(gone, status=410)
    if _is_person(request):
        return _away(absolute(public_path(publication.path, publication.language)))
    whose = next((one for one in _actors() if documents.is_there(one, publication)), None)
    if whose is None:
        raise Http404
    try:
        return _answer(documents.object_document(whose, publication))
    except HaiheError as error:
        raise Http404 from error


@csrf_exempt  # for servers, without cookies; the signature says who
@require_POST
def receive(request: HttpRequest, handle: str = "") -> HttpResponse:
    """An inbox, an actor's or the shared one: 202, or why not."""
    if handle:
        _found(handle)
    elif not _actors():
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > inbox.LARGEST:
        return HttpResponse("larger than 256 KB", status=413, content_type=PLAIN)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        taken = inbox.receive(inbox.arrived("POST", request.get_full_path(), headers, request.body))
    except NotSigned as error:
        return HttpResponse(str(error), status=401, content_type=PLAIN)
    except (ValueError, RecursionError):
        return HttpResponse("This is no activity.", status=400, content_type=PLAIN)
    except inbox.TooMuch:
        return HttpResponse("Too many wait.", status=503, headers={"Retry-After": "300"}, content_type=PLAIN)
    if not taken:
        return HttpResponse("The signature does not hold.", status=401, content_type=PLAIN)
    return HttpResponse(status=202)


def _found(handle: str) -> Actor:
    found = actors.find(handle)
    if found is None:
        raise Http404
    return found


def _actors() -> list[Actor]:
    return list(Actor.objects.filter(outlet__active=True).select_related("outlet__organisation"))


def _is_person(request: HttpRequest) -> bool:
    accepts = request.headers.get("Accept", "")
    return "text/html" in accepts and "json" not in accepts


def _away(where: str) -> HttpResponse:
    return HttpResponseRedirect(where, headers={"Vary": "Accept"})


def _answer(said: dict[str, Any], media_type: str = "", status: int = 200) -> HttpResponse:
    answer = JsonResponse(said, json_dumps_params={"ensure_ascii": False}, status=status)
    answer.headers["Content-Type"] = media_type or "application/activity+json; charset=utf-8"
    answer.headers["Vary"] = "Accept"
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer
