"""Looking after what is kept: every copy read again in its turn, what is wrong told to staff, and repaired from the
other store.

The oldest look comes first; reading keeps to `fixity_mb`. A copy is sound where the validator finds no fault in the
object and its inventory is the one in the catalogue: a whole object put in place of another is found, too.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from haihe.archive.domain import chain, events, packing, stores
from haihe.archive.domain.events import Happening
from haihe.archive.domain.ocfl.objects import validate_object
from haihe.archive.domain.shelf import Shelf, ShelfFailing
from haihe.archive.models import Copy, Item
from haihe.base.errors import HaiheError

AGAIN_AFTER = timedelta(days=30)
AT_ONCE = 100


@dataclass(slots=True)
class Checked:
    """One round: copies and bytes read, faults found, and how many of them are repaired."""

    copies: int = 0
    bytes: int = 0
    faults: int = 0
    repaired: int = 0


def due() -> QuerySet[Copy]:
    """Copies to look at, the longest unseen first."""
    seen_long_ago = Q(checked_at=None) | Q(checked_at__lt=timezone.now() - AGAIN_AFTER)
    stores_there = [stores.LOCAL, *([stores.SECOND] if stores.second() else [])]
    rows = Copy.objects.filter(seen_long_ago, store__in=stores_there).select_related("item__organisation")
    return rows.order_by(F("checked_at").asc(nulls_first=True), "pk")


def check_some(*, seconds: float, rate: float = 0) -> Checked:
    """Look at copies that are due until the time is over.

    rate   bytes a second at most; `fixity_mb` where it is 0
    """
    done, began = Checked(), time.monotonic()
    rate = rate or settings.FIXITY_RATE
    for copy in _until(began + seconds):
        try:
            fault, size = look_at(copy)
        except ShelfFailing:
            continue  # its server is away: that says nothing of the bytes
        done.copies, done.bytes = done.copies + 1, done.bytes + size
        Copy.objects.filter(pk=copy.pk).update(checked_at=timezone.now(), fault=fault)
        if fault:
            done.faults += 1
            done.repaired += _tell_and_repair(copy, fault)
        time.sleep(max(0.0, min(done.bytes / rate - (time.monotonic() - began), began + seconds - time.monotonic())))
    return done


def _until(end: float) -> Iterator[Copy]:
    seen: set[int] = set()
    while time.monotonic() < end:
        part = [copy for copy in due()[: AT_ONCE + len(seen)] if copy.pk not in seen][:AT_ONCE]
        if not part:
            return
        for copy in part:
            if time.monotonic() >= end:
                return
            seen.add(copy.pk)
            yield copy


def look_at(copy: Copy) -> tuple[str, int]:
    """What is wrong with a copy, empty for nothing, and how many bytes were read. Raises ShelfFailing."""
    if copy.store == stores.LOCAL:
        return _judge(stores.local().path(copy.item.identifier), copy.item, copy.head)
    shelf = stores.second()
    if shelf is None:
        raise ShelfFailing(thing=copy.store)
    with tempfile.TemporaryDirectory(prefix="look-", dir=_room()) as folder:
        try:
            shelf.get_object(stores.place(copy.item_id), Path(folder) / "object")
        except FileNotFoundError:
            return "The object is not there.", 0
        return _judge(f"{folder}/object", copy.item, copy.head)


def _judge(path: str, item: Item, head: int) -> tuple[str, int]:
    if not os.path.isdir(path):
        return "The object is not there.", 0
    report = validate_object(path)
    first = next(iter([*report.findings.errors, *report.findings.unreadable]), None)
    if first is not None:
        return f"{first.code} {first.path}: {first.message}".strip(), report.bytes
    fresh = Item.objects.filter(pk=item.pk).values_list("head", "inventory").first()
    if fresh is None or fresh[0] != head:
        return "", report.bytes  # a newer version came while this was read
    try:
        digest = Path(path, "inventory.json.sha512").read_text().split()[0]
    except (OSError, IndexError) as error:
        return f"The inventory's digest cannot be read: {error}.", report.bytes
    return ("" if digest == fresh[1] else "It is another object than the one in the catalogue."), report.bytes


def _tell_and_repair(copy: Copy, fault: str) -> bool:
    told = [_happening(packing.FIXITY, copy, packing.FAIL, fault)]
    try:
        repaired = repair(copy)
        told.append(_happening(packing.RECOVERY, copy, packing.SUCCESS if repaired else packing.FAIL, ""))
    except HaiheError as error:
        repaired = False
        told.append(_happening(packing.RECOVERY, copy, packing.FAIL, type(error).__name__))
    events.note(told)
    return repaired


def _happening(kind: str, copy: Copy, outcome: str, fault: str) -> Happening:
    # The code and not the path: names of files may be personal, and the chain is for ever.
    detail = {"store": copy.store, "version": copy.head, **({"fault": fault.split(" ")[0][:8]} if fault else {})}
    organisation = copy.item.organisation.slug if copy.item.organisation else ""
    return Happening(kind, item=str(copy.item_id), organisation=organisation, outcome=outcome, detail=detail)


def repair(copy: Copy) -> bool:
    """Put a sound copy of the other store in place of a damaged one; False where there is none.

    Raises ShelfFailing, StoreFailing, StoreFull.
    """
    shelf = stores.second()
    other = Copy.objects.filter(item=copy.item, head=copy.head).exclude(pk=copy.pk).first()
    if shelf is None or other is None:
        return False
    if copy.store == stores.SECOND:
        if look_at(other)[0]:
            return False
        shelf.remove_object(stores.place(copy.item_id))
        shelf.put_object(stores.local().root, stores.place(copy.item_id))
    elif not _fetch(shelf, copy):
        return False
    fault, _size = look_at(copy)
    Copy.objects.filter(pk=copy.pk).update(fault=fault, checked_at=timezone.now())
    return not fault


def _fetch(shelf: Shelf, copy: Copy) -> bool:
    """Lay the second store's object in the place of the first one's, once it is known to be sound."""
    store = stores.local()
    with chain.held():
        arriving = Path(store.staging) / f"heal-{secrets.token_hex(8)}"
        try:
            shelf.get_object(stores.place(copy.item_id), arriving)
            if _judge(str(arriving), copy.item, copy.head)[0]:
                return False
            store.disk.sync(store.staging)
            store.remove(copy.item.identifier)
            target = Path(store.path(copy.item.identifier))
            target.parent.mkdir(parents=True, exist_ok=True)
            store.disk.rename(str(arriving), str(target))
            store.disk.sync(store.root)
        except FileNotFoundError:
            return False
        finally:
            shutil.rmtree(arriving, ignore_errors=True)
    return True


def _room() -> Path:
    folder = Path(settings.HOME) / "archive" / "looking"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def replicate(*, seconds: float) -> int:
    """Bring objects to the second store that it has not, or not in their newest version; returns how many."""
    shelf, end, done = stores.second(), time.monotonic() + seconds, 0
    if shelf is None:
        return 0
    while time.monotonic() < end:
        held = Copy.objects.filter(store=stores.SECOND, head__gte=F("item__head")).values("item")
        part = list(Item.objects.exclude(pk__in=held).order_by("changed_at")[:AT_ONCE])
        if not part:
            break
        sound = []
        for item in part:
            root = stores.local()
            if _judge(root.path(item.identifier), item, item.head)[0]:
                continue  # what is damaged is not spread; fixity tells of it
            shelf.put_object(root.root, stores.place(item.pk))
            sound.append(item)
            if time.monotonic() >= end:
                break
        for item in sound:
            known = {"head": item.head, "checked_at": None, "fault": ""}
            Copy.objects.update_or_create(item=item, store=stores.SECOND, defaults=known)
        done += len(sound)
        if not sound:
            break
    return done
