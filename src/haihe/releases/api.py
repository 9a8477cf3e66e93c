"""What programs may read of public life. Everything here is public, so it needs no account."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.pagination import PageNumberPagination, paginate

from haihe.releases.content import pictures
from haihe.releases.domain.showing import shown
from haihe.releases.models import Publication, Release

router = Router(tags=["publications"], auth=None)

PUBLISHED = Publication.State.PUBLISHED


class PublicationOut(Schema):
    """One thing that is public."""

    id: uuid.UUID
    kind: str
    path: str
    title: str
    summary: str
    language: str
    organisation: str
    section: str | None
    first_published_at: datetime
    changed_at: datetime
    release: uuid.UUID

    @staticmethod
    def resolve_organisation(row: Publication) -> str:
        return row.organisation.slug

    @staticmethod
    def resolve_section(row: Publication) -> str | None:
        return row.section.slug if row.section else None

    @staticmethod
    def resolve_release(row: Publication) -> uuid.UUID | None:
        return row.current_id


class VersionOut(Schema):
    """One public version, without its content."""

    id: uuid.UUID
    number: int
    action: str
    made_at: datetime
    note: str
    content_sha256: str
    previous_hash: str
    hash: str


class ReleaseOut(VersionOut):
    """One public version. `content` is described by docs/release.schema.json.

    withheld   pictures left out of `content`, for their rights keep them from the public; `content_sha256` is that of
               the whole content
    """

    publication: uuid.UUID
    content: dict[str, Any]
    withheld: int

    @staticmethod
    def resolve_publication(row: Release) -> uuid.UUID:
        return row.publication_id

    @staticmethod
    def resolve_content(row: Release) -> dict[str, Any]:
        return shown(row.content)

    @staticmethod
    def resolve_withheld(row: Release) -> int:
        return len(list(pictures(row.content))) - len(list(pictures(shown(row.content))))


def public() -> QuerySet[Publication]:
    """Publications that anybody may read."""
    return Publication.objects.filter(state=PUBLISHED).select_related("current", "organisation", "section")


@router.get("/publications", response=list[PublicationOut])
@paginate(PageNumberPagination, page_size=20)
def list_publications(
    request: HttpRequest,
    kind: str = "",
    section: str = "",
    topic: str = "",
    organisation: str = "",
    language: str = "",
) -> QuerySet[Publication]:
    """What is public, newest first; sections, topics and organisations by their slug."""
    asked = {
        "kind": kind, "section__slug": section, "topics__slug": topic, "organisation__slug": organisation,
        "language": language,
    }  # fmt: skip
    return public().filter(**{name: value for name, value in asked.items() if value}).order_by("-first_published_at")


@router.get("/publications/{key}", response=PublicationOut)
def read_publication(request: HttpRequest, key: uuid.UUID) -> Publication:
    """One publication; 410 where it was withdrawn or erased."""
    return _published(key)


@router.get("/publications/{key}/releases", response=list[VersionOut])
def list_releases(request: HttpRequest, key: uuid.UUID) -> list[dict[str, Any]]:
    """Every version of one publication, oldest first, with its place in the chain."""
    return [_public_version(release) for release in _published(key).releases.order_by("number")]


@router.get("/releases/{key}", response=ReleaseOut)
def read_release(request: HttpRequest, key: uuid.UUID) -> Release:
    """One version with its content; 410 where its publication was withdrawn or erased."""
    release = get_object_or_404(Release.objects.select_related("publication"), pk=key)
    _published(release.publication_id)
    if release.action in (Release.Action.WITHDRAW, Release.Action.ERASE):
        release.note = ""
    return release


def _published(key: uuid.UUID) -> Publication:
    found = get_object_or_404(Publication.objects.select_related("current", "organisation", "section"), pk=key)
    if found.state != PUBLISHED:
        raise HttpError(410, found.get_state_display())
    return found


def _public_version(release: Release) -> dict[str, Any]:
    """Reasons of withdrawals are for staff; notes of corrections are for everybody."""
    shown = {name: getattr(release, name) for name in VersionOut.model_fields}
    withdrawn = release.action in (Release.Action.WITHDRAW, Release.Action.ERASE)
    return {**shown, "note": "" if withdrawn else release.note}
