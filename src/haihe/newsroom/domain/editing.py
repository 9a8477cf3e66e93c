"""What staff change of an item's arrival values, each change kept with what stood before, to be undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.base.errors import HaiheError
from haihe.base.search import journal
from haihe.newsroom.domain import directory, leads
from haihe.newsroom.domain.arrival import Named, key_terms, quality_of
from haihe.newsroom.domain.arrival.thumbnails import PictureRefused
from haihe.newsroom.domain.arriving import (
    DUPLICATE,
    LANGUAGE,
    LEAD,
    NAMES,
    QUALITY,
    READING,
    TERMS,
    look_into,
    mention,
    put,
    spoken,
)
from haihe.newsroom.domain.rereading import LABELS, NoSuchReading, read_as_chosen
from haihe.newsroom.models import Item, ItemEdit, LeadPicture, Mention

if TYPE_CHECKING:
    from haihe.city.models import Person

MOST_TERMS, LONGEST_TERM = 20, 60
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
_SAVED = (
    "language", "terms", "quality", "lead", "lead_pending", "reading", "body", "text", "text_sha256", "duplicate_of",
    "touched",
)  # fmt: skip


class ValueRefused(HaiheError):
    """This value cannot stand there."""

    permanent = True
    hint = _("Nothing was changed.")


class Overruled(HaiheError):
    """This was changed again since."""

    permanent = True
    hint = _("Undo the later change first.")


@dataclass(frozen=True)
class _Kind:
    """How one thing is read from an item as plain JSON, and put there."""

    label: Any
    read: Callable[[Item], Any]
    put: Callable[[Item, Any], None]


def change(item: Item, what: str, value: Any, *, by: Person | None) -> ItemEdit | None:
    """Let `value` stand for `what` of an item until staff change it again; None where it stands there already.

    what    "language" (a tag), "terms" (list), "names" (list of {kind, id, text}), "lead" (url of one of its pictures,
            "" for none), "quality" (0 to 100), "reading" (a name of `rereading`), "duplicate" (id, "" for none)

    Raises ValueRefused, PictureRefused, NoSuchReading, OutboundError.
    """
    kind = KINDS[what]
    if what == LEAD and value:
        _bring(item, value)  # may take a while: before the row is locked
    with transaction.atomic():
        row = _locked(item)
        before = kind.read(row)
        kind.put(row, value)
        after = kind.read(row)
        if after == before:
            return None
        edit = ItemEdit.objects.create(
            item=row, what=what, before=before, after=after, touched_before=what in row.touched, by=by
        )
        row.touched = sorted({*row.touched, what})
        _save(row)
    item.refresh_from_db()
    return edit


def undo(edit: ItemEdit, *, by: Person | None) -> None:
    """Put back what stood before a change. Twice does nothing. Raises Overruled."""
    with transaction.atomic():
        row = _locked(edit.item)
        edit.refresh_from_db()
        if edit.undone_at:
            return
        later = ItemEdit.objects.filter(item=row, what=edit.what, undone_at=None, pk__gt=edit.pk)
        if later.exists():
            raise Overruled(thing=str(KINDS[edit.what].label))
        KINDS[edit.what].put(row, edit.before)
        if not edit.touched_before:
            row.touched = [what for what in row.touched if what != edit.what]
            if row.changed_at and row.changed_at > edit.at:
                _derive_again(row, edit.what)  # what a machine said then was of an older version
        _save(row)
        edit.undone_at = timezone.now()
        edit.save(update_fields=["undone_at"])


def _locked(item: Item) -> Item:
    rows = Item.objects.select_for_update(of=("self",)).select_related("source", "master", "lead")
    return rows.get(pk=item.pk)


def _save(row: Item) -> None:
    row.save(update_fields=list(_SAVED))
    journal(row)


def _derive_again(row: Item, what: str) -> None:
    match what:
        case "language":
            row.language = spoken(row.title, row.text, row.language)
        case "terms":
            row.terms = list(key_terms(row.title, row.text, row.language))
        case "quality":
            row.quality = quality_of(row.text, row.body).score
        case "names":
            put([row], [look_into(row, directory.names())])
        case "lead":
            row.lead, row.lead_pending = None, bool(row.illustrations)
            if row.lead_pending:
                leads.line_up()


def _put_language(row: Item, value: Any) -> None:
    said = str(value).strip().lower().replace("_", "-")
    if said and not (_LANGUAGE.fullmatch(said) and len(said) <= 12):
        raise ValueRefused(str(_("This is no language tag, such as zh, zh-hant or en.")), thing=said)
    row.language = said


def _put_terms(row: Item, value: Any) -> None:
    said = [" ".join(str(term).split())[:LONGEST_TERM] for term in value]
    row.terms = list(dict.fromkeys(term for term in said if term))[:MOST_TERMS]


def _put_quality(row: Item, value: Any) -> None:
    if value is not None and not (isinstance(value, int) and 0 <= value <= 100):
        raise ValueRefused(str(_("Text quality is a number from 0 to 100.")), thing=value)
    row.quality = value


def _read_names(row: Item) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "id": one.thing_id, "text": one.text, "count": one.count}
        for one in row.mentions.order_by("pk")
    ]


def _put_names(row: Item, value: Any) -> None:
    wanted = {(str(one["kind"]), int(one["id"])): one for one in value}
    kept = {(one["kind"], one["id"]): one for one in _read_names(row)}
    if list(wanted) == list(kept):
        return
    for (kind, id), one in wanted.items():
        if kind not in directory.MODELS or not directory.MODELS[kind].objects.filter(pk=id).exists():
            raise ValueRefused(str(_("The directory does not hold this.")), thing=one.get("text"))
    Mention.objects.filter(item=row).delete()
    Mention.objects.bulk_create(
        mention(row, Named(kind, id, str(one["text"]), int(one.get("count", 1)))) for (kind, id), one in wanted.items()
    )


def _put_lead(row: Item, value: Any) -> None:
    picture = LeadPicture.objects.filter(item=row, url=value).first() if value else None
    if value and picture is None:
        raise ValueRefused(str(_("The item has no such picture.")), thing=value)
    row.lead, row.lead_pending = picture, False


def _bring(item: Item, url: str) -> None:
    if not any(said["url"] == url for said in item.illustrations):
        raise ValueRefused(str(_("The item has no such picture.")), thing=url)
    picture = leads.bring(item, url)
    if picture.problem:
        raise PictureRefused(picture.problem, thing=url)


def _put_reading(row: Item, value: Any) -> None:
    if value not in LABELS:
        raise NoSuchReading(thing=value)
    row.reading = value
    read_as_chosen(row)


def _put_duplicate(row: Item, value: Any) -> None:
    row.duplicate_of_id = value or None
    if value and not Item.objects.filter(pk=value, organisation=row.organisation_id).exclude(pk=row.pk).exists():
        raise ValueRefused(str(_("There is no such item.")), thing=value)


KINDS = {
    LANGUAGE: _Kind(_("language"), lambda row: row.language, _put_language),
    TERMS: _Kind(_("key terms"), lambda row: list(row.terms), _put_terms),
    NAMES: _Kind(_("names"), _read_names, _put_names),
    LEAD: _Kind(_("lead picture"), lambda row: row.lead.url if row.lead else "", _put_lead),
    QUALITY: _Kind(_("text quality"), lambda row: row.quality, _put_quality),
    READING: _Kind(_("reading"), lambda row: row.reading, _put_reading),
    DUPLICATE: _Kind(_("duplicate"), lambda row: str(row.duplicate_of_id or ""), _put_duplicate),
}
