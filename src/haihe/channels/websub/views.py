"""The hub's address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from haihe.base.errors import HaiheError
from haihe.channels.websub import hub as websub

PLAIN = "text/plain; charset=utf-8"


@csrf_exempt  # for programs, without cookies; nothing takes effect before the callback has echoed a challenge
@require_POST
def hub(request: HttpRequest) -> HttpResponse:
    """202 where the request is taken in, 400 with the reason where it is not, 404 without a hub."""
    held = websub.outlet()
    if held is None:
        return HttpResponse("This city has no hub.", status=404, content_type=PLAIN)
    said = {
        name: request.POST.get(f"hub.{name}", "") for name in ("mode", "topic", "callback", "lease_seconds", "secret")
    }
    if said["mode"] not in ("subscribe", "unsubscribe"):
        return HttpResponse("hub.mode: subscribe or unsubscribe", status=400, content_type=PLAIN)
    lease = said["lease_seconds"]
    try:
        websub.ask(
            held,
            mode=said["mode"],
            topic=said["topic"],
            callback=said["callback"],
            lease=int(lease) if lease.isascii() and lease.isdecimal() and len(lease) < 12 else 0,
            secret=said["secret"],
        )
    except HaiheError as error:
        return HttpResponse(error.message, status=400, content_type=PLAIN)
    return HttpResponse(status=202)
