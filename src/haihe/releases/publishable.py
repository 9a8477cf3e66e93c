"""What a room subclasses to publish: drafts, revisions, locks, review, preview, and one door to the public."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from wagtail.actions.unpublish import UnpublishAction
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, Revision, RevisionMixin, WorkflowMixin
from wagtail.search import index

from haihe.base.errors import HaiheError
from haihe.releases import preview
from haihe.releases.content import Content

if TYPE_CHECKING:
    from haihe.archive.models import Master
    from haihe.city.models import Person
    from haihe.releases.models import FactSheet, Publication, Release, Section, Topic


class LiveOutsideTheDoor(HaiheError):
    """Something tried to make a thing public, or not public, without making a Release."""

    permanent = True
    hint = "Use publish(), unpublish() or the verbs of haihe.releases.domain."


@dataclass(frozen=True)
class Cites:
    """What a content rests on: exactly one of master, fact_sheet, release. `locator`: where in it."""

    master: Master | None = None
    fact_sheet: FactSheet | None = None
    release: Release | None = None
    role: str = "source"  # as in domain/tracing.py: ROLES
    locator: str = ""


_open_doors: ContextVar[frozenset[tuple[str, str]]] = ContextVar("open_doors", default=frozenset())


class Publishable(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, index.Indexed, models.Model
):
    """A snippet with a public life. A subclass has `organisation` and fills `release_content`, `release_citations`.

    Every way to the public ends in `publish()` (button, workflow, API, schedule) or `unpublish()` (button, expiry):
    row, Release and pointer change in one transaction. Anything that sets `live` elsewhere, as Wagtail's own
    UnpublishAction does when called directly, is refused by `save()`.
    """

    kind: ClassVar[str] = "story"

    # Wagtail's default is True, which would let a plain create() be live without a Release.
    live = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if (fields is None or "live" in fields) and (self.label, str(self.pk)) not in _open_doors.get():
            stored = type(self)._base_manager.filter(pk=self.pk).values_list("live", flat=True).first()
            if bool(stored) != self.live:
                raise LiveOutsideTheDoor(thing=f"{self.label} {self.pk}")
        super().save(*args, **kwargs)

    @classmethod
    def from_serializable_data(cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False) -> Any:
        """As Wagtail's; which revision is the newest is the row's to say: what a draft says of it is not looked up."""
        return super().from_serializable_data({**data, "latest_revision": None}, check_fks, strict_fks)

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """As Wagtail's; what row and draft both point to is there, as the database holds the row to it."""
        same: list[Any] = [field for field in self._meta.concrete_fields if self._points_alike(field, content)]
        draft = super().with_content_json({**content, **dict.fromkeys(field.name for field in same)})
        for field in same:
            setattr(draft, field.attname, getattr(self, field.attname))
            if field.is_cached(self):
                field.set_cached_value(draft, field.get_cached_value(self))
        return draft

    def _points_alike(self, field: Any, content: dict[str, Any]) -> bool:
        mine = getattr(self, field.attname) if field.many_to_one else None
        return mine is not None and str(content.get(field.name)) == str(mine)

    # What a room tells about its thing

    def release_content(self) -> Content:
        """The canonical content of this instance as it stands; same instance, same content."""
        raise NotImplementedError

    def release_citations(self) -> list[Cites]:
        """What that content rests on."""
        raise NotImplementedError

    def release_section(self) -> Section | None:
        return None

    def release_topics(self) -> list[Topic]:
        return []

    def release_conditions(self) -> None:
        """Raises a HaiheError that says what still stands between this content and the public."""

    def release_note(self) -> str:
        """The public note that goes with the next correction."""
        return ""

    def note_used(self) -> None:
        """The note went out with a Release; a later correction needs a new one."""

    def goes_with_its_source(self) -> bool:
        """Whether a kill of what this was made from takes it out of public without anybody's further word."""
        return True

    def warm(self) -> None:
        """Work that publishing needs and that can be done before its transaction (renditions)."""

    def forget(self) -> None:
        """Legal erasure: blank what this row and its revisions say."""
        raise NotImplementedError

    # The door

    @property
    def label(self) -> str:
        return self._meta.label_lower

    @property
    def publication(self) -> Publication | None:
        """Its public life so far; None before the first release."""
        from haihe.releases.models import Publication

        return (
            Publication.objects.select_related("current")
            .filter(subject_label=self.label, subject_id=str(self.pk))
            .first()
        )

    def publish(
        self,
        revision: Revision,
        user: Person | None = None,
        changed: bool = True,
        log_action: bool | str = True,
        previous_revision: Revision | None = None,
        skip_permission_checks: bool = False,
        note: str = "",
    ) -> None:
        """Make `revision` public and its Release, or schedule it, in one transaction.

        user   None: the schedule. Permission is asked of the city's gate whatever `skip_permission_checks` says,
               because Wagtail's own check knows no organisation.
        note   public, for a correction; default: the note that the revision carries

        Raises PermissionDenied, CorrectionNeedsNote, Erased.
        """
        from haihe.releases.domain import releasing, scheduling

        releasing.permit(self, user, "publish")
        revision.as_object().warm()
        with transaction.atomic():
            self.held()
            # Autosave may have written into the revision since it was read.
            fresh = Revision.objects.get(pk=revision.pk)
            releasing.check(fresh.as_object(), note)
            with self.door():
                super().publish(
                    fresh,
                    user=user,
                    changed=changed,
                    log_action=log_action,
                    previous_revision=previous_revision,
                    skip_permission_checks=True,
                )
            scheduling.keep_time(fresh.approved_go_live_at, fresh.as_object().expire_at)
            now = type(self)._base_manager.get(pk=self.pk)
            if now.live and now.live_revision_id == fresh.pk:
                releasing.release(now, by=user, note=note)

    def unpublish(
        self,
        set_expired: bool = False,
        commit: bool = True,
        user: Person | None = None,
        log_action: bool | str = True,
        reason: str = "",
        tells: str = "withdrawn",
    ) -> None:
        """Withdraw from the public, with a Release that says so, in one transaction.

        reason   for staff and the history page; an expiry has its own
        tells    the kind of notice (`edges.Notice.Kind`) that goes to what was made from it; "" for none

        Raises PermissionDenied.
        """
        from haihe.releases.domain import releasing

        releasing.permit(self, user, "withdraw")
        with transaction.atomic():
            live = self.held()
            was_live = live.live
            with live.door():
                # On the stored row: `self` may be a draft, whose words must not slip into it.
                UnpublishAction(live, set_expired=set_expired, user=user, log_action=log_action).execute(
                    skip_permission_checks=True
                )
            if was_live:
                why = reason or (_("Its time ran out.") if set_expired else "")
                releasing.retract(live, by=user, reason=why, tells=tells)
        for name in ("live", "expired", "has_unpublished_changes", "live_revision_id"):
            setattr(self, name, getattr(live, name))

    def held(self) -> Self:
        """This row as the database has it now, locked until the transaction ends."""
        return type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)

    @contextmanager
    def door(self) -> Iterator[None]:
        """While open, `live` of this thing may change. For the verbs of releases only."""
        token = _open_doors.set(_open_doors.get() | {(self.label, str(self.pk))})
        try:
            yield
        finally:
            _open_doors.reset(token)

    # Review

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """As Wagtail's, but what is public or under review is never overwritten, and a change reopens the review."""
        from haihe.releases.domain import reviewing

        with transaction.atomic():
            written = kwargs.get("overwrite_revision")
            if written and (self._made_public(written) or reviewing.is_under_review(self, written)):
                kwargs["overwrite_revision"] = None
            elif written:
                Revision._meta.get_field("content_object").set_cached_value(written, self)  # as in a new revision
            revision = super().save_revision(*args, **kwargs)
            reviewing.reopen_if_changed(self, revision, by=kwargs.get("user"))
        return revision

    def _update_from_revision(self, revision: Revision, changed: bool = True) -> None:
        """Where the row names this revision and its changes already, as in each autosave but the first, it is let be:
        writing it again would have it indexed again too."""
        if self.latest_revision_id == revision.pk and self.has_unpublished_changes:
            self.latest_revision = revision
        else:
            super()._update_from_revision(revision, changed)

    def _made_public(self, revision: Revision) -> bool:
        """Whether it is what the public reads: an editor left open meanwhile would write over it in the history."""
        return type(self)._base_manager.filter(pk=self.pk, live_revision=revision.pk).exists()

    # Preview

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview.render(request, dict(self.release_content()))
