"""Objects from store to store: damaged ones repaired, new ones copied, and, where the archive lies in a bucket, brought
there and fetched back when they are changed. A copy is known to be sound before another one rests on it, or goes."""

from __future__ import annotations

import logging
import os
import shutil
import time
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from haihe.archive.domain import chain, granting, judging, mending, stores
from haihe.archive.domain.ocfl.batch import make_folders
from haihe.archive.domain.ocfl.store import Store
from haihe.archive.domain.shelf import Shelf
from haihe.archive.models import Copy, Item

logger = logging.getLogger(__name__)

AT_ONCE = 100
SETTLED = timedelta(minutes=2)  # a fresh object stays so long on the disk: it is read most, and versions come soon


def repair(copy: Copy) -> bool:
    """Put a sound copy of another store in place of a damaged one, or what can be put together of all copies; False
    where neither is to be had.

    Raises ShelfFailing, StoreFailing, StoreFull, NotStored.
    """
    for sound in (judging.sound_copy(copy.item, copy.head, but=copy.store), mending.put_together(copy.item, copy.head)):
        with sound as folder:
            if folder is not None and _replace(copy, folder):
                break
    else:
        return False
    fault, _size = judging.look_at(copy)
    Copy.objects.filter(pk=copy.pk).update(fault=fault, checked_at=timezone.now())
    return not fault


def _replace(copy: Copy, folder: str) -> bool:
    """Lay a sound folder of version `copy.head` in the place of a copy; False where that is no longer the newest."""
    if copy.store == stores.LOCAL:
        with chain.held():
            if not _is_newest(copy.item_id, copy.head):
                return False
            _lay(stores.local(), copy.item, folder)
    else:
        with stores.carrying():
            if not _is_newest(copy.item_id, copy.head):
                return False
            shelf = stores.shelves()[copy.store]
            shelf.replace_object(stores.local().root, stores.place(copy.item_id), folder)
    return True


def _is_newest(item: UUID, head: int) -> bool:
    """Whether the catalogue still knows an item in this version: an older one is never laid over a newer."""
    return Item.objects.filter(pk=item, head=head).exists()


def _lay(store: Store, item: Item, folder: str) -> None:
    """Put a copy of a sound folder in the place of an object of the disk. Only while the chain is held."""
    with stores.arriving() as arriving:
        shutil.copytree(folder, arriving, copy_function=shutil.copyfile)
        store.disk.sync(store.staging)
        target = store.path(item.identifier)
        if os.path.isdir(target):
            store.disk.exchange(arriving, target)  # what may be the last sound copy of some file goes after, not before
        else:
            make_folders(store.disk, os.path.dirname(target))
            store.disk.rename(arriving, target)
        store.disk.sync(store.root)


def bring_home(item: Item) -> bool:
    """Have an object on the disk, where a version is added to it or all of it is read; True where it was fetched.

    Only while the chain is held. Raises ShelfFailing.
    """
    store = stores.local()
    if os.path.isdir(store.path(item.identifier)) or not stores.shelves():
        return False
    head = Item.objects.values_list("head", flat=True).get(pk=item.pk)  # a caller's may be of yesterday
    with judging.sound_copy(item, head, but=stores.LOCAL) as folder:
        if folder is None:
            return False
        _lay(store, item, folder)
    Copy.objects.update_or_create(item=item, store=stores.LOCAL, defaults={"head": head, "fault": ""})
    return True


def replicate(*, seconds: float) -> int:
    """Bring objects to the second store that it has not, or not in their newest version; returns how many."""
    shelf = stores.second()
    return _bring(stores.SECOND, shelf, seconds=seconds) if shelf is not None else 0


def _bring(name: str, shelf: Shelf, *, seconds: float, settled: bool = False) -> int:
    end, done = time.monotonic() + seconds, 0
    with stores.carrying():
        shelf.tidy()
    held = Copy.objects.filter(store=name, head__gte=F("item__head")).values("item")
    behind = Item.objects.exclude(pk__in=held).order_by("changed_at", "pk")
    if settled:
        behind = behind.filter(changed_at__lt=timezone.now() - SETTLED)
    skipped: set[object] = set()
    while time.monotonic() < end:
        part = [item for item in behind[: AT_ONCE + len(skipped)] if item.pk not in skipped][:AT_ONCE]
        if not part:
            break
        for item in part:
            if time.monotonic() >= end:
                break
            done += _bring_one(name, shelf, item, skipped)
    return done


def _bring_one(name: str, shelf: Shelf, item: Item, skipped: set[object]) -> int:
    with judging.sound_copy(item, item.head, but=name) as folder:
        if folder is None:
            skipped.add(item.pk)  # what is damaged is not spread; fixity tells of it
            return 0
        with stores.carrying():
            if not _is_newest(item.pk, item.head):
                skipped.add(item.pk)  # a version came meanwhile, or it was purged
                return 0
            shelf.put_object(stores.local().root, stores.place(item.pk), folder)
            known = {"head": item.head, "checked_at": None, "fault": ""}
            Copy.objects.update_or_create(item=item, store=name, defaults=known)
    return 1


def go_on(*, seconds: float, settled: bool = True) -> int:
    """Where the archive lies in a bucket: bring objects there, read them back, and only then let the disk's go.

    settled   leave alone what came a moment ago
    returns   how many objects left the disk; may be cut short anywhere and done again

    Raises ShelfFailing.
    """
    shelf, gone = stores.main(), 0
    if shelf is None:
        return 0
    end = time.monotonic() + seconds
    _bring(stores.MAIN, shelf, seconds=seconds, settled=settled)
    both = Copy.objects.filter(item__copies__store=stores.MAIN, item__copies__head=F("head"), head=F("item__head"))
    here = both.filter(store=stores.LOCAL).select_related("item")
    if settled:
        here = here.filter(item__changed_at__lt=timezone.now() - SETTLED)
    after = 0
    while time.monotonic() < end:
        part = list(here.filter(pk__gt=after).order_by("pk")[:AT_ONCE])
        if not part:
            break
        for copy in part:
            after = copy.pk
            if time.monotonic() >= end:
                break
            gone += _let_go(copy)
    return gone


def _let_go(copy: Copy) -> int:
    there = Copy.objects.filter(item=copy.item_id, store=stores.MAIN, head=copy.head).select_related("item").first()
    if there is None:
        return 0
    fault, _size = judging.look_at(there)
    Copy.objects.filter(pk=there.pk).update(checked_at=timezone.now(), fault=fault)
    if fault:
        logger.warning("object %s arrived damaged in the main store and stays on the disk: %s", copy.item_id, fault)
        return 0
    with chain.held():
        if not Item.objects.filter(pk=copy.item_id, head=copy.head).exists():
            return 0  # a version came meanwhile, or it was purged
        stores.local().remove(copy.item.identifier)
        Copy.objects.filter(pk=copy.pk).delete()
    granting.advance()  # edges that know its file here look again
    return 1


def come_back(*, seconds: float = float("inf")) -> int:
    """The other way: fetch every object that lies only in the main store; returns how many."""
    end, done = time.monotonic() + seconds, 0
    away = Item.objects.exclude(Q(copies__store=stores.LOCAL)).order_by("pk")
    for item in away.iterator():
        if time.monotonic() >= end:
            break
        with chain.held():
            done += bring_home(item)
    return done
