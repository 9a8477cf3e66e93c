"""Making a version of one's own of what another organisation offers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from haihe.archive import deposit
from haihe.archive.domain import granting
from haihe.archive.models import Picture, Rights
from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.city import may_on
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
    "ai_provider", "ai_model",
)  # fmt: skip


class TakenAlready(HaiheError):
    """Your organisation has adopted this already."""

    permanent = True
    hint = gettext_lazy("Open the manuscript that was made of it.")


def adopt(share: Share, by: Person) -> Manuscript:
    """A draft of the receiving organisation's own, with pictures, sources and labels; the offered text stays as it is.

    The pictures become deposits of the receiving organisation, with the rights they came with.
    Raises PermissionDenied, CalledBack, TakenAlready.
    """
    if not may_on(by, "create", share):
        raise PermissionDenied
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
    copies = _Copies(derived.organisation, by)
    derived.lead_picture = copies.of(source.lead_picture)
    body = source.body.get_prep_value() if source.body else []
    for value in _pictures(body):
        value["picture"] = copies.of_key(value["picture"])
    derived.body = json.dumps(body)
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


def _pictures(body: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every value of the body that names a picture, as it is stored."""
    for block in body:
        if block["type"] == "picture":
            yield block["value"]
        elif block["type"] == "gallery":
            yield from (one["value"] for one in block["value"]["pictures"])


class _Copies:
    """Pictures of one organisation made from another's, each once."""

    def __init__(self, organisation: Organisation, by: Person) -> None:
        self.organisation, self.by = organisation, by
        self.made: dict[int, Picture] = {}

    def of_key(self, key: int | None) -> int | None:
        picture = Picture.objects.filter(pk=key).first() if key else None
        copy = self.of(picture)
        return copy.pk if copy else None

    def of(self, picture: Picture | None) -> Picture | None:
        if picture is None or picture.organisation_id == self.organisation.pk:
            return picture
        if picture.pk not in self.made:
            self.made[picture.pk] = self._same_here(picture) or self._copy(picture)
        return self.made[picture.pk]

    def _same_here(self, picture: Picture) -> Picture | None:
        """A copy that an earlier version brought."""
        if picture.master is None:
            return None
        own = Picture.objects.filter(organisation=self.organisation, master__blob=picture.master.blob_id)
        return own.filter(title=picture.title, credit=picture.credit).order_by("pk").first()

    def _copy(self, picture: Picture) -> Picture:
        with picture.file.open("rb") as file:
            data = file.read()
        copy = Picture.objects.create(
            organisation=self.organisation,
            title=picture.title,
            description=picture.description,
            credit=picture.credit,
            file=ContentFile(data, name=picture.file.name.rpartition("/")[2]),
            uploaded_by_user=self.by,
            focal_point_x=picture.focal_point_x,
            focal_point_y=picture.focal_point_y,
            focal_point_width=picture.focal_point_width,
            focal_point_height=picture.focal_point_height,
        )
        if picture.master is not None and copy.master is not None:
            copy.master.rights = picture.master.rights
            copy.master.save(update_fields=["rights"])
            if Rights.objects.filter(master=picture.master).exists():
                said = f"{picture.organisation.slug}: {picture.master_id}"
                policy = granting.policy_of(picture.master)
                granting.set_policy(copy.master, policy, by=None, reason=said)
        return copy
