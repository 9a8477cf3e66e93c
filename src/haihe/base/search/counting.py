"""How often each value of some fields stands in what a query finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

import tantivy

from haihe.base.search import query
from haihe.base.search.schema import Filter
from haihe.base.search.store import Snapshot

MOST_VALUES = 1000  # of one field; the rarest beyond are left out
T = TypeVar("T")
Counts = dict[str, list[tuple[Any, int]]]


def count_values(
    snapshot: Snapshot, asked: tantivy.Query, filters: Sequence[Filter], *, with_empty: bool = False
) -> Counts:
    """Values and how many hits have each, the most frequent first, by the filter's path; one pass over the hits.

    with_empty   also count hits without a value, as None
    """
    wanted = {f.column: {"terms": {"field": f.column, "size": MOST_VALUES}} for f in filters}
    if not wanted:
        return {}
    unknown = [f for f in filters if f.column not in snapshot.layout.filters]
    for filter_ in unknown:
        query.is_empty(snapshot, filter_)  # says what is wrong
    answer = snapshot.searcher.aggregate(asked, wanted)
    counts: Counts = {}
    for filter_ in filters:
        values = [(_as_python(filter_, b["key"]), b["doc_count"]) for b in answer[filter_.column]["buckets"]]
        if with_empty:
            without = query.filtered(asked, [query.is_empty(snapshot, filter_)])
            if missing := snapshot.count(without):
                values.append((None, missing))
        counts[filter_.path] = sorted(values, key=lambda pair: (-pair[1], str(pair[0])))
    return counts


def _as_python(filter_: Filter, key: Any) -> Any:
    return filter_.convert(int(key) if filter_.kind == "bool" else key)


def beside(count: Callable[..., T], *args: Any) -> Callable[[], T]:
    """Begin `count(*args)` in a thread of its own: the index is read there on another core, while hits are found here.

    returns   what waits for it and gives its result, or raises what it raised
    """
    promised: Future[T] = Future()

    def run() -> None:
        try:
            promised.set_result(count(*args))
        except BaseException as error:
            promised.set_exception(error)

    Thread(target=run, name="search-counts", daemon=True).start()
    return promised.result
