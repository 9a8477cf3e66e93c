"""Purging: what a Master or an item stood for is removed for ever, and a tombstone says so.

A purge may be part of somebody's transaction: the rows go and the tombstone comes with it; the objects go right after
its commit, or with the next `finish`, should a crash come between.
"""

from __future__ import annotations

import logging
import shutil
from functools import partial

from django.db import transaction
from django.utils import timezone

from haihe.archive.domain import cataloguing, chain, events, layout, packing, reading, stores
from haihe.archive.models import Blob, Copy, Event, Item, Master, Tombstone
from haihe.base.errors import HaiheError

logger = logging.getLogger(__name__)


class OneOfMany(HaiheError):
    """The file is one of several of an item: they can only be purged together."""

    permanent = True
    hint = "Purge the item, or delete the file in a new version of it."


def purge(master: Master) -> None:
    """Delete a Master that nothing cites, its object, and its Blob if no other Master stands on it.

    Bytes inside a WARC segment stay until the segment goes. Raises ProtectedError where something rests on it,
    OneOfMany.
    """
    if master.item_id is not None:
        item = Item.objects.get(pk=master.item_id)
        if item.masters.exclude(pk=master.pk).exists():
            raise OneOfMany(thing=master)
        purge_item(item)
        return
    with layout.deposits(exclusive=True):
        with transaction.atomic():
            _delete(master)
        if not Master.objects.filter(blob=master.blob_id).exists():
            layout.blob_file(master.blob_id).unlink(missing_ok=True)


def purge_item(item: Item, *, why: str = "", agent: str = "haihe") -> None:
    """Delete an item with all its versions and copies. Raises ProtectedError where something rests on one of them."""
    with layout.deposits(exclusive=True), transaction.atomic():
        Tombstone.objects.create(item=item.pk, organisation=item.organisation, title=item.title, why=why, agent=agent)
        for master in item.masters.select_related("blob"):
            _leave_to_others(master)
            _delete(master)
        stores_of_it = list(item.copies.values_list("store", flat=True))
        Copy.objects.filter(item=item).delete()
        gone = str(item.pk)
        item.delete()
        transaction.on_commit(partial(_finish_now, gone))
    logger.info("item %s purged from %s", gone, ", ".join(stores_of_it))


def take_out_of_item(master: Master) -> None:
    """Have the object that holds a Master's bytes removed, in the caller's transaction, while the Master stays.

    What else is in the item is laid beside it first, and becomes one item again: an object is immutable, so the bytes
    go with all of it or not at all. Its earlier versions go too.
    """
    item = master.item
    if item is None:
        return
    others = list(item.masters.exclude(blob=master.blob_id).select_related("blob"))
    for other in others:
        _lay_beside(other)
    _leave_to_others(master)
    files = {str(one.pk): one.path for one in others}
    rest = {"title": item.title, "about": item.about, "files": files} if files else {}
    Tombstone.objects.create(item=item.pk, organisation=item.organisation, why="erasure by law", rest=rest)
    Master.objects.filter(item=item).update(item=None, version=0, path="", content="")
    Copy.objects.filter(item=item).delete()
    gone = str(item.pk)
    item.delete()
    transaction.on_commit(partial(_finish_now, gone))


def _finish_now(item: str) -> None:
    if transaction.get_connection().in_atomic_block:  # somebody else's transaction: the next `finish` does it
        return
    try:
        finish(item)
    except HaiheError as error:
        logger.warning("the object of purged item %s stays for now: %s", item, error)


def finish(item: str = "") -> int:
    """Remove the objects of purged items from every store, each with an event; returns how many."""
    waiting = Tombstone.objects.filter(finished_at=None, **({"item": item} if item else {}))
    done = list(waiting.select_related("organisation"))
    for stone in done:
        earlier = [cataloguing.as_line(event) for event in Event.objects.filter(item=stone.item).order_by("number")]
        slug = stone.organisation.slug if stone.organisation else ""
        told = {"why": stone.why}
        happened = events.Happening(
            packing.DELETION, item=str(stone.item), organisation=slug, agent=stone.agent, detail=told
        )
        events.note([happened], earlier)
        with chain.held():  # nobody moves the objects meanwhile
            stores.remove(str(stone.item))
        Tombstone.objects.filter(pk=stone.pk).update(finished_at=timezone.now())
    return len(done)


def _leave_to_others(master: Master) -> None:
    """Where other Masters have their bytes only in this object, put them beside it first."""
    others = Master.objects.filter(blob=master.blob_id, erasures__confirmed_at=None).exclude(pk=master.pk)
    own = others.filter(item__isnull=False).exclude(item=master.item_id)
    if others.exists() and not own.exists() and master.blob.segment_id is None:
        _lay_beside(master)


def _lay_beside(master: Master) -> None:
    """Its bytes as a loose file."""
    file = layout.blob_file(master.blob_id)
    if file.exists():
        return
    layout.lasting(file.parents[2])
    file.parent.mkdir(parents=True, exist_ok=True)
    arriving = file.with_suffix(".arriving")
    with reading.open_blob(master.blob) as stream, arriving.open("wb") as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
    arriving.replace(file)
    stores.local().disk.sync(str(file.parent))


def _delete(master: Master) -> None:
    sha256 = master.blob_id
    master.delete()
    if not Master.objects.filter(blob_id=sha256).exists():
        Blob.objects.filter(pk=sha256).delete()
