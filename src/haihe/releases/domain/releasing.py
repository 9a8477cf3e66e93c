"""Making a Release, inside the transaction that makes its subject live. The verbs are in `publishing`."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.locks import ScheduledForPublishLock

from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.city import may
from haihe.releases import signals
from haihe.releases.canonical import sha256_of
from haihe.releases.content import is_notice, notice, only_grew
from haihe.releases.domain import reaching
from haihe.releases.domain.chains import chain_hash
from haihe.releases.edges import Notice
from haihe.releases.models import Citation, Publication, Release

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.releases.publishable import Publishable

State, Action = Publication.State, Release.Action

SIGNALS = {
    Action.PUBLISH: signals.published,
    Action.CORRECT: signals.corrected,
    Action.WITHDRAW: signals.withdrawn,
    Action.ERASE: signals.withdrawn,
}

# Crockford's: no i, l, o, u, so that an address can be read aloud.
BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


class CorrectionNeedsNote(HaiheError):
    """A correction says in public what changed and why."""

    permanent = True
    hint = gettext_lazy("Write one sentence for the readers.")


class Untitled(HaiheError):
    """What is published needs a title."""

    permanent = True
    hint = gettext_lazy("Write one, then publish.")


class Locked(HaiheError):
    """Somebody holds this, or it waits for its time."""

    permanent = True
    hint = gettext_lazy("Ask who holds it, or end the schedule.")


class Erased(HaiheError):
    """The publication was erased by law and does not come back."""

    permanent = True
    hint = gettext_lazy("Begin a new manuscript.")


def permit(subject: Publishable, by: Any, action: str) -> None:
    """Raises PermissionDenied unless `by` may do `action` in the subject's organisation; None is the schedule."""
    if by is not None and not may(by, action, subject.organisation):
        raise PermissionDenied(_("You may not do this in %(organisation)s.") % {"organisation": subject.organisation})


def permit_holder(subject: Publishable, by: Any, *, over_schedule: bool = False) -> None:
    """Raises Locked where `by` has to wait for somebody else, or for a schedule; None is the schedule itself.

    over_schedule   what waits for its time may be published: asked for twice, it is scheduled as before
    """
    lock = subject.get_lock() if by is not None and hasattr(subject, "get_lock") else None
    if over_schedule and isinstance(lock, ScheduledForPublishLock):
        return
    if lock is not None and lock.for_user(by):
        raise Locked(thing=subject)


def check(subject: Publishable, note: str) -> None:
    """Can this content be released? Before anything is written.

    Raises Untitled, CorrectionNeedsNote, Erased, NotCanonical, and what the subject's `release_conditions` raises.
    """
    publication = subject.publication
    if not subject.release_content()["title"].strip():
        raise Untitled(thing=publication.path if publication else subject)
    reaching.require_not_killed(subject)
    subject.release_conditions()
    if publication is None:
        sha256_of(subject.release_content())
        return
    if publication.state == State.ERASED:
        raise Erased(thing=publication.path)
    if needs_note(subject, publication) and not (note or subject.release_note()).strip():
        raise CorrectionNeedsNote(thing=publication.path)


def corrects(subject: Publishable, publication: Publication | None = None) -> bool:
    """True where publishing `subject` now would change what the public reads."""
    publication = publication or subject.publication
    return (
        publication is not None
        and publication.state == State.PUBLISHED
        and publication.current is not None
        and sha256_of(subject.release_content()) != publication.current.content_sha256
    )


def needs_note(subject: Publishable, publication: Publication | None = None) -> bool:
    """True where publishing `subject` now would correct what the public reads; a live story that grew does not."""
    publication = publication or subject.publication
    if publication is None or publication.current is None or not corrects(subject, publication):
        return False
    return not only_grew(publication.current.content, dict(subject.release_content()))


def release(subject: Publishable, *, by: Person | None, note: str = "") -> Release:
    """The Release of a subject that just became live; the newest one where its content is public already."""
    content: dict[str, Any] = dict(subject.release_content())
    note = (note or subject.release_note()).strip()
    now = timezone.now()
    publication = _publication_of(subject, now)
    current = publication.current
    if publication.state == State.PUBLISHED and current and current.content_sha256 == sha256_of(content):
        return current
    action = Action.CORRECT if publication.state == State.PUBLISHED and current else Action.PUBLISH
    made = _append(publication, action, content, by=by, note=note, now=now)
    Citation.objects.bulk_create(
        Citation(
            release=made,
            master=cites.master,
            fact_sheet=cites.fact_sheet,
            cited_release=cites.release,
            role=cites.role,
            locator=cites.locator[:2200],
        )
        for cites in subject.release_citations()
    )
    _point(publication, made, State.PUBLISHED, title=content["title"], language=content["language"])
    publication.section = subject.release_section()
    publication.save(update_fields=["section"])
    publication.topics.set(subject.release_topics())
    subject.note_used()
    _tell(publication, made, by, Notice.Kind.CORRECTED if action == Action.CORRECT else "")
    return made


def retract(
    subject: Publishable, *, by: Person | None, reason: str, tells: str = Notice.Kind.WITHDRAWN
) -> Release | None:
    """The Release that says a subject is no longer public; None where it never was.

    tells   which kind of notice goes to what was made from it; "" where it has been told already
    """
    publication = Publication.objects.select_for_update(of=("self",)).filter(
        subject_label=subject.label, subject_id=str(subject.pk), state=State.PUBLISHED
    ).first()  # fmt: skip
    if publication is None:
        return None
    content = notice(publication.kind, "withdrawn")
    made = _append(publication, Action.WITHDRAW, content, by=by, note=reason, now=timezone.now())
    _point(publication, made, State.WITHDRAWN)
    _tell(publication, made, by, tells)
    return made


def entomb(publication: Publication, *, by: Person, erasure_id: str) -> Release:
    """The last Release of an erased publication."""
    content = notice(publication.kind, "erased", erasure_id)
    made = _append(publication, Action.ERASE, content, by=by, note="", now=timezone.now())
    _point(publication, made, State.ERASED, title="")
    _tell(publication, made, by, Notice.Kind.KILLED)
    return made


def _publication_of(subject: Publishable, now: datetime) -> Publication:
    key = {"subject_label": subject.label, "subject_id": str(subject.pk)}
    found = Publication.objects.select_for_update(of=("self",)).filter(**key).first()
    if found:
        return found
    content = subject.release_content()
    return Publication.objects.create(
        **key,
        kind=subject.kind,
        organisation=subject.organisation,
        path=_new_path(subject.kind, now),
        state=State.PUBLISHED,
        language=content["language"],
        title=content["title"],
        first_published_at=now,
        changed_at=now,
    )


def _new_path(kind: str, now: datetime) -> str:
    day = timezone.localtime(now).strftime("%Y%m%d")
    while True:
        path = f"/{kind}/{day}-{''.join(secrets.choice(BASE32) for _ in range(5))}/"
        if not Publication.objects.filter(path=path).exists():
            return path


def _append(
    publication: Publication,
    action: Release.Action,
    content: dict[str, Any],
    *,
    by: Person | None,
    note: str,
    now: datetime,
) -> Release:
    newest = publication.releases.order_by("-number").first()
    made = Release(
        publication=publication,
        number=newest.number + 1 if newest else 1,
        action=action,
        content=content,
        content_sha256=sha256_of(content),
        previous_hash=newest.hash if newest else "",
        ai_label={} if is_notice(content) else content["ai"],
        note=note,
        note_sha256=hashlib.sha256(note.encode()).hexdigest(),
        made_by=by,
        made_at=now,
    )
    made.hash = chain_hash(made)
    made.save(force_insert=True)
    return made


def _point(publication: Publication, made: Release, state: Publication.State, **values: str) -> None:
    publication.current = made
    publication.state = state
    publication.changed_at = made.made_at
    for name, value in values.items():
        setattr(publication, name, value)
    publication.save()  # which journals it for the search index


def _tell(publication: Publication, made: Release, by: Person | None, tells: str) -> None:
    audit.record(
        f"release.{made.action}",
        by=by,
        thing=publication,
        organisation=publication.organisation,
        detail={"release": str(made.id), "number": made.number, "hash": made.hash},
    )
    if tells:
        reaching.tell(
            publication.subject_label,
            publication.subject_id,
            tells,
            source=publication.organisation,
            note="" if made.action == Action.ERASE else made.note,
            by=by,
            release=made,
        )
    signals.send(SIGNALS[Action(made.action)], release=made, publication=publication)
