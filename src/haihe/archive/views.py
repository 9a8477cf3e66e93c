"""What the edge asks Django about one Master and who asks. Closed to everybody else."""

from __future__ import annotations

import hmac
import json
import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from haihe.archive.domain import granting, making, showing
from haihe.archive.domain.faults import MayNotDeposit
from haihe.archive.domain.programs import buckets, person_of, take
from haihe.archive.domain.rights import signing
from haihe.archive.domain.rights.policies import to_odrl
from haihe.archive.models import Master, Picture
from haihe.base.errors import HaiheError


@never_cache
def rights(request: HttpRequest) -> JsonResponse:
    """Facts, policy and the asking person's standing, for `?master=ID` or `?folder=NAME` of a picture."""
    _only_the_edge(request)
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
        "ai": granting.ai_of(master),
    }
    return JsonResponse(answer)


@never_cache
@csrf_exempt
def programs(request: HttpRequest) -> JsonResponse:
    """GET: the buckets of an access key. POST: a file that came by the S3 protocol becomes a deposit."""
    _only_the_edge(request)
    person = person_of(request.headers.get("X-Access-Key", ""))
    if person is None:
        return JsonResponse({"error": "InvalidAccessKeyId"}, status=403)
    if request.method != "POST":
        return JsonResponse({"buckets": buckets(person)})
    said = json.loads(request.body)
    try:
        row, secret = take(person, said["bucket"], said["key"], length=said["length"], media_type=said["media_type"])
    except HaiheError as error:
        status = 403 if isinstance(error, MayNotDeposit) else 409 if error.permanent else 503
        return JsonResponse({"error": type(error).__name__, "message": error.message}, status=status)
    return JsonResponse({"upload": row.pk, "secret": secret})


@never_cache
@csrf_exempt
def derive(request: HttpRequest) -> JsonResponse:
    """Have a derivative made that somebody asked for."""
    _only_the_edge(request)
    return JsonResponse({"asked": making.ask(_asked(request), request.GET.get("recipe", ""))})


def _only_the_edge(request: HttpRequest) -> None:
    word = request.headers.get("X-Haihe-Edge", "")
    if not hmac.compare_digest(word.encode(), signing.edge_word(settings.SECRET_KEY).encode()):
        raise Http404


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
