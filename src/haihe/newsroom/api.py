"""What programs of staff may do with manuscripts; every call passes the gate of the person who calls."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema
from ninja.pagination import PageNumberPagination, paginate
from pydantic import StringConstraints

from haihe.city import visible_to
from haihe.city.models import Organisation
from haihe.newsroom.domain import writing
from haihe.newsroom.models import Item, Manuscript
from haihe.releases.domain import correct, publish, withdraw
from haihe.releases.domain.publishing import NotPublic
from haihe.releases.domain.releasing import Untitled
from haihe.releases.models import Release

router = Router(tags=["manuscripts"])


class ManuscriptOut(Schema):
    """A manuscript as its newest draft stands; in a list, once public, as the public reads it."""

    id: uuid.UUID
    organisation: str
    title: str
    original_title: str
    subtitle: str
    summary: str
    byline: str
    language: str
    section: str | None
    text: str
    length: int
    live: bool
    path: str | None
    created_at: datetime

    @staticmethod
    def resolve_organisation(row: Manuscript) -> str:
        return row.organisation.slug

    @staticmethod
    def resolve_section(row: Manuscript) -> str | None:
        return row.section.slug if row.section else None

    @staticmethod
    def resolve_length(row: Manuscript) -> int:
        return row.length.total

    @staticmethod
    def resolve_path(row: Manuscript) -> str | None:
        return row.publication.path if row.publication else None


class Draft(Schema):
    """What may be written; what is left out stays. `html` is running text, sanitised, and becomes the whole body."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)] | None = None
    subtitle: str | None = Field(None, max_length=300)
    summary: str | None = Field(None, max_length=1000)
    byline: str | None = Field(None, max_length=300)
    section: str | None = None
    html: str | None = Field(None, max_length=2_000_000)


class NewDraft(Draft):
    """`organisation` by slug; with `item` the draft is made from it and cites it."""

    organisation: str
    item: uuid.UUID | None = None


class Note(Schema):
    note: str = Field("", max_length=1000)


class Reason(Schema):
    reason: str = Field(min_length=1, max_length=1000)


class Made(Schema):
    """The Release that is current now; null where publishing is scheduled."""

    release: uuid.UUID | None
    number: int | None
    action: str | None
    path: str | None


@router.get("/manuscripts", response=list[ManuscriptOut])
@paginate(PageNumberPagination, page_size=20)
def list_manuscripts(request: HttpRequest) -> QuerySet[Manuscript]:
    """Manuscripts you may see, newest first."""
    return visible_to(request.user, Manuscript.objects.select_related("organisation", "section"))


@router.post("/manuscripts", response={201: ManuscriptOut})
def create_manuscript(request: HttpRequest, draft: NewDraft) -> tuple[int, Manuscript]:
    """Begin a draft, from nothing or from an intake item; all of it or nothing."""
    with transaction.atomic():
        return 201, _begun(request, draft)


def _begun(request: HttpRequest, draft: NewDraft) -> Manuscript:
    organisation = get_object_or_404(visible_to(request.user, Organisation.objects.all()), slug=draft.organisation)
    if draft.item:
        item = get_object_or_404(visible_to(request.user, Item.objects.all()), pk=draft.item)
        begun = writing.begin_from_item(item, request.user, organisation=organisation)
    else:
        if not draft.title:
            raise Untitled(thing=organisation.slug)
        begun = writing.begin(organisation, request.user, title=draft.title, html=draft.html or "")
    return writing.revise(begun, request.user, **_changes(draft, skip={"organisation", "item"}))


@router.get("/manuscripts/{key}", response=ManuscriptOut)
def read_manuscript(request: HttpRequest, key: uuid.UUID) -> Manuscript:
    """One manuscript, its newest draft."""
    return _mine(request, key, "view").get_latest_revision_as_object()


@router.patch("/manuscripts/{key}", response=ManuscriptOut)
def revise_manuscript(request: HttpRequest, key: uuid.UUID, draft: Draft) -> Manuscript:
    """Write a new revision; nothing public changes."""
    return writing.revise(_mine(request, key, "edit"), request.user, **_changes(draft))


@router.post("/manuscripts/{key}/publish", response=Made)
def publish_manuscript(request: HttpRequest, key: uuid.UUID, note: Note) -> dict[str, Any]:
    """Publish the newest draft."""
    return _made(publish(_mine(request, key, "publish"), request.user, note.note))


@router.post("/manuscripts/{key}/correct", response=Made)
def correct_manuscript(request: HttpRequest, key: uuid.UUID, note: Note) -> dict[str, Any]:
    """Publish the newest draft over what is public, with a public note."""
    return _made(correct(_mine(request, key, "correct"), request.user, note.note))


@router.post("/manuscripts/{key}/withdraw", response=Made)
def withdraw_manuscript(request: HttpRequest, key: uuid.UUID, reason: Reason) -> dict[str, Any]:
    """Take it out of public."""
    manuscript = _mine(request, key, "withdraw")
    if manuscript.publication is None:
        raise NotPublic(thing=manuscript)
    return _made(withdraw(manuscript.publication, request.user, reason.reason))


def _mine(request: HttpRequest, key: uuid.UUID, action: str) -> Manuscript:
    return get_object_or_404(visible_to(request.user, Manuscript.objects.all(), action), pk=key)


def _changes(draft: Draft, skip: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    return draft.dict(exclude_unset=True, exclude=set(skip))


def _made(release: Release | None) -> dict[str, Any]:
    if release is None:
        return {"release": None, "number": None, "action": None, "path": None}
    path = release.publication.path
    return {"release": release.pk, "number": release.number, "action": release.action, "path": path}
