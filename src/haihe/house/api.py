"""The API under /api/v1/: one OpenAPI document, one way of saying what went wrong."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security import HttpBearer, SessionAuth

from haihe.archive.api import router as deposits
from haihe.base.errors import HaiheError
from haihe.channels.api import router as changes
from haihe.newsroom.api import router as manuscripts
from haihe.newsroom.domain import tokens
from haihe.releases.api import router as publications
from haihe.tourism.api import router as figures


class Token(HttpBearer):
    """`Authorization: Bearer TOKEN`, from `haihe apitoken`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        person = tokens.person_of(token)
        if person is not None:
            request.user = person
        return person


api = NinjaAPI(
    title="Haihe 海河",
    version="1",
    description="What is public, for everybody; what staff write, for staff.",
    auth=[Token(), SessionAuth()],
    urls_namespace="api",
    docs_url=None,  # its page would load scripts from elsewhere; the document itself is at openapi.json
)
api.add_router("", publications)
api.add_router("", manuscripts)
api.add_router("", deposits)
api.add_router("", figures)
api.add_router("", changes)


@api.exception_handler(HaiheError)
def say(request: HttpRequest, error: HaiheError) -> HttpResponse:
    """409 where trying again cannot help, 503 where it may."""
    status = 409 if error.permanent else 503
    said = {"detail": error.message, "hint": str(error.hint), "error": type(error).__name__}
    return api.create_response(request, said, status=status)


@api.exception_handler(PermissionDenied)
def refuse(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return api.create_response(request, {"detail": str(error) or "forbidden"}, status=403)
