from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base.search import store
from haihe.base.search.errors import IndexerRuns
from haihe.base.search.indexer import index_pending
from haihe.base.search.rebuilding import rebuild


class Command(BaseCommand):
    help = gettext_lazy(  # type: ignore[assignment]
        "Builds the search index anew from the database while the old one serves."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        def show(model: str, done: int) -> None:
            self.stdout.write(f"\r{model}: {done}\x1b[K", ending="")
            self.stdout.flush()

        total = rebuild(progress=show if self.stdout.isatty() else None)
        if not store.is_held(store.INDEXER_LOCK):
            with suppress(IndexerRuns):  # it may start this moment, and does it
                index_pending()
        self.stdout.write(self.style.SUCCESS(("\r" if self.stdout.isatty() else "") + _("%d rows indexed") % total))
