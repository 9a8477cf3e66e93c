"""The indexer as a service of the worker."""

from __future__ import annotations

import os
import threading

from haihe.base.search.errors import IndexerRuns
from haihe.base.search.text import words
from haihe.base.tasks import before_fork, service

NICENESS = 12  # who searches comes first; little of its work holds the database
STAND_BY = 10.0  # seconds between looks whether the other indexer still runs


@service("indexer")
def keep_index(stop: threading.Event) -> None:
    """Index for ever; where another indexer does, stand by and take over when it ends."""
    from haihe.base.search.indexer import run_indexer

    os.nice(NICENESS)
    while not stop.is_set():
        try:
            run_indexer(stop)
        except IndexerRuns:
            stop.wait(STAND_BY)


@before_fork
def load_dictionary() -> None:
    """35 MB that the indexer and every crew that bakes would otherwise each load for themselves."""
    words("词典")
