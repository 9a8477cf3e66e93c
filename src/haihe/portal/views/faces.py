"""Signs of our faces for a browser whose machine has no Han face."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from haihe.base.web.fonts.cutting import FACES, MOST, cut

A_MONTH = 30 * 86_400  # seconds


@require_safe
def signs(request: HttpRequest, face: str) -> HttpResponse:
    """`/face/sans.woff2?signs=海河`. The same signs of the same face are the same bytes."""
    wanted = request.GET.get("signs", "")
    if face not in FACES or not wanted or len(wanted) > MOST:
        raise Http404
    made = cut(face, wanted)
    response = HttpResponse(made, content_type="font/woff2")
    response.headers["Cache-Control"] = f"public, max-age={A_MONTH}"
    response.headers["ETag"] = f'"{hashlib.sha256(made).hexdigest()[:32]}"'
    return response
