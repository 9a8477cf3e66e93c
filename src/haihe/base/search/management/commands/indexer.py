from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy as _

from haihe.base.search.indexer import run_indexer


class Command(BaseCommand):
    help = _(  # type: ignore[assignment]
        "Keeps the search index up to date until it is told to stop."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        run_indexer(stop)
