"""The reporter's page for the field, which works without a network, and the addresses it talks to."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from haihe.base.errors import HaiheError
from haihe.base.web.assets import asset_url
from haihe.newsroom.domain.planning import calendars, reporting
from haihe.newsroom.models import Assignment

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(self), browsing-topics=()",
    "Cache-Control": "no-store",
}
# What the page needs to open without a network.
_SHELL = ("newsroom/field.css", "newsroom/field.js", "newsroom/outbox.js")
_WORKER = """// Opens the page without a network: what lies here is replaced by the newest whenever there is one.
const SHELL = %(shell)s;
const begin = async () => { await (await caches.open("field")).addAll(SHELL); await skipWaiting(); };
addEventListener("install", (event) => event.waitUntil(begin()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !SHELL.includes(url.pathname)) return;
  event.respondWith((async () => {
    const kept = await caches.open("field");
    try {
      const fresh = await fetch(event.request);
      if (fresh.ok && !fresh.redirected) await kept.put(url.pathname, fresh.clone());
      return fresh;
    } catch { return (await kept.match(url.pathname)) ?? Response.error(); }
  })());
});
"""


@require_GET
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The page itself holds nothing of anybody: its script asks for the assignments, and keeps them on the device."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    answer = render(request, "newsroom/field.html")
    for name, value in _HEADERS.items():
        answer[name] = value
    return answer


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    import json

    shell = json.dumps(["/field/", *(static(name) for name in _SHELL), asset_url("fonts.css")])
    return HttpResponse(
        _WORKER % {"shell": shell}, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """What this person is sent to, from a week ago on, and the token that sending needs."""
    if not request.user.is_authenticated:
        return JsonResponse({"detail": _("Sign in again.")}, status=401)
    since = timezone.now() - timedelta(days=7)
    mine = calendars.assignments_of(request.user).filter(ends__gt=since).exclude(state=Assignment.State.CANCELLED)
    told = {
        "person": request.user.pen_name or request.user.get_username(),
        "by": str(request.user.uuid),
        "token": get_token(request),
        "assignments": [reporting.described(one) for one in mine[:100]],
    }
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


@require_POST
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One report; the same key again is the same report."""
    if not request.user.is_authenticated:
        return JsonResponse({"detail": _("Sign in again.")}, status=401)
    assignment = Assignment.objects.filter(pk=pk).select_related("organisation").first()
    if assignment is None or not reporting.goes(assignment, request.user):
        return JsonResponse({"detail": _("You are not sent to this assignment any more.")}, status=404)
    try:
        key = UUID(request.POST.get("key", ""))
        position = _position(request)
    except ValueError:
        return JsonResponse({"detail": _("This cannot be taken as a report from the field.")}, status=422)
    file = request.FILES.get("file")
    try:
        report = reporting.take(
            assignment,
            request.user,
            key=key,
            kind=request.POST.get("kind", ""),
            text=request.POST.get("text", ""),
            file=file,
            media_type=(file.content_type or "") if file else "",
            taken_at=request.POST.get("taken_at", ""),
            position=position,
        )
    except PermissionDenied:
        return JsonResponse({"detail": _("You are not sent to this assignment any more.")}, status=404)
    except HaiheError as error:
        return JsonResponse({"detail": f"{error.message} {error.hint}"}, status=422 if error.permanent else 503)
    return JsonResponse({"key": str(report.key)})


@require_GET
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """A person's assignments as iCalendar, for whoever knows the secret."""
    person = calendars.owner_of(key)
    if person is None:
        return HttpResponse(status=404)
    data = calendars.as_ics(calendars.assignments_of(person))
    return HttpResponse(
        data, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"}
    )


def _position(request: HttpRequest) -> tuple[float, float, float] | None:
    said = [request.POST.get(name, "") for name in ("longitude", "latitude", "accuracy")]
    if not any(said):
        return None
    longitude, latitude, accuracy = (float(one or "0") for one in said)
    return longitude, latitude, accuracy
