"""Looking after what is kept: every copy read again in its turn, what is wrong told to staff, and repaired from another
store. The oldest look comes first; reading keeps to `fixity_mb`.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from haihe.archive.domain import chain, copying, events, judging, packing, stores
from haihe.archive.domain.events import Happening
from haihe.archive.domain.shelf import ShelfFailing
from haihe.archive.models import Copy, Item
from haihe.base.errors import HaiheError

AGAIN_AFTER = timedelta(days=30)
DAMAGED_AGAIN_AFTER = timedelta(days=1)  # another store may have it by then
AT_ONCE = 100
FAST = 100e6  # bytes a second
LOOKERS = min(8, 2 * (os.cpu_count() or 1) + 1)  # threads: as many wait for the disk as hash, and one that asks
TOGETHER, TOGETHER_BYTES = 32, 4 << 20  # copies that a thread is given at a time, and bytes of them
MANY = 8  # so many at a time are small: half a megabyte
TOLD_WITHIN = 30.0  # seconds: findings of so long share one object of events
LISTED = 20_000  # copies due that are listed at a time


class Turn(NamedTuple):
    """A copy whose turn it is, as the catalogue has it: its row, its store, its item, and the version it holds."""

    copy: int
    store: str
    item: UUID
    head: int


@dataclass(slots=True)
class Checked:
    """One round: copies and bytes read, faults found, and how many of them are repaired."""

    copies: int = 0
    bytes: int = 0
    faults: int = 0
    repaired: int = 0


def due() -> QuerySet[Copy]:
    """Copies to look at, the longest unseen first."""
    now = timezone.now()
    seen_long_ago = Q(checked_at=None) | Q(checked_at__lt=now - AGAIN_AFTER)
    damaged = ~Q(fault="") & Q(checked_at__lt=now - DAMAGED_AGAIN_AFTER)
    stores_there = [stores.LOCAL, *stores.shelves()]
    rows = Copy.objects.filter(seen_long_ago | damaged, store__in=stores_there).select_related("item__organisation")
    return rows.order_by(F("checked_at").asc(nulls_first=True), "pk")


def check_some(*, seconds: float, rate: float = 0) -> Checked:
    """Look at copies that are due until the time is over.

    rate   bytes a second at most; `fixity_mb` where it is 0
    """
    done, began = Checked(), time.monotonic()
    end, rate = began + seconds, rate or settings.FIXITY_RATE
    read: list[tuple[Turn, judging.Examined]] = []
    found: list[tuple[Copy, str]] = []
    told = began
    for turn, examined in _examined(end, rate):
        read.append((turn, examined))
        done.copies, done.bytes = done.copies + 1, done.bytes + examined.bytes
        late = time.monotonic() - told > TOLD_WITHIN
        if late or len(read) >= AT_ONCE:
            found += _noted(read)
            read = []
        if late or len(found) >= AT_ONCE:
            _tell_and_repair(found, done)
            found, told = [], time.monotonic()
        if (early := done.bytes / rate - (time.monotonic() - began)) > 0:
            time.sleep(max(0.0, min(early, end - time.monotonic())))
    _tell_and_repair(found + _noted(read), done)
    return done


def _noted(read: list[tuple[Turn, judging.Examined]]) -> list[tuple[Copy, str]]:
    """Write down what was read, and give back what is damaged."""
    rows = Item.objects.filter(pk__in={turn.item for turn, _examined in read}).values_list("pk", "head", "inventory")
    known = {pk: (head, inventory) for pk, head, inventory in rows}
    found: list[tuple[Copy, str]] = []
    sound: list[int] = []
    for turn, examined in read:
        if not judging.compare_with(known.get(turn.item), turn.head, examined):
            sound.append(turn.copy)
            continue
        copy = Copy.objects.select_related("item__organisation").filter(pk=turn.copy).first()
        if copy is not None and (fault := _fault_still_there(copy)):
            Copy.objects.filter(pk=copy.pk).update(checked_at=timezone.now(), fault=fault)
            found.append((copy, fault))
    Copy.objects.filter(pk__in=sound).update(checked_at=timezone.now(), fault="")
    return found


def _examined(end: float, rate: float) -> Iterator[tuple[Turn, judging.Examined]]:
    """Copies as they are read, several at a time where no small budget holds reading back: hashing is slower than a
    disk. Small ones of this disk go by the dozen to one thread alone: their files are many calls with little work in
    between, and threads would wait for the interpreter at each. Measured: 190 MB/s by one, 96 by five. What is in a
    store that is away is left out: that says nothing of its bytes."""
    at_once = LOOKERS if rate > FAST else 1
    turns, together = _until(end), 1
    with _readers(at_once) as several, _readers(1) as one:
        waiting: deque[Future[list[tuple[Turn, judging.Examined]]]] = deque()
        while part := list(islice(turns, together)):
            alone = together >= MANY and all(turn.store == stores.LOCAL for turn in part)
            waiting.append((one if alone else several).submit(_read, part, end))
            if len(waiting) >= 2 * at_once - 1:
                read = waiting.popleft().result()
                yield from read
                size = sum(examined.bytes for _turn, examined in read) // max(1, len(read))
                together = min(TOGETHER, max(1, TOGETHER_BYTES // max(1, size))) if at_once > 1 else 1
        for future in waiting:
            yield from future.result()


def _readers(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, initializer=_give_way)


def _read(part: list[Turn], end: float) -> list[tuple[Turn, judging.Examined]]:
    """Copies one after another; the disk fetches the small files of all before the first is judged."""
    if len(part) > 1:
        for turn in part:
            judging.soon(turn.store, turn.item)
    read: list[tuple[Turn, judging.Examined]] = []
    for turn in part:
        if time.monotonic() >= end and read:
            break
        with suppress(ShelfFailing):
            read.append((turn, judging.examine(turn.store, turn.item)))
    return read


def _give_way() -> None:
    """Readers wait for fixity no longer than it takes to stop it: its threads run when nothing else wants to."""
    with suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _until(end: float) -> Iterator[Turn]:
    """Copies that are due, each once; the list of what is due is asked for again when it has come to its end."""
    seen: set[int] = set()
    while listed := [pk for pk in due().values_list("pk", flat=True)[: LISTED + len(seen)] if pk not in seen]:
        for begin in range(0, len(listed), AT_ONCE):
            part = listed[begin : begin + AT_ONCE]
            told = Copy.objects.filter(pk__in=part).values_list("pk", "store", "item", "head")
            rows = {row[0]: Turn(*row) for row in told}
            for pk in part:
                if time.monotonic() >= end:
                    return
                seen.add(pk)
                if pk in rows:  # else it was taken away meanwhile
                    yield rows[pk]


def _fault_still_there(copy: Copy) -> str:
    """What is wrong with a copy, looked at once more, and in the version it has by now; empty where that is nothing.

    A writer may have been halfway through it, or have been killed there, so that the catalogue was behind; or the
    copy was taken away rightly.
    """
    before = _state(copy)
    for _attempt in range(5):
        if before is None:
            return ""
        copy.head = before[0]
        try:
            fault, _bytes = judging.look_at(copy)
        except ShelfFailing:
            return ""
        after = _state(copy)
        if not fault or after == before:
            return fault
        before = after
    return ""  # it changes faster than it is read: its next turn comes


def _state(copy: Copy) -> tuple[int, str] | None:
    """Version and newest inventory of a copy as the catalogue has them while nobody writes; None where it is gone."""
    with chain.held(), stores.carrying():
        rows = Copy.objects.filter(pk=copy.pk).values_list("head", "item__inventory")
        return rows.first()


def _tell_and_repair(found: list[tuple[Copy, str]], done: Checked) -> None:
    """What was found is said first, so that a crash cannot hide it; what became of it afterwards."""
    events.note([_happening(packing.FIXITY, copy, packing.FAIL, fault) for copy, fault in found])
    told = []
    for copy, _fault in found:
        done.faults += 1
        try:
            repaired, why = copying.repair(copy), ""
        except HaiheError as error:
            repaired, why = False, type(error).__name__
        done.repaired += repaired
        told.append(_happening(packing.RECOVERY, copy, packing.SUCCESS if repaired else packing.FAIL, why))
    events.note(told)


def _happening(kind: str, copy: Copy, outcome: str, fault: str) -> Happening:
    # The code and not the path: names of files may be personal, and the chain is for ever.
    said = {"fault": fault.split(" ")[0][:8]} if fault and kind == packing.FIXITY else {"why": fault} if fault else {}
    detail = {"store": copy.store, "version": copy.head, **said}
    organisation = copy.item.organisation.slug if copy.item.organisation else ""
    return Happening(kind, item=str(copy.item_id), organisation=organisation, outcome=outcome, detail=detail)
