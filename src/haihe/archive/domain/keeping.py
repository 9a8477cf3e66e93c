"""What came in inside somebody else's transaction, or record by record, becomes objects afterwards.

A single deposit (`deposit`) and a collected response (`deposit_collected`) are durable at once, as a file or in a WARC
segment; an object with its place in the chain of events cannot be taken back when a transaction is. So it is made
here, within a minute.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from haihe.archive.domain import cataloguing, chain, copying, events, granting, items, layout, packing, reading, stores
from haihe.archive.domain.arriving import Arrival, adopt, take_in
from haihe.archive.domain.faults import BlobDamaged
from haihe.archive.domain.items import Deposit, File
from haihe.archive.domain.ocfl.changes import Changes, Metadata
from haihe.archive.models import Blob, Item, Master, Segment, Tombstone
from haihe.base.errors import HaiheError

logger = logging.getLogger(__name__)

AT_ONCE = 200
SETTLED = timedelta(minutes=10)  # after sealing: by then whoever wrote to a segment has written its rows, too


def loose() -> QuerySet[Master]:
    """Masters that lie in no object yet."""
    return Master.objects.filter(item=None, segment=None).exclude(erasures__confirmed_at__isnull=False)


def keep_loose() -> int:
    """Make an object of every loose Master; returns how many. What is damaged or missing stays, and is logged."""
    made, after = _keep_rests(), UUID(int=0)
    while True:
        rows = loose().filter(pk__gt=after).order_by("pk").select_related("organisation", "deposited_by", "blob")
        part = list(rows[:AT_ONCE])
        if not part:
            return made
        after = part[-1].pk
        deposits = [one for one in map(_as_deposit, part) if one is not None]
        if deposits:
            items.deposit_items(deposits)
            made += len(deposits)
            _forget_files({one.blob_id for one in part})


def _keep_rests() -> int:
    """What was left of items of which a file was erased by law stays together: one item each."""
    made = 0
    for stone in Tombstone.objects.exclude(rest={}).select_related("organisation"):
        files = stone.rest["files"]
        masters = loose().filter(pk__in=list(files)).select_related("blob", "deposited_by").order_by("pk")
        kept: list[File] = []
        digests: set[str] = set()
        for master in masters:
            try:
                kept.append(File(files[str(master.pk)], _bytes_of(master), master=master))
                digests.add(master.blob_id)
            except HaiheError as error:
                logger.warning("master %s cannot be kept with what it lay beside: %s", master.pk, error)
        twice = {one.path for one in kept if sum(other.path == one.path for other in kept) > 1}
        kept = [one for one in kept if one.path not in twice]  # of two versions of a file each becomes an item
        if kept and stone.organisation is not None:
            new = uuid5(NAMESPACE_URL, f"haihe:rest:{stone.item}")
            title, about = stone.rest["title"], stone.rest["about"]
            items.deposit_items([Deposit(stone.organisation, kept, title=title, about=about, id=new)])
            made += 1
        Tombstone.objects.filter(pk=stone.pk).update(rest={})
        _forget_files(digests)
    return made


def _as_deposit(master: Master) -> Deposit | None:
    try:
        arrival = _bytes_of(master)
    except HaiheError as error:
        logger.warning("no object can be made of master %s: %s", master.pk, error)
        return None
    name = Path(master.filename).name or Path(master.source_uri.split("?")[0]).name or "file"
    path = name if not {"\0", "/"} & set(name) and name not in (".", "..") else "file"
    return Deposit(
        organisation=master.organisation,
        files=[File(path, arrival, master=master)],
        title=master.filename or master.source_uri,
        source_kind=master.source_kind,
    )


def _bytes_of(master: Master) -> Arrival:
    """Its loose file, linked; or where another Master of the same bytes was kept first, a copy of those."""
    file = layout.blob_file(master.blob_id)
    try:
        arrival = adopt(file)
    except OSError:
        with reading.open_blob(master.blob) as stream:
            return take_in(stream)
    if arrival.sha256 != master.blob_id:
        raise BlobDamaged(thing=master.blob_id)
    if master.blob.masters.exclude(pk=master.pk).filter(item=None, segment=None).exists():
        return take_in(file)  # two objects do not share one file: a fault of one would be a fault of both
    return Arrival(arrival.source, arrival.sha256, arrival.size)


def _forget_files(digests: Iterable[str]) -> None:
    """Remove the loose files of Blobs that lie in objects now."""
    with layout.deposits(exclusive=True):
        for sha256 in digests:
            if not loose().filter(blob=sha256).exists():
                layout.blob_file(sha256).unlink(missing_ok=True)
    granting.advance()  # edges that know the old place of a file look again


def keep_segments() -> int:
    """Make an object of every sealed segment, and a version of those that got rows after theirs was made."""
    done = 0
    for segment in Segment.objects.filter(sealed_at__lt=timezone.now() - SETTLED, length__gt=0).select_related("item"):
        if segment.item is None:
            done += _keep_segment(segment)
        elif segment.item.files != segment.masters.count():
            done += _renew_segment(segment)
    return done


def keep_rights() -> int:
    """A version of every object about whose files something was decided since its newest; returns how many."""
    decided = Q(masters__rights_decisions__decided_at__gt=F("changed_at"))
    changed = list(Item.objects.filter(decided).distinct().select_related("organisation"))
    for item in changed:
        items.add_version(item, why="Rights")
    rows = Segment.objects.filter(masters__rights_decisions__decided_at__gt=F("item__changed_at")).distinct()
    return len(changed) + sum(_renew_segment(segment) for segment in rows)


def _keep_segment(segment: Segment) -> int:
    file = layout.segment_file(segment.name)
    try:
        arrival = adopt(file)
    except OSError as error:
        logger.warning("segment %s cannot be read: %s", segment.name, error)
        return 0
    if arrival.sha256 != segment.sha256:
        logger.error("segment %s is not as it was sealed", segment.name)
        return 0
    with chain.held() as end:
        said = _segment_record(segment)
        if Item.objects.filter(pk=said["id"]).exists():
            return 0  # somebody else was faster
        detail = {"segment": segment.name, "sha256": segment.sha256, "size": segment.length, "masters": said["files"]}
        line = end.add(packing.INGESTION, item=said["id"], organisation="", agent=items.AGENT, detail=detail)
        events.keep(said, {f"{packing.FILES}{segment.name}": arrival.source}, [line], "Sealed segment")
    file.unlink(missing_ok=True)
    return 1


def _renew_segment(segment: Segment) -> int:
    with chain.held() as end:
        if segment.item is not None:
            copying.bring_home(segment.item)
        store = stores.local()
        identifier = stores.identifier(str(segment.item_id))
        before = cataloguing.read_newest(store, identifier)
        said = _segment_record(segment)
        detail = {"version": before.head + 1, "masters": said["files"]}
        line = end.add(packing.CHANGE, item=said["id"], organisation="", agent=items.AGENT, detail=detail)
        own = {packing.ITEM: packing.pretty(said), packing.EVENTS: packing.lines([line])}
        with store.batch(journal=True) as batch:
            who = Metadata("More rows", "Haihe", "urn:haihe:archive", packing.now())
            batch.add_version(identifier, Changes(put=own), who)
            (receipt,) = batch.staged()
            kept = packing.Kept(
                said, before.head + 1, receipt.inventory, before.created, who.created, receipt.contents, [line]
            )
            chain.settle(batch, [kept])
    return 1


def _segment_record(segment: Segment) -> dict[str, Any]:
    rows = segment.masters.order_by("offset", "pk").select_related("organisation", "deposited_by", "blob")
    masters = [_collected(master, segment) for master in rows]
    assert segment.sealed_at is not None
    return {
        "format": packing.FORMAT,
        "id": str(uuid5(NAMESPACE_URL, f"haihe:segment:{segment.name}")),
        "kind": Item.Kind.SEGMENT.value,
        "title": segment.name,
        "about": {},
        "organisation": None,
        "segment": {
            "name": segment.name,
            "opened_at": items.stamp(segment.opened_at),
            "sealed_at": items.stamp(segment.sealed_at),
            "length": segment.length,
            "sha256": segment.sha256,
        },
        "files": len(masters),
        "size": segment.length,
        "masters": masters,
    }


def _collected(master: Master, segment: Segment) -> dict[str, Any]:
    blob: Blob = master.blob
    own = blob.segment_id == segment.pk and blob.offset == master.offset
    return {
        "id": str(master.pk),
        "sha256": blob.sha256,
        "size": blob.size,
        "offset": master.offset,
        "blob_offset": master.offset if own else None,
        "organisation": items.named(master.organisation),
        "source_kind": master.source_kind,
        "source_uri": master.source_uri,
        "obtained_at": items.stamp(master.obtained_at),
        "media_type": master.media_type,
        "filename": master.filename,
        "rights": master.rights,
        "decisions": items.decisions_about(master),
        "deposited_by": str(master.deposited_by.uuid) if master.deposited_by else None,
    }
