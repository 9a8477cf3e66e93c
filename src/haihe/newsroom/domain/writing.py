"""Beginning a manuscript, citing what it rests on, and forgetting it by law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from haihe.base.errors import HaiheError
from haihe.city import may
from haihe.newsroom.domain.house import sections_of
from haihe.newsroom.domain.locating import place
from haihe.newsroom.models import Manuscript, ManuscriptSource, Offer
from haihe.releases.domain.releasing import permit_holder
from haihe.releases.markup import clean

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.newsroom.models import Item


class UnknownSection(HaiheError):
    """There is no section with this slug, or this organisation does not file under it."""

    permanent = True
    hint = gettext_lazy("Use the slug of a section that exists.")


LANGUAGES = {"zh": "zh-hans", "en": "en"}


def begin(organisation: Organisation, by: Person, *, title: str, html: str = "", **fields: object) -> Manuscript:
    """A new draft from nothing, with its first revision.

    html     running text, sanitised here; it becomes one text block
    fields   other fields of Manuscript

    Raises PermissionDenied.
    """
    _permit(by, "create", organisation)
    text = clean(html)
    manuscript = Manuscript(
        organisation=organisation,
        title=title[:300],
        written_by=by,
        body=[("text", _rich(text))] if text else [],
        **fields,
    )
    _first_save(manuscript, by)
    return manuscript


def begin_from_item(item: Item, by: Person, *, organisation: Organisation | None = None) -> Manuscript:
    """A new draft made from an intake item in one step: its source cited, its own title kept beside ours.

    organisation   whose manuscript it becomes; the item's own where not said

    Raises PermissionDenied.
    """
    _permit(by, "view", item.organisation)
    owner = organisation or item.organisation
    _permit(by, "create", owner)
    text = clean(item.body) or clean(f"<p>{item.text}</p>")
    manuscript = Manuscript(
        organisation=owner,
        title=(item.title or _("Untitled"))[:300],
        original_title=item.title,
        embargo_until=item.embargo_until,
        language=LANGUAGES.get(item.language.lower()[:2], "zh-hans"),
        item=item,
        written_by=by,
        body=[("text", _rich(text))] if text else [],
    )
    manuscript.sources.add(_source(item))  # a cluster takes its children before it is saved
    _first_save(manuscript, by)
    return manuscript


def revise(manuscript: Manuscript, by: Person, **changes: object) -> Manuscript:
    """Save a new revision with `changes` on top of the newest one; returns the draft.

    changes   fields of Manuscript; `html` becomes the whole body, `section` may be a slug, None is left out

    Raises PermissionDenied, Locked, UnknownSection.
    """
    _permit(by, "edit", manuscript.organisation)
    draft = manuscript.get_latest_revision_as_object()
    permit_holder(draft, by)
    for name, value in changes.items():
        if value is not None:
            _set(draft, name, value)
    with transaction.atomic():
        if not draft.live:
            draft.save()
        draft.save_revision(user=by, clean=False, log_action=True)
    return draft


def _set(draft: Manuscript, name: str, value: object) -> None:
    if name == "html":
        text = clean(str(value))
        draft.body = [("text", _rich(text))] if text else []
    elif name == "section" and isinstance(value, str):
        draft.section = sections_of(draft.organisation_id).filter(slug=value).first() if value else None
        if value and draft.section is None:
            raise UnknownSection(thing=value)
    else:
        setattr(draft, name, value)


def cite_item(manuscript: Manuscript, item: Item, by: Person) -> ManuscriptSource:
    """Let a draft rest on one more item; once is enough for each. Raises PermissionDenied, Locked."""
    _permit(by, "edit", manuscript.organisation)
    _permit(by, "view", item.organisation)
    draft = manuscript.get_latest_revision_as_object()
    for source in draft.sources.all():
        if source.item_id == item.pk:
            return source
    permit_holder(draft, by)
    source = _source(item)
    draft.sources.add(source)
    draft.save_revision(user=by, clean=False, log_action=True)
    return source


def forget(manuscript: Manuscript) -> None:
    """Legal erasure: blank the row, its revisions and its log; called by the erase verb inside its transaction."""
    blank: dict[str, object] = {
        "title": "", "original_title": "", "subtitle": "", "summary": "", "byline": "", "body": [], "ai_parts": [],
        "ai_provider": "", "ai_model": "", "correction_note": "", "lead_picture": None, "item": None,
        "live": False, "has_unpublished_changes": False, "live_revision": None, "go_live_at": None,
        "expire_at": None,
    }  # fmt: skip
    Manuscript._base_manager.filter(pk=manuscript.pk).update(**blank)
    ManuscriptSource.objects.filter(manuscript=manuscript).delete()
    stored = Manuscript._base_manager.get(pk=manuscript.pk)
    empty = stored.serializable_data()
    for revision in stored.revisions:
        type(revision).objects.filter(pk=revision.pk).update(content=empty, object_str="", approved_go_live_at=None)
    stored.link_visits.all().delete()
    Offer.objects.filter(manuscript=stored).update(content={}, contributors=[], title="", message="")
    _forget_log(stored)


def _forget_log(manuscript: Manuscript) -> None:
    from wagtail.log_actions import registry

    registry.get_logs_for_instance(manuscript).update(label="", data={})


def _permit(by: Person, action: str, organisation: Organisation) -> None:
    if not may(by, action, organisation):
        raise PermissionDenied(_("You may not do this in %(organisation)s.") % {"organisation": organisation})


def _first_save(manuscript: Manuscript, by: Person) -> None:
    with transaction.atomic():
        manuscript.save()
        revision = manuscript.save_revision(user=by, clean=False)
        log(instance=manuscript, action="wagtail.create", user=by, revision=revision, content_changed=True)


def _source(item: Item) -> ManuscriptSource:
    return ManuscriptSource(
        item=item,
        master=item.master,
        locator=place(item.locator, item.entry_id)[:2200],
        name=item.source.name,
        url=item.link or item.source.address,
        obtained_at=item.master.obtained_at,
    )


def _rich(html: str) -> object:
    from wagtail.rich_text import RichText

    return RichText(html)
