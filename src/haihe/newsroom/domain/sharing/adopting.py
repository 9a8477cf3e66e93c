"""Making a version of one's own of what another organisation offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from haihe.archive import deposit
from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.city import may_on
from haihe.newsroom.domain.sharing.copying import Copies
from haihe.newsroom.domain.sharing.offering import CalledBack
from haihe.newsroom.models import Manuscript, ManuscriptSource, Share
from haihe.releases.canonical import canonical
from haihe.releases.domain.deriving import derive
from haihe.releases.domain.releasing import permit_holder
from haihe.releases.edges import Notice

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person

_TAKEN_OVER = (
    "title", "original_title", "subtitle", "summary", "byline", "section", "language", "ai_parts", "ai_kind",
    "ai_provider", "ai_model", "embargo_until",
)  # fmt: skip


class TakenAlready(HaiheError):
    """Your organisation has adopted this already."""

    permanent = True
    hint = gettext_lazy("Open the manuscript that was made of it.")


def adopt(share: Share, by: Person) -> Manuscript:
    """A draft of the receiving organisation's own, with pictures, sources and labels; the offered text stays as it is.

    Pictures, films and captions become deposits of the receiving organisation, with the rights they came with.
    Raises PermissionDenied, CalledBack, TakenAlready.
    """
    if not may_on(by, "create", share):
        raise PermissionDenied
    if share.offer.recalled_at is not None:
        raise CalledBack(thing=share.offer)
    Copies(share.organisation, by).bring(share.offer.revision.as_object())
    with transaction.atomic():
        held = Share.objects.select_for_update(of=("self",)).select_related("offer__manuscript").get(pk=share.pk)
        if held.offer.recalled_at is not None:
            raise CalledBack(thing=held.offer)
        if held.state == Share.State.TAKEN:
            raise TakenAlready(thing=held.offer)
        source = held.offer.revision.as_object()
        derived = Manuscript(organisation=held.organisation, written_by=by)
        _take_over(derived, source, by)
        derived.sources.add(_origin(held.offer.manuscript, held.offer.content, held.organisation, by))
        derived.save()
        derive(derived, held.offer.manuscript, content_sha256=held.offer.content_sha256, by=by)
        revision = derived.save_revision(user=by, clean=False)
        log(instance=derived, action="wagtail.create", user=by, revision=revision, content_changed=True)
        held.state, held.manuscript = Share.State.TAKEN, derived
        held.decided_by, held.decided_at = by, timezone.now()
        held.save(update_fields=["state", "manuscript", "decided_by", "decided_at"])
        detail = {"from": held.offer.organisation_id, "content_sha256": held.offer.content_sha256}
        audit.record("manuscript.adopt", by=by, thing=derived, organisation=held.organisation, detail=detail)
    return derived


def take_change(notice: Notice, by: Person) -> Manuscript:
    """Let the draft of a derived text say what its source says in public now; ours before stands in its history.

    Raises PermissionDenied, Locked, CalledBack where the source is not public.
    """
    from haihe.releases.domain.publishing import row_of

    derived, source = row_of(notice.label, notice.thing), row_of(notice.source_label, notice.source_id)
    if not isinstance(derived, Manuscript) or not may_on(by, "edit", derived):
        raise PermissionDenied
    if not isinstance(source, Manuscript) or not source.live or source.live_revision is None:
        raise CalledBack(thing=source)
    Copies(derived.organisation, by).bring(source.live_revision.as_object())
    with transaction.atomic():
        draft = derived.get_latest_revision_as_object()
        permit_holder(draft, by)
        _take_over(draft, source.live_revision.as_object(), by)
        publication = source.publication
        assert publication is not None
        assert publication.current is not None
        draft.sources.add(_origin(source, publication.current.content, derived.organisation, by))
        if not draft.live:
            draft.save()
        draft.save_revision(user=by, clean=False, log_action=True)
    return draft


def _take_over(derived: Manuscript, source: Manuscript, by: Person) -> None:
    for name in _TAKEN_OVER:
        setattr(derived, name, getattr(source, name))
    copies = Copies(derived.organisation, by)
    derived.lead_picture = copies.picture(source.lead_picture)
    derived.body = copies.body(source)
    derived.topics = list(source.topics.all())
    kept = ("master", "locator", "name", "url", "obtained_at")
    derived.sources.set(
        [ManuscriptSource(**{name: getattr(one, name) for name in kept}) for one in source.sources.all()]
    )


def _origin(source: Manuscript, content: dict[str, Any], taker: Organisation, by: Person) -> ManuscriptSource:
    """The text as it was taken, a deposit of whoever took it: what readers are told can be walked back to it."""
    master = deposit(
        canonical(content),
        organisation=taker,
        source_kind="shared",
        source_uri=f"urn:uuid:{source.pk}",
        media_type="application/json",
        filename=f"{source.pk}.json",
        by=by,
    )
    return ManuscriptSource(master=master, name=source.organisation.name, obtained_at=master.obtained_at)
