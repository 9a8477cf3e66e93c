"""search: finds Chinese as it is written. Takes rows of models with `search_fields`; gives `search(...)`, and the
backend that Wagtail's admin and `queryset.search()` run on.

    from haihe.base.search import search, journal, journal_many, index_pending

Saving and deleting journal themselves. A model whose rows come in bulk sets `search_auto_update = False` and whoever
writes calls `journal_many(model, pks)` in the same transaction. In tests `index_pending()` does what the indexer would.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from haihe.base.search.changes import is_behind, journal, journal_many
    from haihe.base.search.indexer import index_pending, run_indexer
    from haihe.base.search.rebuilding import rebuild
    from haihe.base.search.searching import Hit, Results, search

_HOMES = {
    "is_behind": "changes",
    "journal": "changes",
    "journal_many": "changes",
    "index_pending": "indexer",
    "run_indexer": "indexer",
    "rebuild": "rebuilding",
    "Hit": "searching",
    "Results": "searching",
    "search": "searching",
}
__all__ = [
    "Hit",
    "Results",
    "index_pending",
    "is_behind",
    "journal",
    "journal_many",
    "rebuild",
    "run_indexer",
    "search",
]


def __getattr__(name: str) -> Any:
    """Loaded when first asked for: Django reads this package before there are models."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
