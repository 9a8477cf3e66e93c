"""Haihe's index behind modelsearch's interface: what Wagtail's admin and `queryset.search()` run on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import tantivy
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Subquery
from django.db.models.sql import Query as SqlQuery
from modelsearch.backends.base import (
    BaseIndex,
    BaseSearchBackend,
    BaseSearchQueryCompiler,
    BaseSearchResults,
    FilterFieldError,
    get_model_root,
)

from haihe.base.search import changes, query, rebuilding, schema, store
from haihe.base.search.counting import count_values
from haihe.base.search.documents import document_key
from haihe.base.search.errors import RebuildRuns
from haihe.base.search.indexer import Writer

Part = Callable[[store.Snapshot], tantivy.Query]  # a filter, compiled when the search is made


class QueryCompiler(BaseSearchQueryCompiler):
    DEFAULT_OPERATOR = "and"
    is_autocomplete = False

    def text(self, snapshot: store.Snapshot, *, loose: bool = False) -> tantivy.Query:
        boosts = schema.boosts_of(self.queryset.model, autocomplete=self.is_autocomplete)
        if self.fields:
            boosts = {name: boosts[name] for name in self.fields if name in boosts}
        compiler = query.TextCompiler(snapshot, boosts, prefix=self.is_autocomplete, loose=loose)
        return compiler.compile(self.query)

    def filters(self, snapshot: store.Snapshot) -> list[tantivy.Query]:
        of_model = query.of_models(snapshot, [self.queryset.model._meta.label_lower])
        wanted = self._get_filters_from_queryset()
        return [of_model, wanted(snapshot)] if wanted else [of_model]

    def order(self) -> tuple[str, bool] | None:
        """The column to order by and whether backwards; None is relevance. Of several fields the first counts."""
        if self.order_by_relevance:
            return None
        for backwards, field in self._get_order_by():
            return schema.filter_of(self.queryset.model, (field,)).column, backwards
        return schema.WHEN, True

    def _process_filter(self, column: Any, lookup: str, value: Any, check_only: bool = False) -> Part | None:
        """Primary keys can be filtered without a FilterField: they name the documents."""
        root = get_model_root(self.queryset.model)
        if column.target.primary_key and column.target.model is root and lookup in ("exact", "in"):
            return None if check_only else self._among(lookup, value)
        part: Part | None = super()._process_filter(column, lookup, value, check_only)
        return part

    def _among(self, lookup: str, value: Any) -> Part:
        if isinstance(value, (SqlQuery, Subquery)):
            value, lookup = self._rows_of(value), "in"
        names = [document_key(self.queryset.model, pk) for pk in (value if lookup == "in" else [value])]
        return lambda snapshot: tantivy.Query.term_set_query(snapshot.schema, schema.KEY, names)

    def _process_lookup(self, field_path: list[Any], lookup: str, value: Any) -> Part | None:
        filter_ = schema.filter_of(self.queryset.model, tuple(field_path))
        if isinstance(value, (SqlQuery, Subquery)):
            value = self._rows_of(value)
            lookup = "in" if lookup == "exact" else lookup
        if lookup in ("exact", "in"):
            values = list(value) if lookup == "in" else value
            return lambda snapshot: query.one_of(snapshot, filter_, values)
        if lookup == "isnull":
            return lambda snapshot: _isnull(snapshot, filter_, value)
        if lookup in ("startswith", "prefix"):
            return lambda snapshot: query.starts_with(snapshot, filter_, str(value))
        bounds: dict[str, dict[str, Any]] = {
            "gt": {"low": value, "with_low": False},
            "gte": {"low": value},
            "lt": {"high": value, "with_high": False},
            "lte": {"high": value},
        }
        if lookup == "range":
            bounds["range"] = dict(zip(("low", "high"), value, strict=True))
        if lookup not in bounds:
            return None
        return lambda snapshot: query.between(snapshot, filter_, **bounds[lookup])

    def _rows_of(self, value: SqlQuery | Subquery) -> list[Any]:
        sql = value.query if isinstance(value, Subquery) else value
        rows = sql.get_compiler(self.queryset._db or DEFAULT_DB_ALIAS).execute_sql(chunked_fetch=False)
        return [row[0] for chunk in rows or () for row in chunk]

    def _process_match_none(self) -> Part:
        return lambda _snapshot: tantivy.Query.empty_query()

    def _connect_filters(self, filters: list[Part], connector: str, negated: bool) -> Part | None:
        if not filters:
            return None

        def connected(snapshot: store.Snapshot) -> tantivy.Query:
            parts = [part(snapshot) for part in filters]
            joined = query.some(parts) if connector == "OR" else query.every(parts)
            return query.every([tantivy.Query.all_query()], but=[joined]) if negated else joined

        return connected


def _isnull(snapshot: store.Snapshot, filter_: schema.Filter, wanted: bool) -> tantivy.Query:
    empty = query.is_empty(snapshot, filter_)
    return empty if wanted else query.every([tantivy.Query.all_query()], but=[empty])


class AutocompleteQueryCompiler(QueryCompiler):
    is_autocomplete = True


class SearchResults(BaseSearchResults):
    supports_facet = True

    def _query(self, snapshot: store.Snapshot) -> tantivy.Query:
        """The strict query; where that finds nothing, the loose one."""
        compiler = self.query_compiler
        filters = compiler.filters(snapshot)
        strict = query.filtered(compiler.text(snapshot), filters)
        if snapshot.count(strict):
            return strict
        return query.filtered(compiler.text(snapshot, loose=True), filters)

    def _hits(self, snapshot: store.Snapshot) -> list[tuple[float, str]]:
        asked = self._query(snapshot)
        most = snapshot.count(asked) - self.start
        limit = most if self.stop is None else min(most, self.stop - self.start)
        if limit <= 0:
            return []
        order = self.query_compiler.order()
        if order is None:
            found = snapshot.searcher.search(asked, limit, False, offset=self.start, weight_by_field=schema.WEIGHT)
        else:
            way = tantivy.Order.Desc if order[1] else tantivy.Order.Asc
            found = snapshot.searcher.search(asked, limit, False, order_by_field=order[0], offset=self.start, order=way)
        return [(score, snapshot.searcher.doc(at)[schema.KEY][0].partition(":")[2]) for score, at in found.hits]

    def _do_search(self) -> Iterable[models.Model]:
        hits = self._hits(store.reader.snapshot())
        rows = {str(row.pk): row for row in self.query_compiler.queryset.filter(pk__in=[key for _, key in hits])}
        found = []
        for score, key in hits:
            if row := rows.get(key):  # what was deleted a moment ago is still in the index, and nowhere else
                if self._score_field:
                    setattr(row, self._score_field, score)
                found.append(row)
        return found

    def _do_count(self) -> int:
        snapshot = store.reader.snapshot()
        total = snapshot.count(self._query(snapshot)) - self.start
        return max(0, total if self.stop is None else min(total, self.stop - self.start))

    def facet(self, field_name: str) -> OrderedDict[Any, int]:
        model = self.query_compiler.queryset.model
        filter_ = schema.filters_of(model).get(field_name)
        if filter_ is None:
            raise FilterFieldError(
                f'Cannot facet search results with field "{field_name}". Please add '
                f"index.FilterField('{field_name}') to {model.__name__}.search_fields.",
                field_name=field_name,
            )
        snapshot = store.reader.snapshot()
        counted = count_values(snapshot, self._query(snapshot), [filter_], with_empty=True)
        return OrderedDict(counted[filter_.path])


class Index(BaseIndex):
    """Everything that changes goes through the journal; only a rebuild writes directly."""

    writer: Writer | None = None

    def add_items(self, model: type[models.Model], items: Iterable[models.Model]) -> None:
        if self.writer is None:
            changes.journal_many(model, [item.pk for item in items])
        else:
            for item in items:
                rebuilding.put(self.writer, item)

    def delete_item(self, item: models.Model) -> None:
        changes.journal(item)


class Rebuilder:
    """What `update_index` and `rebuild_modelsearch_index` use: the same generations as `haihe reindex`."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def start(self) -> Index:
        self.lock = store.hold(store.REBUILD_LOCK, RebuildRuns)
        self.lock.__enter__()
        store.remove_others()
        self.generation = store.new_generation(schema.wanted_layout())
        self.index.writer = Writer(self.generation)
        return self.index

    def finish(self) -> None:
        assert self.index.writer is not None
        self.index.writer.commit()
        self.index.writer.close()
        self.index.writer = None
        store.switch_to(self.generation)
        self.lock.__exit__(None, None, None)


class SearchBackend(BaseSearchBackend):
    query_compiler_class = QueryCompiler
    autocomplete_query_compiler_class = AutocompleteQueryCompiler
    index_class = Index
    results_class = SearchResults
    rebuilder_class = Rebuilder
