"""The chain of events: one writer at a time, and what a crash left undone is done first."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from haihe.archive.domain import cataloguing, layout, packing, stores
from haihe.archive.domain.ocfl.batch import Batch
from haihe.archive.models import Event, Item
from haihe.base.errors import HaiheError


class ChainBroken(HaiheError):
    """The chain of events is not as it was written."""

    permanent = True
    hint = "Keep the database as it is, and compare it with one that `haihe archive rebuild` makes from the objects."


@contextmanager
def held() -> Iterator[packing.Chain]:
    """The end of the chain, for whoever writes objects with events; nobody else does so meanwhile.

    Not inside a transaction: what is written to the objects cannot be rolled back. Raises StoreFull, StoreFailing.
    """
    with transaction.atomic(durable=True):
        pass  # says so where one is open
    with layout.disk_faults():
        layout.root().mkdir(parents=True, exist_ok=True)
        lock = (layout.root() / "events.lock").open("ab")
    with lock:
        with layout.disk_faults():
            fcntl.flock(lock, fcntl.LOCK_EX)
        recover()
        yield head()


def head() -> packing.Chain:
    last = Event.objects.order_by("-number").values_list("number", "hash").first()
    return packing.Chain(*(last or (0, "")))


def recover() -> int:
    """Take in what a writer put into the store and, ended by a crash, did not come to note. Only while `held`."""
    store = stores.local()
    if not os.listdir(store.staging):
        return 0
    taken: list[str] = []

    def settle(versions: list[tuple[str, str]], note: str) -> None:
        # From the note, not from the objects: one of them may be damaged since, and everybody would wait for it.
        kept = packing.read_noted(note) or [cataloguing.read_kept(store, identifier) for identifier, _one in versions]
        cataloguing.catalogue(kept)
        taken.extend(identifier for identifier, _version in versions)

    with layout.disk_faults():
        store.repair(settle)
    return len(taken)


def settle(batch: Batch, kept: Sequence[packing.Kept]) -> list[Item]:
    """Make a batch durable and take it into the catalogue; whatever fails after the first sync, `recover` does later.

    Raises NotStored.
    """
    batch.commit(packing.noted(kept))
    try:
        items = cataloguing.catalogue(kept)
        if connection.vendor == "sqlite":
            # Its commits are durable only with the next checkpoint, and the batch's own note of them goes now.
            batch.disk.sync(str(settings.HOME))
    except BaseException:
        batch.close()
        raise
    batch.settle()
    return items


def check() -> int:
    """Walk the whole chain in the database; returns its length. Raises ChainBroken."""
    events = Event.objects.order_by("number").iterator(chunk_size=2000)
    fault = packing.broken_link(cataloguing.as_line(event) for event in events)
    if fault:
        raise ChainBroken(fault)
    return head().number
