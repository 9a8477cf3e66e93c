"""The one indexer: it owns the writer, reads the journal and commits.

The order makes it safe to be killed at any moment: an entry is marked done only after the index with it is durable,
and taking it again gives the same index, because a document is always removed by its key before it is added.
"""

from __future__ import annotations

import logging
import os
import select
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import close_old_connections, models
from django.db.models import Q

from haihe.base.memory import GivingBack
from haihe.base.search import rebuilding, store
from haihe.base.search.changes import is_behind
from haihe.base.search.documents import document_key, make_document
from haihe.base.search.errors import IndexerRuns, IndexUnreadable, RebuildRuns
from haihe.base.search.models import Change
from haihe.base.search.schema import KEY, Layout, wanted_layout

log = logging.getLogger("haihe.search")

HEAP = 60_000_000  # bytes the writer may fill before it flushes
CHUNK = 500  # entries read from the journal at once
MOST = 10_000  # entries in one commit
COMMIT_EVERY = 0.7  # seconds after which what was read is committed, though more waits
APART = 0.4  # seconds between two commits while entries keep coming; what comes after a pause is committed at once
# With so many entries waiting none of them is searchable within a second anyway, and every commit costs as much as
# indexing a hundred rows: then the indexer commits less often, and is done sooner.
BACKLOG, COMMIT_IN_BACKLOG = 3_000, 8.0
LOOK_EVERY = 1.0  # seconds after which the journal is looked at, though nobody called
REST_AFTER_ERROR = 5.0


class Writer:
    """One generation, open for writing. Close it, or leave a `with`, to let go of tantivy's lock."""

    def __init__(self, generation: str) -> None:
        self.generation = generation
        index, self.layout = store.open_generation(generation)
        try:
            self._writer = index.writer(HEAP, 1)
        except ValueError as error:
            raise IndexUnreadable(f"the index cannot be written ({error}).", thing=generation) from error

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._writer.wait_merging_threads()

    def put(self, instance: models.Model) -> None:
        document = make_document(instance, self.layout)
        self.remove(type(instance), instance.pk)
        self._writer.add_document(document)

    def remove(self, model: type[models.Model], pk: Any) -> None:
        self._writer.delete_documents_by_term(KEY, document_key(model, pk))

    def commit(self) -> None:
        """Durable and visible to readers when it returns."""
        self._writer.commit()


def index_pending() -> int:
    """Index what the journal holds, here and now; for tests and commands.

    returns   number of journal entries done
    Raises IndexerRuns where an indexer is at work.
    """
    with store.hold(store.INDEXER_LOCK, IndexerRuns):
        if not serves_as_wanted():
            rebuilding.rebuild()
        done = 0
        with Writer(store.current_generation()) as writer:
            while some := _index_some(writer, lambda: False):
                done += some
        return done


def run_indexer(stop: threading.Event) -> None:
    """Index whatever is journalled until `stop` is set; returns within a second after. Can stand in a thread.

    Raises IndexerRuns where another indexer is at work. Other errors are logged and tried again.
    """
    with store.hold(store.INDEXER_LOCK, IndexerRuns), _Bell(store.folder() / store.WAKE) as bell:
        while not stop.is_set():
            try:
                _begin_rebuild_if_needed(stop)
                _serve(stop, bell)
            except Exception:  # a full disk, a database restarting: what it is must not end the indexer
                log.exception("indexing failed; trying again in %s s", REST_AFTER_ERROR)
                stop.wait(REST_AFTER_ERROR)
            close_old_connections()


def _serve(stop: threading.Event, bell: _Bell) -> None:
    """Index into the generation that serves, until another one does."""
    generation = store.current_generation()
    with suppress(RebuildRuns), store.hold(store.REBUILD_LOCK, RebuildRuns):
        store.remove_others()
    giving_back = GivingBack()
    committed = -APART
    with Writer(generation) as writer:
        while not stop.is_set() and store.current_generation() == generation:
            # Every commit is a segment: each reader opens it, and it is merged away again.
            stop.wait(committed + APART - time.monotonic())
            if _index_some(writer, stop.is_set):
                committed = time.monotonic()
                giving_back.worked()
            else:
                giving_back.rest()
                bell.wait(LOOK_EVERY)
                close_old_connections()


def _index_some(writer: Writer, stopped: Callable[[], bool]) -> int:
    """Read entries and index them for a while, commit once, then mark them done. Returns their number."""
    begun = time.monotonic()
    taken: list[int] = []
    problems: dict[int, str] = {}
    patience = COMMIT_IN_BACKLOG if is_behind(BACKLOG) else COMMIT_EVERY
    while time.monotonic() - begun < patience and len(taken) < MOST and not stopped():
        pending = Change.objects.exclude(indexed_in=writer.generation).filter(pk__gt=taken[-1] if taken else 0)
        chunk = list(pending.order_by("pk")[:CHUNK])
        problems.update(_index_chunk(writer, chunk))
        taken += [change.pk for change in chunk]
        if len(chunk) < CHUNK:
            break
    if taken:
        writer.commit()
        _mark_done(writer.generation, taken, problems)
    return len(taken)


def _index_chunk(writer: Writer, chunk: Iterable[Change]) -> dict[int, str]:
    """Returns what went wrong, by the pk of the entry; one row that fails stops no other."""
    by_model: dict[str, dict[str, int]] = {}
    for change in chunk:
        by_model.setdefault(change.model, {})[change.key] = change.pk
    problems = {}
    for label, entries in by_model.items():
        try:
            model = apps.get_model(label)
        except LookupError:  # a room that is no longer installed
            continue
        failed = Change.objects.filter(model=label, key__in=entries, pk__lt=min(entries.values())).exclude(problem="")
        if failed.exists():  # asked first: to delete nothing is also to wait for the turn to write
            failed.delete()
        try:
            found = find_rows(model, list(entries))
        except Exception:  # one of them; which, is found one by one
            found = None
        for key, entry in entries.items():
            try:
                row = (find_rows(model, [key]) if found is None else found).get(key)
                if row is None:
                    writer.remove(model, key)
                else:
                    writer.put(row)
            except Exception as error:
                log.exception("%s:%s cannot be indexed", label, key)
                writer.remove(model, key)
                problems[entry] = f"{type(error).__name__}: {error}"
    return problems


def find_rows(model: Any, keys: list[str]) -> dict[str, Any]:
    """The rows of `keys` that belong in the index, as their most specific class, by key."""
    found = {str(row.pk): row for row in model.get_indexed_objects().filter(pk__in=keys)}
    missing = [key for key in keys if key not in found]
    for row in model._base_manager.filter(pk__in=missing) if missing else ():
        specific = row.get_indexed_instance()
        if specific is not None and type(specific) is not model:
            found.update(find_rows(type(specific), [str(specific.pk)]))
    return found


def _mark_done(generation: str, taken: list[int], problems: dict[int, str]) -> None:
    """Forget entries that are durable in the index; while a rebuild may still need them, keep them marked.

    The rebuild lock is looked at first and the generation second: a rebuild switches before it lets go.
    """
    entries = Change.objects.filter(pk__in=taken)
    keep = store.is_held(store.REBUILD_LOCK) or store.current_generation() != generation
    if keep or problems:
        entries.update(indexed_in=generation, problem="")
    for pk, problem in problems.items():
        Change.objects.filter(pk=pk).update(problem=problem)
    if not keep:
        done = Q(indexed_in=generation) | Q(pk__in=taken)
        Change.objects.filter(done, pk__lte=taken[-1], problem="").delete()  # what lies behind waits: not read again


def serves_as_wanted() -> bool:
    generation = store.current_generation()
    try:
        return bool(generation) and store.open_generation(generation)[1] == wanted_layout()
    except IndexUnreadable:
        return False


def _begin_rebuild_if_needed(stop: threading.Event) -> None:
    """A missing, damaged or outdated index is rebuilt by itself, beside the one that serves."""
    if serves_as_wanted():
        return
    generation = store.current_generation()
    if not generation:
        with store.hold(store.REBUILD_LOCK, RebuildRuns):
            store.switch_to(store.new_generation(Layout((), ())))
    log.info("the index is %s; building it anew", "outdated" if generation else "empty")
    threading.Thread(target=_rebuild, args=(stop,), name="search-rebuild", daemon=True).start()


def _rebuild(stop: threading.Event) -> None:
    try:
        rebuilding.rebuild(stopped=stop.is_set)
    except RebuildRuns:
        pass
    except Exception:
        log.exception("the index could not be rebuilt; `haihe reindex` tries again")
    finally:
        close_old_connections()


class _Bell:
    """A pipe others write to when they committed something."""

    def __init__(self, path: Path) -> None:
        with suppress(FileExistsError):
            os.mkfifo(path, 0o660)
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)  # also to write, or it would end with every caller

    def __enter__(self) -> _Bell:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._pipe)

    def wait(self, seconds: float) -> None:
        if select.select([self._pipe], [], [], seconds)[0]:
            with suppress(BlockingIOError):
                os.read(self._pipe, 65536)
