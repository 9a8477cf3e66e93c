"""Where a browser allows notifications and ends them, and the worker that shows them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from haihe.channels.models import PushSubscription
from haihe.channels.push.channel import public_key
from haihe.channels.push.encryption import decoded, is_point
from haihe.releases.delivery.models import Outlet

MOST = 200_000  # browsers of one outlet


@require_GET
@never_cache
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What it is, and one button."""
    outlet = _outlet(pk)
    return render(request, "channels/push.html", {"outlet": outlet, "key": public_key(pk)})


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; it stands at the root, so that it may answer for every page."""
    answer = render(request, "channels/push_worker.js", content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_POST
@never_cache
def subscribe(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a browser's subscription as its PushManager gave it (W3C Push API, toJSON)."""
    outlet, said = _outlet(pk), _said(request)
    if said is None:
        return JsonResponse({"error": "no subscription"}, status=400)
    endpoint, key, auth = said
    with transaction.atomic():
        if PushSubscription.objects.filter(outlet=outlet, gone_at=None).count() >= MOST:
            return JsonResponse({"error": "full"}, status=503)
        kept = {"outlet": outlet, "key": key, "auth": auth, "language": get_language() or "zh-hans", "gone_at": None}
        PushSubscription.objects.update_or_create(
            outlet=outlet, endpoint=endpoint, defaults=kept, create_defaults={**kept, "asked_at": timezone.now()}
        )
    return JsonResponse({"ok": True}, status=201)


@require_POST
@never_cache
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a browser. Who does not know its endpoint cannot end it."""
    said = _json(request)
    endpoint = said.get("endpoint") if isinstance(said, dict) else None
    PushSubscription.objects.filter(outlet=pk, endpoint=str(endpoint)[:1000]).delete()
    return JsonResponse({"ok": True})


def _outlet(pk: int) -> Outlet:
    return get_object_or_404(Outlet, pk=pk, channel="push", active=True)


def _said(request: HttpRequest) -> tuple[str, str, str] | None:
    """(endpoint, key, auth); None where one is missing or makes no sense."""
    said = _json(request)
    keys = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(keys, dict):
        return None
    found = [said.get("endpoint"), keys.get("p256dh"), keys.get("auth")]
    if not all(isinstance(one, str) for one in found):
        return None
    endpoint, key, auth = map(str, found)
    try:
        sound = is_point(decoded(key)) and len(decoded(auth)) == 16
    except ValueError:
        return None
    parts = urlsplit(endpoint)
    whole = parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.username and len(endpoint) <= 1000
    return (endpoint, key, auth) if sound and whole else None


def _json(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body[:8000])
    except (ValueError, RecursionError):
        return None
