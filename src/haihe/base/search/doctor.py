"""What `haihe doctor` asks of the search."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from haihe.base.doctor import Finding, check, good, note, warning, wrong
from haihe.base.search import store
from haihe.base.search.models import Change
from haihe.base.search.schema import wanted_layout
from haihe.base.search.wagtail_app import BACKEND

LATE = timedelta(minutes=1)


@check("search.index")
def index_serves() -> Iterator[Finding]:
    backend = settings.WAGTAILSEARCH_BACKENDS["default"]["BACKEND"]
    if backend != BACKEND:
        yield note(f"search runs on {backend}")
        return
    snapshot = store.Reader().snapshot()
    if snapshot.layout != wanted_layout():
        yield wrong("the search index was made for other fields than the models have", "Run `haihe reindex`.")
    elif store.is_held(store.REBUILD_LOCK):
        yield note("the search index is being rebuilt; the old one serves")
    yield good(f"the search index holds {snapshot.searcher.num_docs} things")


@check("search.journal")
def journal_flows() -> Iterator[Finding]:
    pending = Change.objects.exclude(indexed_in=store.current_generation() or "no index yet")
    oldest = pending.order_by("at").values_list("at", flat=True).first()
    if oldest and timezone.now() - oldest > LATE:
        running = store.is_held(store.INDEXER_LOCK)
        yield wrong(
            f"{pending.count()} changes wait to be searchable, the first since {oldest:%Y-%m-%d %H:%M}",
            "Read the log of the indexer: it runs, and cannot write (disk full?)."
            if running
            else "Start the indexer: `haihe up`, or `haihe indexer` beside what runs.",
        )
    failed = Change.objects.exclude(problem="")
    if first := failed.first():
        yield warning(
            f"{failed.count()} rows cannot be indexed, one is {first}: {first.problem}",
            "Mend the row or the model's search_fields, then save the row or run `haihe reindex`.",
        )
