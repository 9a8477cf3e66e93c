"""From a row of the database to a document of the index."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

import tantivy
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from modelsearch.backends.base import get_model_root

from haihe.base.search import schema
from haihe.base.search.text import fold, grams, rows, words

_STORED = 20_000  # characters of each text kept for highlighting; what lies behind is found, not shown
_DOUBLES_IN = 8 * 365.25 * 86400  # seconds in which newer counts twice as much
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_UNDATED = datetime(2020, 1, 1, tzinfo=UTC)


def document_key(model: type[models.Model], pk: Any) -> str:
    """What names a document: a row has one, however deep in the inheritance it is indexed."""
    return f"{get_model_root(model)._meta.label_lower}:{pk}"


def make_document(instance: models.Model, layout: schema.Layout) -> tantivy.Document:
    """The document of a row; what the layout does not have is left out. Raises what the row's own fields raise."""
    model = type(instance)
    plan = schema.plan_of(model)
    document = tantivy.Document()
    document.add_text(schema.KEY, document_key(model, instance.pk))
    for label in plan.labels:
        document.add_text(schema.MODELS, label)
    when = _UNDATED
    for filter_, path in plan.filters:
        kept = [v for value in _values(instance, path) for v in filter_.values(value)]
        if filter_ == plan.when and kept:
            when = max(kept)
            document.add_date(schema.WHEN, when)
        if filter_.column in layout.filters:
            _add_filter(document, filter_, kept)
    document.add_float(schema.WEIGHT, _weight(when))
    texts = {}
    for name, path in plan.texts.items():
        if text := "\n".join(filter(None, map(_as_text, _values(instance, path)))):
            texts[name] = text[:_STORED]
            if name in layout.texts:
                _add_text(document, name, text)
    kept_of_it = json.dumps({"model": model._meta.label_lower, "texts": texts}, ensure_ascii=False)
    document.add_bytes(schema.TEXTS, kept_of_it.encode("utf-8", "replace"))
    return document


def _add_text(document: tantivy.Document, name: str, text: str) -> None:
    folded = fold(text)
    in_rows = rows(folded)
    document.add_text(f"g_{name}", " ".join(grams(in_rows)))
    document.add_text(f"w_{name}", " ".join(chain(chain.from_iterable(in_rows), words(folded))))


def _add_filter(document: tantivy.Document, filter_: schema.Filter, values: list[Any]) -> None:
    add: Any = {
        "text": document.add_text,
        "int": document.add_integer,
        "float": document.add_float,
        "bool": document.add_boolean,
        "date": document.add_date,
    }[filter_.kind]
    for value in dict.fromkeys(values):
        add(filter_.column, value)


def _values(instance: Any, path: schema.Path) -> Iterator[Any]:
    """The values of a field, through its relations."""
    if len(path) == 1:
        model: Any = type(instance)
        yield _way_to(model, path[0])(instance)
        return
    related = path[0].get_value(instance)
    if related is None:
        return
    for one in related.all() if hasattr(related, "all") else [related]:
        yield from _values(one, path[1:])


@cache
def _way_to(model: Any, field: Any) -> Callable[[Any], Any]:
    """How the value of a search field is had: a column is simply read, for `get_value` finds out anew each time."""
    try:
        column = field.get_field(model)
    except FieldDoesNotExist:
        return field.get_value
    plain = type(column).__module__ == "django.db.models.fields" and getattr(column, "column", None)
    return attrgetter(column.attname) if plain else field.get_value


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        value = list(value.values())
    if hasattr(value, "all"):
        value = list(value.all())
    if isinstance(value, (list, tuple, set)):
        return "\n".join(_as_text(part) for part in value)
    return str(value)


def _weight(when: datetime) -> float:
    """tantivy multiplies a score by log2(2 + weight); this makes that double every eight years, whatever day it is."""
    age = (when - _EPOCH).total_seconds() / _DOUBLES_IN
    return float(2.0 ** min(1000.0, max(1.0, 2.0**age))) - 2.0
