"""What the edge asks Django for its live streams. Closed to everybody else."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from haihe.archive.domain.rights import signing
from haihe.city import organisations_for
from haihe.newsroom.domain import boards


@never_cache
def reach(request: HttpRequest) -> JsonResponse:
    """Organisations of which the session's person may hear that something changed."""
    _only_the_edge(request)
    return JsonResponse({"organisations": sorted(organisations_for(request.user, "view"))})


@never_cache
def pulse(request: HttpRequest) -> JsonResponse:
    """What changed within the last seconds, by organisation."""
    _only_the_edge(request)
    return JsonResponse(boards.pulse())


def _only_the_edge(request: HttpRequest) -> None:
    word = request.headers.get("X-Haihe-Edge", "")
    if not hmac.compare_digest(word.encode(), signing.edge_word(settings.SECRET_KEY).encode()):
        raise Http404
