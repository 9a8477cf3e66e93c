"""Building another generation beside the one that serves, then switching in one step.

Journal entries done meanwhile are kept (`indexer._mark_done`) and count as pending again once the new generation
serves, so that no change is missed however long the rebuild takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from modelsearch.index import get_indexed_models

from haihe.base.search import store
from haihe.base.search.errors import RebuildRuns
from haihe.base.search.schema import wanted_layout

CHUNK = 500
COMMIT_AFTER = 20_000  # rows; bounds what one commit has to write


def rebuild(*, progress: Callable[[str, int], None] | None = None, stopped: Callable[[], bool] | None = None) -> int:
    """Build the whole index from the database and let it serve.

    progress   called with a model's name and the rows of it done so far
    stopped    asked now and then; True gives up and leaves everything as it was
    returns    number of rows indexed

    Raises RebuildRuns where a rebuild is under way.
    """
    from haihe.base.search.indexer import Writer

    with store.hold(store.REBUILD_LOCK, RebuildRuns):
        store.remove_others()  # what a killed rebuild left
        generation = store.new_generation(wanted_layout())
        total = 0
        with Writer(generation) as writer:
            for model in get_indexed_models():
                done = 0
                for row in _rows(model):
                    put(writer, row)
                    done += 1
                    total += 1
                    if done % CHUNK == 0:
                        if stopped and stopped():
                            return total
                        if progress:
                            progress(model._meta.label, done)
                    if total % COMMIT_AFTER == 0:
                        writer.commit()
                if progress:
                    progress(model._meta.label, done)
            writer.commit()
        store.switch_to(generation)
    return total


def put(writer: Any, row: Any) -> None:
    """Add a row to the generation being built; one that cannot be indexed is logged and stops no other."""
    from haihe.base.search.indexer import log

    try:
        writer.put(row)
    except Exception:
        log.exception("%s:%s cannot be indexed", row._meta.label_lower, row.pk)


def _rows(model: Any) -> Iterator[Any]:
    """Every row that belongs in the index, a page at a time, by primary key: no long transaction, no growing offset."""
    rows = model.get_indexed_objects().order_by("pk")
    last = None
    while page := list((rows if last is None else rows.filter(pk__gt=last))[:CHUNK]):
        yield from page
        last = page[-1].pk
