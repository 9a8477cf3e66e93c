"""`search(...)`: what rooms and the public search page ask, across models, with highlights, counts and dates."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

import tantivy
from django.apps import apps
from django.db import models
from django.utils.safestring import SafeString, mark_safe
from modelsearch.index import get_indexed_models
from modelsearch.query import PlainText

from haihe.base.search import query, schema, store
from haihe.base.search.counting import Counts, beside, count_values
from haihe.base.search.errors import UnknownSearchField
from haihe.base.search.highlight import highlight

Model = type[models.Model]
WHOLE = 200  # characters up to which a text is shown as a whole
WINDOW = 160  # characters shown of a longer one


@dataclass(frozen=True)
class Hit:
    """One thing found. `highlights`: every text of it by field name, escaped, what matched in `<mark>`;
    a long one cut to a window around the first match."""

    model: Model
    pk: Any
    score: float
    highlights: Mapping[str, SafeString]


@dataclass(frozen=True)
class Results:
    """One page of what was found.

    total    number of hits on all pages
    facets   by field: values and how many of all hits have each, the most frequent first
    loose    nothing holds the whole of what was asked; these hold all its words
    """

    hits: list[Hit]
    total: int
    facets: dict[str, list[tuple[Any, int]]]
    page: int
    per_page: int
    loose: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    def objects(self, **querysets: models.QuerySet[Any]) -> list[Any]:
        """The rows of the hits, in their order, one query for each model. What is gone meanwhile is left out.

        querysets   what to fetch a model with, by its name in lower letters: publication=Publication.objects.defer(...)
        """
        by_model: dict[Model, list[Any]] = {}
        for hit in self.hits:
            by_model.setdefault(hit.model, []).append(hit.pk)
        rows = {}
        for model, pks in by_model.items():
            queryset = querysets.get(model._meta.model_name or "", model._default_manager.all())
            # Without its order: SQLite would walk the whole index of that order to find these few.
            rows.update({(model, row.pk): row for row in queryset.filter(pk__in=pks).order_by()})
        return [rows[hit.model, hit.pk] for hit in self.hits if (hit.model, hit.pk) in rows]


def search(
    text: str,
    *,
    models: Sequence[Model] = (),
    filters: Mapping[str, Any] | None = None,
    facets: Sequence[str] = (),
    dates: tuple[str, date | None, date | None] | None = None,
    order: Literal["relevance", "newest"] = "relevance",
    operator: Literal["and", "or"] = "and",
    page: int = 1,
    per_page: int = 20,
) -> Results:
    """Find `text` in the indexed texts of `models` (none named: of all).

    text      terms between spaces must all occur, each in one piece; empty: everything the filters let through.
              Where nothing holds a long term in one piece, its words are looked for (`Results.loose`)
    filters   FilterField → a value or a collection of values, one of which must be met; None: has none; an empty
              collection: nothing is found. What a model does not have, its rows do not meet
    facets    FilterFields whose values are counted over all hits
    dates     FilterField, first and last moment, both included; a day is the whole of it
    order     "newest" goes by the model's `search_when`, else its first date FilterField
    page      from 1; a page behind the last one is empty

    Raises UnknownSearchField where no model has a field; IndexMissing, IndexUnreadable.
    """
    asked = list(models) or get_indexed_models()
    page, per_page = max(1, page), max(1, per_page)
    snapshot = store.reader.snapshot()
    narrowed = [query.of_models(snapshot, [model._meta.label_lower for model in asked])]
    narrowed += [query.one_of(snapshot, one, v) for n, v in (filters or {}).items() for one in [_filter(asked, n)]]
    if dates:
        narrowed.append(query.between(snapshot, _filter(asked, dates[0]), dates[1], _last_moment(dates[2])))
    counted = {name: _filter(asked, name) for name in facets}
    text = text.strip()
    compiler = query.TextCompiler(snapshot, _boosts(asked))
    full = query.filtered(_compile(compiler, text, operator), narrowed)
    counting = _counting(snapshot, full, list(counted.values()))
    found = _find(snapshot, full, order if text else "newest", page, per_page)
    if not found.count and text:
        compiler = query.TextCompiler(snapshot, _boosts(asked), loose=True)
        full = query.filtered(_compile(compiler, text, operator), narrowed)
        counting = _counting(snapshot, full, list(counted.values()))
        found = _find(snapshot, full, order, page, per_page)
    return Results(
        hits=[_hit(snapshot, score, at, compiler) for score, at in found.hits],
        total=found.count,
        facets={name: counting()[filter_.path] for name, filter_ in counted.items()},
        page=page,
        per_page=per_page,
        loose=compiler.loose and bool(found.count),
    )


def _compile(compiler: query.TextCompiler, text: str, operator: str) -> tantivy.Query:
    return compiler.compile(PlainText(text, operator)) if text else tantivy.Query.all_query()


def _counting(snapshot: store.Snapshot, full: tantivy.Query, counted: list[schema.Filter]) -> Callable[[], Counts]:
    return beside(count_values, snapshot, full, counted) if counted else dict


def _find(snapshot: store.Snapshot, full: tantivy.Query, order: str, page: int, per_page: int) -> Any:
    by: dict[str, Any] = {"order_by_field": schema.WHEN} if order == "newest" else {"weight_by_field": schema.WEIGHT}
    return snapshot.searcher.search(full, per_page, True, offset=(page - 1) * per_page, **by)


def _hit(snapshot: store.Snapshot, score: Any, at: tantivy.DocAddress, compiler: query.TextCompiler) -> Hit:
    document = snapshot.searcher.doc(at)
    kept = json.loads(document[schema.TEXTS][0])
    model = apps.get_model(kept["model"])
    key = document[schema.KEY][0].partition(":")[2]
    return Hit(
        model=model,
        pk=model._meta.pk.to_python(key),
        score=float(score or 0.0),
        highlights={name: _shown(text, compiler) for name, text in kept["texts"].items()},
    )


def _shown(text: str, compiler: query.TextCompiler) -> SafeString:
    # `highlight` escapes everything but its own marks.
    return mark_safe(highlight(text, compiler.marks, width=0 if len(text) <= WHOLE else WINDOW))  # noqa: S308


def _boosts(asked: Sequence[Model]) -> dict[str, float]:
    found: dict[str, float] = {}
    for model in asked:
        for name, boost in schema.boosts_of(model).items():
            found[name] = max(boost, found.get(name, 0.0))
    return found


def _filter(asked: Sequence[Model], name: str) -> schema.Filter:
    found = {filters[name] for model in asked if name in (filters := schema.filters_of(model))}
    if len(found) == 1:
        return found.pop()
    what = "means different things in the models searched." if found else "is no FilterField of the models searched."
    raise UnknownSearchField(what, thing=name)


def _last_moment(end: date | None) -> datetime | None:
    if end is None or isinstance(end, datetime):
        return end
    return schema.as_moment(datetime.combine(end, time.max))
