"""What `haihe doctor` asks of the search."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

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
        yield note(_("search runs on %(backend)s") % {"backend": backend})
        return
    snapshot = store.Reader().snapshot()
    if snapshot.layout != wanted_layout():
        text = _("the search index was made for other fields than the models have")
        yield wrong(text, _("Run `haihe reindex`."))
    elif store.is_held(store.REBUILD_LOCK):
        yield note(_("the search index is being rebuilt; the old one serves"))
    yield good(_("the search index holds %(count)s things") % {"count": snapshot.searcher.num_docs})


@check("search.journal")
def journal_flows() -> Iterator[Finding]:
    pending = Change.objects.exclude(indexed_in=store.current_generation() or "no index yet")
    oldest = pending.order_by("at").values_list("at", flat=True).first()
    if oldest and timezone.now() - oldest > LATE:
        running = store.is_held(store.INDEXER_LOCK)
        told = {"count": pending.count(), "since": f"{oldest:%Y-%m-%d %H:%M}"}
        yield wrong(
            _("%(count)s changes wait to be searchable, the first since %(since)s") % told,
            _("Read the log of the indexer: it runs, and cannot write (disk full?).")
            if running
            else _("Start the indexer: `haihe up`, or `haihe indexer` beside what runs."),
        )
    failed = Change.objects.exclude(problem="")
    if first := failed.first():
        one = {"count": failed.count(), "row": first, "why": first.problem}
        yield warning(
            _("%(count)s rows cannot be indexed, one is %(row)s: %(why)s") % one,
            _("Mend the row or the model's search_fields, then save the row or run `haihe reindex`."),
        )
