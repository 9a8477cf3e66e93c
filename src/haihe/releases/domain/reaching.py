"""A correction or kill reaches every derivative in every organisation.

What must be told is written with the deed, in one transaction. A kill is then carried out some things at a time, each
in a savepoint of its own: one that fails waits and is tried again, and stops no other. What lies with receivers goes
first, so that they are told while the rest is carried out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.city import may
from haihe.releases.domain.deriving import descendants
from haihe.releases.edges import Derivation, Notice
from haihe.releases.models import Publication, Release

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.releases.publishable import Publishable

logger = logging.getLogger(__name__)

Kind, State = Notice.Kind, Notice.State
_AT_ONCE = 500
_TOGETHER = 16  # things of one transaction: others who write wait no longer than a few tenths of a second


class SourceKilled(HaiheError):
    """The text this was made from was killed by the organisation it came from."""

    permanent = True
    hint = gettext_lazy("Decide on the notice first: whoever may publish can keep it, with a reason.")


class NoticeNeedsReason(HaiheError):
    """Who keeps a text whose source was killed or corrected says why."""

    permanent = True
    hint = gettext_lazy("Write one sentence for the history.")


class KillIncomplete(HaiheError):
    """Something that was killed could not be taken out of public yet."""

    hint = gettext_lazy("It is tried again; the log says why it failed.")


def tell(
    label: str,
    key: str,
    kind: str,
    *,
    source: Organisation,
    note: str,
    by: Person | None,
    release: Release | None = None,
) -> int:
    """Write a notice for everything derived from a thing, and line a kill up; returns how many.

    To be called in the transaction of the correction or kill.
    """
    below = descendants(label, key)
    if not below:
        return 0
    cause, now = uuid4(), timezone.now()
    public = _public(below)
    rows = [
        Notice(
            cause=cause, kind=kind, source_label=label, source_id=key, source_organisation=source, release=release,
            label=one[0], thing=one[1], organisation_id=owner, note=note, public=one in public, told_at=now, told_by=by,
        )
        for one, owner in _owners(below).items()
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, batch_size=_AT_ONCE)
    if kind == Kind.KILLED:
        from haihe.releases.tasks import carry_out_kill

        carry_out_kill.enqueue(cause=str(cause))
    return len(rows)


def carry_out(cause: UUID | None = None) -> tuple[int, int]:
    """Take out of public what a kill (None: every kill) has reached and not pulled yet; returns (pulled, failed)."""
    from haihe.releases.baking.domain.marking import left_to_the_worker
    from haihe.releases.delivery.models import Delivery

    public = Publication.objects.filter(
        subject_label=OuterRef("label"), subject_id=OuterRef("thing"), state=Publication.State.PUBLISHED
    )
    waiting = Notice.objects.filter(Exists(public), kind=Kind.KILLED, state=State.OPEN)
    if cause is not None:
        waiting = waiting.filter(cause=cause)
    lies = Delivery.objects.filter(
        publication__subject_label=OuterRef("label"), publication__subject_id=OuterRef("thing")
    )
    keys = list(waiting.order_by(Exists(lies).desc(), "pk").values_list("pk", flat=True))
    pulled = failed = 0
    with left_to_the_worker():
        for at in range(0, len(keys), _TOGETHER):
            done, not_done = _pull_together(keys[at : at + _TOGETHER])
            pulled, failed = pulled + done, failed + not_done
    return pulled, failed


def require_not_killed(subject: Publishable) -> None:
    """Raises SourceKilled while a kill of something it was made from is undecided, or pulled it."""
    standing = Notice.objects.filter(
        label=subject.label, thing=str(subject.pk), kind=Kind.KILLED, state__in=(State.OPEN, State.PULLED)
    )
    last = standing.select_related("source_organisation").order_by("-told_at", "-pk").first()
    if last is not None:
        told = {"organisation": last.source_organisation, "why": last.note}
        raise SourceKilled(_("%(organisation)s killed it: %(why)s") % told, thing=subject)


def settle(notice: Notice, by: Person, decision: str, why: str = "") -> Notice:
    """A person decides on a notice: TAKEN (the change is in our text now) or KEPT, which says why.

    To keep what was killed needs the right to publish. Raises PermissionDenied, NoticeNeedsReason.
    """
    if decision not in (State.TAKEN, State.KEPT):
        raise ValueError(decision)
    needed = "publish" if notice.kind == Kind.KILLED else "edit"
    if not may(by, needed, notice.organisation_id):
        raise PermissionDenied
    if decision == State.KEPT and not why.strip():
        raise NoticeNeedsReason(thing=notice)
    with transaction.atomic():
        row = Notice.objects.select_for_update().get(pk=notice.pk)
        row.state, row.why, row.done_by, row.done_at = decision, why.strip()[:1000], by, timezone.now()
        row.save(update_fields=["state", "why", "done_by", "done_at"])
        detail = {"notice": row.pk, "kind": row.kind, "decision": decision, "why": row.why}
        audit.record("notice.settle", by=by, thing=row.thing, organisation=row.organisation_id, detail=detail)
    return row


def _pull_together(keys: list[int]) -> tuple[int, int]:
    pulled = failed = 0
    try:
        with transaction.atomic():
            for key in keys:
                try:
                    with transaction.atomic():
                        pulled += _pull(key)
                except Exception:
                    failed += 1
                    logger.exception("a killed text could not be taken out of public: notice %s", key)
    except Exception:
        logger.exception("killed texts could not be taken out of public")
        return 0, len(keys)
    return pulled, failed


def _pull(key: int) -> int:
    from haihe.releases.domain.publishing import row_of

    row = Notice.objects.select_for_update(of=("self",)).select_related("source_organisation").get(pk=key)
    if row.state != State.OPEN:
        return 0
    subject = row_of(row.label, row.thing)
    if subject is None or not subject.goes_with_its_source():
        return 0
    told = {"organisation": row.source_organisation, "why": row.note}
    subject.unpublish(user=None, reason=_("Killed by %(organisation)s: %(why)s") % told, tells="")
    row.state, row.done_at = State.PULLED, timezone.now()
    row.save(update_fields=["state", "done_at"])
    return 1


def _owners(things: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Each thing with its organisation, as the edge that made it says."""
    wanted = sorted(things)
    found: dict[tuple[str, str], int] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        part = wanted[at : at + _AT_ONCE]
        edges = Derivation.objects.filter(derived_id__in=[key for _label, key in part])
        for label, key, owner in edges.values_list("derived_label", "derived_id", "derived_organisation_id"):
            found[label, key] = owner
    return {one: found[one] for one in wanted}


def _public(things: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    wanted = sorted(things)
    found: set[tuple[str, str]] = set()
    for at in range(0, len(wanted), _AT_ONCE):
        keys = [key for _label, key in wanted[at : at + _AT_ONCE]]
        rows = Publication.objects.filter(subject_id__in=keys, state=Publication.State.PUBLISHED)
        found.update(rows.values_list("subject_label", "subject_id"))
    return found & set(wanted)
