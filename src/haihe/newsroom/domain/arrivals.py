"""The service behind collecting: what waits is looked into and placed, in batches, by one process at a time."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import close_old_connections, transaction

from haihe.base.errors import HaiheError
from haihe.base.search import is_behind
from haihe.newsroom.domain import directory, placing
from haihe.newsroom.domain.arriving import Insight, look_into, put
from haihe.newsroom.models import Item, Placement

log = logging.getLogger("haihe.newsroom")

BATCH = 256
LOOK_EVERY = 1.0  # seconds between looks when nothing waits
REST_AFTER_ERROR = 5.0
# What arrives is searchable first: while more than so many changes wait for the index, a batch is looked into only so
# often. A batch holds the database's one writer, and this process is the last to get the processor.
MUCH_TO_INDEX, SELDOM = 1000, 10.0  # changes; seconds
SAVE_WHEN_RESTING, LEAVE_WHEN_RESTING = 30.0, 300.0  # seconds without work
_SAVED = ["terms", "quality", "family", "pending"]


class ArrivalsRun(HaiheError):
    """Another process looks into what arrives."""

    hint = "Let it go on: it does all that waits."


def run_arrivals(stop: threading.Event) -> None:
    """Look into what arrives until `stop` is set, or nothing has come for a while: the engine's arrays are large.

    Errors are logged and tried again. Raises ArrivalsRun.
    """
    with _alone():
        shelf = placing.Shelf()
        worked = time.monotonic()
        while not stop.is_set() and time.monotonic() - worked < LEAVE_WHEN_RESTING:
            try:
                if gives_way(time.monotonic() - worked):
                    stop.wait(LOOK_EVERY)
                elif settle_some(shelf):
                    worked = time.monotonic()
                    shelf.save_if_due()
                else:
                    if shelf.is_open and time.monotonic() - worked > SAVE_WHEN_RESTING:
                        shelf.save_if_due(resting=True)
                    stop.wait(LOOK_EVERY)
            except Exception:  # a full disk, a database restarting: what it is must not end the service
                log.exception("looking into arrivals failed; trying again in %s s", REST_AFTER_ERROR)
                shelf.close()
                stop.wait(REST_AFTER_ERROR)
            close_old_connections()
        with suppress(OSError):
            shelf.save_if_due(resting=True)


def gives_way(since: float) -> bool:
    """Whether the next batch has to wait for the index; `since` are the seconds since the last one."""
    return since < SELDOM and is_behind(MUCH_TO_INDEX)


def settle_pending() -> int:
    """Look into all that waits, here and now; for tests and commands. Returns how many. Raises ArrivalsRun."""
    done = 0
    with _alone():
        shelf = placing.Shelf()
        while some := settle_some(shelf):
            done += some
            shelf.save_if_due()
    return done


def settle_some(shelf: placing.Shelf) -> int:
    """One batch of what waits, the oldest first; returns how many were taken from the line.

    What takes time is done before the transaction; an item that changed meanwhile waits for its next turn, its text
    having its place in the index all the same.
    """
    waiting = list(Item.objects.filter(pending=True).order_by("arrived_at", "pk")[:BATCH])
    if not waiting:
        return 0
    names = directory.names()
    insights = [look_into(item, names) for item in waiting]
    known = set(Placement.objects.filter(item__in=waiting).values_list("item_id", "version"))
    unplaced = [item for item in waiting if (item.pk, item.version) not in known]
    try:
        placements = placing.nearest_of(shelf.index, unplaced)
        joined = [(int(one), int(two)) for one, two in shelf.index.take_joined()]
        with transaction.atomic():
            _write(waiting, insights, placements, joined)
    except BaseException:
        shelf.close()  # the index has what the database has not
        raise
    return len(waiting)


def _write(
    waiting: list[Item], insights: list[Insight], placements: list[Placement], joined: list[tuple[int, int]]
) -> None:
    rows = Item.objects.select_for_update().filter(pk__in=[item.pk for item in waiting])
    said = rows.values_list("pk", "version", "touched", "family_id")
    now = {pk: (version, touched, family) for pk, version, touched, family in said}
    for item in waiting:
        if item.pk in now:
            _version, item.touched, item.family_id = now[item.pk]
    for placement in placements:
        if placement.item_id not in now:
            placement.item = None
    placing.group([one for one in placements if one.item is not None], joined)
    Placement.objects.bulk_create(placements)
    current = [at for at, item in enumerate(waiting) if item.pk in now and now[item.pk][0] == item.version]
    fresh = [waiting[at] for at in current]
    put(fresh, [insights[at] for at in current])
    for item in fresh:
        item.pending = False
    Item.objects.bulk_update(fresh, _SAVED, batch_size=100)


@contextmanager
def _alone() -> Iterator[None]:
    """Held by the one process that does this; the system frees it when the process ends, however it ends."""
    placing.folder().mkdir(parents=True, exist_ok=True)
    with (placing.folder() / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ArrivalsRun(thing=str(placing.folder())) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
