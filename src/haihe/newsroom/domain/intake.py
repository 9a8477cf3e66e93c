"""Intake: entries become items, each once, in bulk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from haihe.base.bulk import insert
from haihe.base.search import journal, journal_many
from haihe.newsroom.domain import leads
from haihe.newsroom.domain.arriving import DERIVED, READING, derive, free_to_derive
from haihe.newsroom.domain.readers import Entry, Feed
from haihe.newsroom.domain.rereading import read_as_chosen, text_sha256
from haihe.newsroom.domain.sanitising import as_text, for_display, safe_link
from haihe.newsroom.models import Item, ItemVersion, Source

if TYPE_CHECKING:
    from haihe.archive.models import Master
    from haihe.city.models import Person

_AT_ONCE = 500
_LONGEST_ID = 990  # leaves room for a number behind it
_AHEAD = timedelta(days=1)
_CURRENT = (
    "master", "locator", "title", "link", "author", "body", "text", "published_at", "published_raw", "changed_at",
    "version", "content_sha256", "text_sha256", "pending", "embargo_until",
)  # fmt: skip


@dataclass
class Taken:
    """What one delivery did: ids of new and of changed items; how many were known, and how many of the new double."""

    new: list[UUID] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    known: int = 0
    duplicates: int = 0


def prepared(source: Source, master: Master, feed: Feed, *, arrived_at: datetime) -> list[Item]:
    """The unsaved items of a feed: sanitised, dated, hashed; the slow part, before any transaction is open.

    Entries that share an id and differ each get one of their own, so that none is lost.
    """
    repeated = _repeated_ids(feed.entries)
    arriving: dict[str, Item] = {}
    for entry in feed.entries:
        item = _item(source, master, feed, entry, arrived_at, entry.id in repeated)
        derive(item, entry, base=entry.base or entry.link or feed.link or source.address)
        name, number = item.entry_id, 1
        while name in arriving and arriving[name].content_sha256 != item.content_sha256:
            number += 1
            name = f"{item.entry_id}#{number}"
        item.entry_id = name
        arriving.setdefault(name, item)
    return list(arriving.values())


@transaction.atomic
def take(source: Source, items: Sequence[Item]) -> Taken:
    """Write prepared items. Run twice with the same it does nothing the second time.

    An entry whose id is known and whose content differs becomes the item's next version; the one before is kept, and
    so is what staff decided about the item.
    An entry of the same text as an older item of the organisation points to it (`duplicate_of`).
    """
    Source.objects.select_for_update().get(pk=source.pk)  # one delivery of a source at a time
    taken = Taken()
    arriving = {item.entry_id: item for item in items}
    for ids in _parts(list(arriving)):
        known = {row.entry_id: row for row in Item.objects.filter(source=source, entry_id__in=ids)}
        fresh = [arriving[entry_id] for entry_id in ids if entry_id not in known]
        taken.duplicates += _join_duplicates(source, fresh)
        insert(fresh)
        taken.new += [item.pk for item in fresh]
        changed = [
            (row, arriving[entry_id])
            for entry_id, row in known.items()
            if row.content_sha256 != arriving[entry_id].content_sha256
        ]
        _keep_and_replace(changed)
        taken.changed += [row.pk for row, _ in changed]
        taken.known += len(known) - len(changed)
    journal_many(Item, [*taken.new, *taken.changed])
    if (taken.new or taken.changed) and any(item.lead_pending for item in items):
        leads.line_up()
    return taken


@transaction.atomic
def set_state(items: Iterable[Item], state: str, *, by: Person | None) -> int:
    """Move items to a state: set aside, used, or back to new; returns how many were not there already."""
    moved = 0
    for item in items:
        if item.state != state:
            item.state, item.state_by, item.state_at = state, by, timezone.now()
            item.save(update_fields=["state", "state_by", "state_at"])
            journal(item)
            moved += 1
    return moved


def _repeated_ids(entries: Sequence[Entry]) -> frozenset[str]:
    """Ids that stand on different entries of one document, and so are no ids."""
    first: dict[str, tuple[str, str]] = {}
    said = ((entry.id, (entry.title, entry.link)) for entry in entries)
    return frozenset(name for name, what in said if first.setdefault(name, what) != what)


def _item(source: Source, master: Master, feed: Feed, entry: Entry, arrived_at: datetime, ambiguous: bool) -> Item:
    base = entry.base or entry.link or feed.link or source.address
    body = for_display(entry.content or entry.summary, entry.content_type, base=base)
    text = as_text(body)
    title = _clean(entry.title)[:1000]
    link = safe_link(entry.link, base)
    return Item(
        organisation_id=source.organisation_id,
        source=source,
        master=master,
        locator=entry.locator,
        entry_id=_entry_id(entry, ambiguous),
        title=title or text.partition("\n")[0][:60],
        link=link if len(link) <= 2000 else "",
        author=_clean(entry.author)[:500],
        body=_clean(body),
        text=_clean(text),
        published_at=_believable(entry.published or entry.updated, arrived_at),
        published_raw=_clean(entry.published_raw)[:120],
        embargo_until=entry.embargoed,
        arrived_at=arrived_at,
        content_sha256=_sha256(title, entry.link, entry.content, entry.summary),
        text_sha256=text_sha256(title, text),
    )


def _entry_id(entry: Entry, ambiguous: bool) -> str:
    entry_id = _clean(entry.id)
    if ambiguous:
        entry_id += "#" + _sha256(entry.title, entry.link)[:16]
    return entry_id if len(entry_id) <= _LONGEST_ID else "sha256:" + _sha256(entry_id)


def _believable(moment: datetime | None, arrived_at: datetime) -> datetime | None:
    if moment is None or moment > arrived_at + _AHEAD or moment.year < 1900:
        return None
    return moment


def _join_duplicates(source: Source, fresh: list[Item]) -> int:
    texts = {item.text_sha256 for item in fresh if item.text_sha256}
    older = Item.objects.filter(organisation=source.organisation_id, text_sha256__in=texts, duplicate_of=None)
    older = older.order_by().only("pk", "text_sha256", "arrived_at")
    originals: dict[str, Item] = {}
    # Sorted here: asked for an order, SQLite reads every item of the organisation in that order.
    for item in sorted(older, key=lambda item: (item.arrived_at, item.pk)):
        originals.setdefault(item.text_sha256, item)
    joined = 0
    for item in fresh:
        if not item.text_sha256:
            continue
        original = originals.setdefault(item.text_sha256, item)
        if original is not item:
            item.duplicate_of, joined = original, joined + 1
    # Rows that others point to must be written first.
    fresh.sort(key=lambda item: item.duplicate_of is not None)
    return joined


def _keep_and_replace(changed: list[tuple[Item, Item]]) -> None:
    ItemVersion.objects.bulk_create(
        [
            ItemVersion(
                item=row,
                number=row.version,
                master_id=row.master_id,
                locator=row.locator,
                title=row.title,
                link=row.link,
                body=row.body,
                content_sha256=row.content_sha256,
                seen_at=row.changed_at or row.arrived_at,
            )
            for row, _ in changed
        ],
        batch_size=_AT_ONCE,
    )
    for row, arrived in changed:
        arrived.version, arrived.changed_at = row.version + 1, arrived.arrived_at
        derived = free_to_derive(row)
        for name in (*_CURRENT, *derived):
            setattr(row, name, getattr(arrived, name))
        if READING in row.touched:
            read_as_chosen(row)
    Item.objects.bulk_update([row for row, _ in changed], [*_CURRENT, *DERIVED], batch_size=100)


def _clean(text: str) -> str:
    return text.replace("\x00", "")


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def _parts(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
