"""Legal erasure, by two different persons: the words go, every chain still verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.releases.content import notice
from haihe.releases.domain import releasing
from haihe.releases.domain.publishing import subject_of
from haihe.releases.edges import Notice
from haihe.releases.models import Erasure, Publication, Release

if TYPE_CHECKING:
    from haihe.city.models import Person


class NeedsTwoPersons(HaiheError):
    """The person who asks for an erasure cannot confirm it."""

    permanent = True
    hint = gettext_lazy("Ask a second person with the right to erase.")


class ErasureNeedsReason(HaiheError):
    """An erasure names its legal reason."""

    permanent = True
    hint = gettext_lazy("Write the request and the law it rests on.")


class NothingToErase(HaiheError):
    """This erasure was decided already."""

    permanent = True


def ask_erasure(publication: Publication, by: Person, reason: str) -> Erasure:
    """First person: why the words must go. Returns the open request, the one there is if asked again.

    Raises PermissionDenied, ErasureNeedsReason, NothingToErase.
    """
    releasing.permit(subject_of(publication), by, "erase")
    if not reason.strip():
        raise ErasureNeedsReason(thing=publication.path)
    with transaction.atomic():
        held = Publication.objects.select_for_update(of=("self",)).get(pk=publication.pk)
        if held.state == Publication.State.ERASED:
            raise NothingToErase(thing=publication.path)
        erasure, new = Erasure.objects.get_or_create(
            publication=held,
            confirmed_by=None,
            defaults={"asked_by": by, "asked_at": timezone.now(), "reason": reason.strip()},
        )
        if new:
            _record("release.erase.ask", erasure, by)
    return erasure


def confirm_erasure(erasure: Erasure, by: Person) -> Release:
    """Second person: every content of the publication, and its subject, becomes a tombstone.

    Raises PermissionDenied, NeedsTwoPersons, NothingToErase.
    """
    subject = subject_of(erasure.publication)
    releasing.permit(subject, by, "erase")
    with transaction.atomic():
        subject = subject.held()
        open_one = Erasure.objects.select_for_update(of=("self",)).filter(pk=erasure.pk, confirmed_by=None).first()
        if open_one is None:
            raise NothingToErase(thing=erasure.publication.path)
        if open_one.asked_by_id == by.pk:
            raise NeedsTwoPersons(thing=erasure.publication.path)
        Erasure.objects.filter(pk=erasure.pk).update(confirmed_by=by, confirmed_at=timezone.now())
        publication = Publication.objects.select_for_update(of=("self",)).get(pk=erasure.publication_id)
        tombstone = notice(publication.kind, "erased", str(erasure.pk))
        for release in publication.releases.all():
            Release.objects.filter(pk=release.pk).update(content=tombstone, note="", ai_label={})
        Notice.objects.filter(source_label=subject.label, source_id=str(subject.pk)).update(note="")
        with subject.door():
            subject.forget()
        made = releasing.entomb(publication, by=by, erasure_id=str(erasure.pk))
    erasure.refresh_from_db()
    return made


def refuse_erasure(erasure: Erasure, by: Person) -> None:
    """Undo a request that was not confirmed. Raises PermissionDenied, NothingToErase."""
    releasing.permit(subject_of(erasure.publication), by, "erase")
    with transaction.atomic():
        _record("release.erase.refuse", erasure, by)
        deleted, _rows = Erasure.objects.filter(pk=erasure.pk, confirmed_by=None).delete()
        if not deleted:
            raise NothingToErase(thing=erasure.publication.path)


def erase(publication: Publication, by: Person, second: Person, reason: str) -> Release:
    """Both steps at once, for two persons who are both present.

    Raises NeedsTwoPersons, ErasureNeedsReason, NothingToErase, PermissionDenied.
    """
    if by.pk == second.pk:
        raise NeedsTwoPersons(thing=publication.path)
    with transaction.atomic():
        return confirm_erasure(ask_erasure(publication, by, reason), second)


def _record(action: str, erasure: Erasure, by: Person) -> None:
    publication = erasure.publication
    audit.record(
        action, by=by, thing=publication, organisation=publication.organisation, detail={"erasure": str(erasure.pk)}
    )
