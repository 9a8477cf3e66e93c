"""Deposits for programs: begun, filled by tus 1.0 uploads, kept as one item.

    POST /api/v1/deposits {"organisation": "museum"}      → id
    POST /api/v1/uploads   (tus creation; metadata `deposit`, `path`, and `sha256` where it is known)
    PATCH /-/uploads/<id>  (tus, in the edge)
    POST /api/v1/deposits/<id>/finish                      → kept in the background; GET says how far it is

An upload without `deposit` and with `organisation` and `filename` is a deposit of its own, kept when it has arrived.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema, Status

from haihe.archive.domain import drafting, inviting, uploads
from haihe.archive.models import Draft, Item, Master, Upload
from haihe.city import visible_to
from haihe.city.models import Organisation

router = Router(tags=["deposits"])


class DepositIn(Schema):
    organisation: str
    title: str = ""
    about: dict[str, Any] = {}
    rights: dict[str, Any] = {}


class UploadOut(Schema):
    id: str
    path: str
    length: int
    offset: int
    address: str


class DepositOut(Schema):
    id: uuid.UUID
    organisation: str
    title: str
    state: str
    problem: str
    item: str | None
    known: dict[str, str]  # path → earlier item of the same bytes that you may see
    uploads: list[UploadOut]


class ItemOut(Schema):
    id: uuid.UUID
    organisation: str | None
    title: str
    about: dict[str, Any]
    version: int
    files: list[dict[str, Any]]
    size: int
    created_at: datetime
    changed_at: datetime


def _own(request: HttpRequest) -> QuerySet[Draft]:
    """A draft is its depositor's alone until it is kept."""
    return visible_to(request.user, Draft.objects.filter(by_id=request.user.pk), "create").select_related(
        "organisation"
    )


def _shown(draft: Draft) -> dict[str, Any]:
    rows = list(draft.uploads.order_by("path"))
    arrived = drafting.offsets(rows)
    return {
        "id": draft.pk,
        "organisation": draft.organisation.slug,
        "title": draft.title,
        "state": draft.state,
        "problem": draft.problem,
        "item": f"urn:uuid:{draft.pk}" if draft.state == Draft.State.KEPT else None,
        "known": draft.told,
        "uploads": [
            {"id": row.pk, "path": row.path, "length": row.length, "offset": arrived[row.pk], "address": _address(row)}
            for row in rows
        ],
    }


def _address(row: Upload) -> str:
    return f"/-/uploads/{row.pk}"


@router.post("/deposits", response=DepositOut)
def begin_deposit(request: HttpRequest, said: DepositIn) -> Any:
    """Begin a deposit for an organisation in which you may create."""
    organisation = get_object_or_404(visible_to(request.user, Organisation.objects.all()), slug=said.organisation)
    draft = drafting.begin(organisation, by=request.user, title=said.title, about=said.about, rights=said.rights)
    return _shown(draft)


@router.get("/deposits/{identifier}", response=DepositOut)
def show_deposit(request: HttpRequest, identifier: uuid.UUID) -> Any:
    """How far a deposit of yours is."""
    return _shown(get_object_or_404(_own(request), pk=identifier))


@router.post("/deposits/{identifier}/finish", response=DepositOut)
def finish_deposit(request: HttpRequest, identifier: uuid.UUID) -> Any:
    """Keep what has arrived as one item."""
    draft = get_object_or_404(_own(request), pk=identifier)
    drafting.finish(draft)
    draft.refresh_from_db()
    return _shown(draft)


@router.delete("/deposits/{identifier}", response={204: None})
def discard_deposit(request: HttpRequest, identifier: uuid.UUID) -> Any:
    """Throw away what has arrived."""
    drafting.discard(get_object_or_404(_own(request), pk=identifier))
    return Status(204, None)


@router.post("/uploads", response={201: None}, openapi_extra={"summary": "Begin a tus 1.0 upload"})
def begin_upload(request: HttpRequest) -> Any:
    """tus creation: Upload-Length and Upload-Metadata in, Location out."""
    if request.headers.get("Tus-Resumable") != uploads.VERSION:
        return _tus(412, "This server speaks tus 1.0.0.", {"Tus-Version": uploads.VERSION})
    length = request.headers.get("Upload-Length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        return _tus(400, "Upload-Length is missing; a length that is not known beforehand is not taken.")
    try:
        said = uploads.read_metadata(request.headers.get("Upload-Metadata", ""))
        with transaction.atomic():  # an upload that is refused leaves no deposit
            row = drafting.add_upload(
                _draft_for(request, said),
                path=said.get("path") or said.get("relativePath") or said.get("filename") or "file",
                length=int(length),
                media_type=said.get("filetype", ""),
                sha256=said.get("sha256", ""),
            )
    except drafting.TooLarge as error:
        return _tus(413, str(error), {"Tus-Max-Size": str(settings.UPLOAD_LIMIT)})
    except uploads.UploadRefused as error:
        return _tus(400, str(error))
    return _tus(201, "", {"Location": request.build_absolute_uri(_address(row))})


def _draft_for(request: HttpRequest, said: dict[str, str]) -> Draft:
    if said.get("deposit"):
        try:
            return get_object_or_404(_own(request), pk=uuid.UUID(said["deposit"]))
        except ValueError:
            raise uploads.UploadRefused("`deposit` is no identifier.", thing=said["deposit"][:40]) from None
    organisation = get_object_or_404(
        visible_to(request.user, Organisation.objects.all()), slug=said.get("organisation", "")
    )
    return drafting.begin(
        organisation, by=request.user, title=said.get("title") or said.get("filename", ""), single=True
    )


@router.api_operation(["OPTIONS"], "/uploads", auth=None, include_in_schema=False)
def abilities(request: HttpRequest) -> HttpResponse:
    """What this tus server can do."""
    headers = {
        "Tus-Version": uploads.VERSION,
        "Tus-Extension": uploads.EXTENSIONS,
        "Tus-Max-Size": str(settings.UPLOAD_LIMIT),
        "Tus-Checksum-Algorithm": ",".join(uploads.ALGORITHMS),
    }
    return _tus(204, "", headers)


@router.get("/uploads/{identifier}", response=UploadOut)
def show_upload(request: HttpRequest, identifier: str) -> Any:
    """An upload of yours; the edge asks this before it takes bytes."""
    row = get_object_or_404(Upload, pk=identifier, draft__in=_own(request))
    offset = drafting.offsets([row])[row.pk]
    return {"id": row.pk, "path": row.path, "length": row.length, "offset": offset, "address": _address(row)}


@router.delete("/uploads/{identifier}", response={204: None})
def take_out_upload(request: HttpRequest, identifier: str) -> Any:
    """Take a file out of a deposit."""
    drafting.take_out(get_object_or_404(Upload.objects.select_related("draft"), pk=identifier, draft__in=_own(request)))
    return Status(204, None)


@router.post("/uploads/{identifier}/arrived", auth=None, include_in_schema=False)
def upload_arrived(request: HttpRequest, identifier: str) -> Any:
    """The edge tells that all of an upload is here; its secret says that it is the edge."""
    if drafting.arrived(identifier, request.headers.get("X-Upload-Secret", "")) is None:
        return HttpResponse(status=404)
    return HttpResponse(status=200)


class InvitationIn(Schema):
    till: datetime


class InvitationOut(Schema):
    till: datetime
    addresses: dict[str, str]  # what it shows → address


@router.post("/masters/{identifier}/invitations", response=InvitationOut)
def invite(request: HttpRequest, identifier: uuid.UUID, said: InvitationIn) -> Any:
    """Signed addresses of one Master for somebody without an account, good until `till`."""
    master = get_object_or_404(visible_to(request.user, Master.objects.all()), pk=identifier)
    till = said.till if timezone.is_aware(said.till) else timezone.make_aware(said.till)
    made = inviting.invite(master, till=till, by=request.user)
    addresses = {name: request.build_absolute_uri(path) for name, path in made.addresses.items()}
    return {"till": made.till, "addresses": addresses}


@router.get("/items/{identifier}", response=ItemOut)
def show_item(request: HttpRequest, identifier: uuid.UUID) -> Any:
    """One item of an organisation you may see, with its files."""
    rows = visible_to(request.user, Item.objects.filter(kind=Item.Kind.DEPOSIT)).select_related("organisation")
    item = get_object_or_404(rows, pk=identifier)
    files = item.masters.values("id", "path", "version", "media_type", "rights", "blob_id", "blob__size")
    return {
        "id": item.pk,
        "organisation": item.organisation.slug if item.organisation else None,
        "title": item.title,
        "about": item.about,
        "version": item.head,
        "size": item.size,
        "created_at": item.created_at,
        "changed_at": item.changed_at,
        "files": [
            {**{k: str(v) if k == "id" else v for k, v in row.items() if k[:4] != "blob"},
             "sha256": row["blob_id"], "size": row["blob__size"]}
            for row in files
        ],
    }  # fmt: skip


def _tus(status: int, body: str, headers: dict[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
    for name, value in {"Tus-Resumable": uploads.VERSION, "Cache-Control": "no-store", **(headers or {})}.items():
        response[name] = value
    return response
