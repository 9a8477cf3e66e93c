"""What the edge asks Django about one Master and who asks. Closed to everybody else."""

from __future__ import annotations

import hmac
import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from haihe.archive.domain import granting, showing
from haihe.archive.domain.rights import signing
from haihe.archive.domain.rights.policies import to_odrl
from haihe.archive.models import Master, Picture


@never_cache
def rights(request: HttpRequest) -> JsonResponse:
    """Facts, policy and the asking person's standing, for `?master=ID` or `?folder=NAME` of a picture."""
    word = request.headers.get("X-Haihe-Edge", "")
    if not hmac.compare_digest(word.encode(), signing.edge_word(settings.SECRET_KEY).encode()):
        raise Http404
    master = _asked(request)
    key = str(master.pk)
    who = granting.person_facts(request.user, master.organisation_id)
    facts = granting.facts_of(master)
    shown = None if facts.purged or request.GET.get("folder") else showing.shown_file(master)
    answer: dict[str, Any] = {
        "master": key,
        "published": facts.published,
        "purged": facts.purged,
        "policy": to_odrl(granting.policy_of(master), f"urn:uuid:{key}"),
        "signed_in": who.signed_in,
        "staff": who.staff,
        "keeper": who.keeper,
        "path": str(shown) if shown else None,
        "sha256": master.blob_id,
    }
    return JsonResponse(answer)


def _asked(request: HttpRequest) -> Master:
    folder = request.GET.get("folder", "")
    found: Master | None
    if folder:
        picture = Picture.objects.filter(folder=folder[:24]).select_related("master").first()
        found = picture.master if picture else None
    else:
        try:
            key = uuid.UUID(request.GET.get("master", ""))
        except ValueError:
            raise Http404 from None
        found = Master.objects.select_related("blob__segment").filter(pk=key).first()
    if found is None:
        raise Http404
    return found
