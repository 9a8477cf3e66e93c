"""What the edge asks for the streams. Closed to everybody else."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from haihe.archive.domain.rights import signing
from haihe.channels.changes import reading


@never_cache
def heads(request: HttpRequest) -> JsonResponse:
    """The newest cursor of each outlet."""
    word = request.headers.get("X-Haihe-Edge", "")
    if not hmac.compare_digest(word.encode(), signing.edge_word(settings.SECRET_KEY).encode()):
        raise Http404
    return JsonResponse({"heads": reading.heads()})
