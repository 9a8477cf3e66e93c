"""Offering a version to other organisations, leaving it, and calling it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.city import may, may_on
from haihe.city.models import Organisation
from haihe.newsroom.models import Correspondent, Manuscript, Offer, Share
from haihe.releases.canonical import sha256_of
from haihe.releases.domain import reaching
from haihe.releases.edges import Notice

if TYPE_CHECKING:
    from haihe.city.models import Person

MOST_ORGANISATIONS = 500


class NothingToOffer(HaiheError):
    """An offer needs a text with a title, and somebody to offer it to."""

    permanent = True
    hint = gettext_lazy("Write a title and choose at least one other organisation.")


class CalledBack(HaiheError):
    """The organisation that offered this has called it back."""

    permanent = True
    hint = gettext_lazy("It cannot be adopted any more; ask them.")


class RecallNeedsReason(HaiheError):
    """Who calls an offer back says why."""

    permanent = True
    hint = gettext_lazy("Write one sentence: everybody who took it reads it.")


def receivers(manuscript: Manuscript) -> list[Organisation]:
    """Whom a manuscript may be offered to: every other organisation of the city, nearest first."""
    own = manuscript.organisation
    others = Organisation.objects.exclude(pk=own.pk).order_by("path")[:MOST_ORGANISATIONS]

    def distance(other: Organisation) -> tuple[int, str]:
        shared = sum(1 for a, b in zip(own.path.split("/"), other.path.split("/"), strict=False) if a == b)
        return -shared + abs(own.depth - other.depth), other.path

    return sorted(others, key=distance)


@transaction.atomic
def offer(manuscript: Manuscript, to: Iterable[Organisation], *, by: Person, message: str = "") -> Offer:
    """Offer the newest draft as it stands. Who was offered an earlier version and left it open sees the new one only.

    Raises PermissionDenied, NothingToOffer.
    """
    if not may(by, "submit", manuscript.organisation):
        raise PermissionDenied
    held = manuscript.held()
    revision = held.get_latest_revision() or held.save_revision(user=by, clean=False)
    draft = revision.as_object()
    wanted = {one.pk: one for one in to if one.pk != held.organisation_id}
    content: dict[str, Any] = dict(draft.release_content())
    if not wanted or not content["title"].strip():
        raise NothingToOffer(thing=manuscript)
    made = Offer.objects.create(
        organisation=held.organisation,
        manuscript=held,
        revision=revision,
        title=content["title"][:300],
        content=content,
        content_sha256=sha256_of(content),
        contributors=contributors_of(draft),
        message=message.strip()[:500],
        offered_by=by,
        offered_at=timezone.now(),
    )
    earlier = Share.objects.filter(offer__manuscript=held, organisation__in=wanted, state=Share.State.OPEN)
    earlier.update(state=Share.State.LEFT, decided_at=made.offered_at)
    Share.objects.bulk_create(Share(offer=made, organisation=one) for one in wanted.values())
    detail = {"to": sorted(one.slug for one in wanted.values()), "content_sha256": made.content_sha256}
    audit.record("manuscript.offer", by=by, thing=held, organisation=held.organisation, detail=detail)
    return made


@transaction.atomic
def leave(share: Share, by: Person, *, leaves: bool = True) -> None:
    """Leave an offer, or take it up again. Raises PermissionDenied."""
    if not may_on(by, "create", share):
        raise PermissionDenied
    before, after = (Share.State.OPEN, Share.State.LEFT) if leaves else (Share.State.LEFT, Share.State.OPEN)
    Share.objects.filter(pk=share.pk, state=before).update(state=after, decided_by=by, decided_at=timezone.now())


@transaction.atomic
def recall(offered: Offer, by: Person, why: str) -> int:
    """Call an offer back because the text is wrong: nobody adopts it any more, and what was made of it anywhere is
    killed; returns how many texts that reached. Twice does nothing. Raises PermissionDenied, RecallNeedsReason.
    """
    if not may(by, "withdraw", offered.organisation_id):
        raise PermissionDenied
    if not why.strip():
        raise RecallNeedsReason(thing=offered)
    held = Offer.objects.select_for_update(of=("self",)).select_related("manuscript", "organisation").get(pk=offered.pk)
    if held.recalled_at is not None:
        return 0
    # Every version of this text that lies before others goes with it: what is wrong in one is wrong in all.
    Offer.objects.filter(manuscript=held.manuscript, recalled_at=None).update(
        recalled_at=timezone.now(), recalled_why=why.strip()[:500]
    )
    manuscript = held.manuscript
    reached = reaching.tell(
        manuscript.label, str(manuscript.pk), Notice.Kind.KILLED, source=held.organisation, note=why.strip(), by=by
    )
    detail = {"why": why.strip()[:500], "reached": reached}
    audit.record("manuscript.recall", by=by, thing=manuscript, organisation=held.organisation, detail=detail)
    return reached


def contributors_of(draft: Manuscript) -> list[dict[str, Any]]:
    """Whom a fee for this text goes to: the names of its byline, else who began it."""
    writer = draft.written_by
    names = draft.names or ([writer.pen_name or writer.get_username()] if writer else [])
    known = Correspondent.objects.filter(organisation=draft.organisation, active=True)
    by_name = {one.name: one.pk for one in known.filter(name__in=names).order_by("-pk")}
    account = known.filter(account=writer).values_list("pk", flat=True).first() if writer else None
    alone = account if len(names) == 1 else None
    return [{"name": name[:100], "correspondent": by_name.get(name, alone)} for name in dict.fromkeys(names)]
