"""publish, correct, withdraw: what a person asks for; each goes through the subject's one door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.releases.domain.releasing import CorrectionNeedsNote, permit, permit_holder
from haihe.releases.edges import Notice
from haihe.releases.models import Publication, Release

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.releases.publishable import Publishable


Kind = Notice.Kind


class NotPublic(HaiheError):
    """The thing is not public, so there is nothing to correct or withdraw."""

    permanent = True
    hint = gettext_lazy("Publish it first.")


class WithdrawalNeedsReason(HaiheError):
    """A withdrawal says why."""

    permanent = True
    hint = gettext_lazy("Write one sentence for the history.")


def publish(subject: Publishable, by: Person | None, note: str = "") -> Release | None:
    """Make the newest revision of `subject` public; published again after a withdrawal it keeps its address.

    note      public, needed where it changes what is public already (a correction)
    returns   the Release that is now current; the same one as before where nothing changed;
              None where `go_live_at` lies ahead and it was scheduled

    Raises PermissionDenied, Locked, Untitled, CorrectionNeedsNote, Erased, NotCanonical.
    """
    permit_holder(subject, by, over_schedule=True)
    revision = subject.get_latest_revision() or subject.save_revision(user=by)
    subject.publish(revision, user=by, note=note)
    subject.refresh_from_db()
    publication = subject.publication
    if publication is None or subject.live_revision_id != revision.pk:
        return None
    return publication.current


def correct(subject: Publishable, by: Person, note: str) -> Release | None:
    """Publish the newest revision over what is public, with a public note on what changed and why.

    Raises NotPublic, CorrectionNeedsNote, PermissionDenied.
    """
    publication = subject.publication
    if publication is None or publication.state != Publication.State.PUBLISHED:
        raise NotPublic(thing=subject)
    if not note.strip():
        raise CorrectionNeedsNote(thing=publication.path)
    permit(subject, by, "correct")
    return publish(subject, by, note)


def withdraw(publication: Publication, by: Person, reason: str, *, kill: bool = False) -> Release:
    """Take a publication out of public; publishing its subject again brings it back at the same address.

    kill   it is wrong wherever it stands: what was made from it, in every organisation, goes out of public too;
           else who made something from it is only told

    Raises NotPublic, WithdrawalNeedsReason, PermissionDenied.
    """
    if publication.state != Publication.State.PUBLISHED:
        raise NotPublic(thing=publication.path)
    if not reason.strip():
        raise WithdrawalNeedsReason(thing=publication.path)
    subject_of(publication).unpublish(user=by, reason=reason.strip(), tells=Kind.KILLED if kill else Kind.WITHDRAWN)
    publication.refresh_from_db()
    assert publication.current is not None
    return publication.current


def subject_of(publication: Publication) -> Publishable:
    """The room's own row behind a publication."""
    model = apps.get_model(publication.subject_label)
    return model._base_manager.get(pk=publication.subject_id)


def row_of(label: str, key: str) -> Publishable | None:
    """The room's own row of this label and id; None where it is gone."""
    return apps.get_model(label)._base_manager.filter(pk=key).first()
