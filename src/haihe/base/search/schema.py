"""What the index keeps of a model: fields of the index, made from the `search_fields` of all models.

For every name in a SearchField or AutocompleteField there are two text fields, `g_<name>` (grams with their places, for
finding) and `w_<name>` (units and words, for single characters and for weighing). For every FilterField there is one
field of its type, `<type>_<path>`, to filter, count and order by. Names of related fields are paths: `source__name`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import tantivy
from django.db import models
from django.utils import timezone
from modelsearch.index import AutocompleteField, FilterField, Indexed, RelatedFields, SearchField, get_indexed_models

VERSION = 1  # goes up when documents are made differently, so that every index is rebuilt
KEY, MODELS, WHEN, WEIGHT, TEXTS = "key", "models", "when", "weight", "texts"
TITLES = ("title", "name", "headline")
TITLE_BOOST = 4.0
_INT = ("AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField")
_KINDS = {
    **dict.fromkeys((*_INT, *(f"Positive{n}" for n in _INT[3:])), "int"),
    "FloatField": "float",
    "DecimalField": "float",
    "BooleanField": "bool",
    "DateField": "date",
    "DateTimeField": "date",
}
Path = tuple[Any, ...]  # RelatedFields ..., then the field itself


@dataclass(frozen=True)
class Filter:
    """One filterable field: its path as a queryset names it ("source__kind"), and the kind of its values."""

    path: str
    kind: str  # "text", "int", "float", "bool", "date"

    @property
    def column(self) -> str:
        return f"{self.kind}_{self.path}"

    def values(self, value: Any) -> list[Any]:
        """A field's value as the index keeps it: none, one or several."""
        if hasattr(value, "all"):
            value = list(value.all())
        if isinstance(value, (list, tuple, set, frozenset)):
            return [v for part in value for v in self.values(part)]
        if isinstance(value, models.Model):
            value = value.pk
        return [] if value is None else [self.convert(value)]

    def convert(self, value: Any) -> Any:
        """One value as the index keeps it. Raises ValueError, TypeError for a value of another kind."""
        if self.kind == "date":
            return as_moment(value)
        if self.kind == "bool" and isinstance(value, str):
            return value.lower() in ("true", "1")
        return {"text": str, "int": int, "float": float, "bool": bool}[self.kind](value)


@dataclass(frozen=True)
class Layout:
    """The fields of one index."""

    texts: tuple[str, ...]
    filters: tuple[str, ...]  # columns

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps([VERSION, self.texts, self.filters]).encode()).hexdigest()[:16]

    def build(self) -> tantivy.Schema:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field(KEY, stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(MODELS, tokenizer_name="raw", index_option="basic")
        builder.add_bytes_field(TEXTS, stored=True)
        builder.add_date_field(WHEN, fast=True, indexed=True)
        builder.add_float_field(WEIGHT, fast=True)
        for name in self.texts:
            builder.add_text_field(f"g_{name}", tokenizer_name="whitespace", index_option="position")
            builder.add_text_field(f"w_{name}", tokenizer_name="whitespace", index_option="freq")
        for column in self.filters:
            kind = column.partition("_")[0]
            if kind == "text":
                builder.add_text_field(column, fast=True, tokenizer_name="raw", index_option="basic")
            else:
                add = {"int": "integer", "float": "float", "bool": "boolean", "date": "date"}[kind]
                getattr(builder, f"add_{add}_field")(column, indexed=True, fast=True)
        return builder.build()


@dataclass(frozen=True)
class Plan:
    """What is taken from the rows of a model: texts by name, filters by column, and the date it goes by."""

    labels: tuple[str, ...]  # of the model and those it inherits from
    texts: dict[str, Path]
    filters: tuple[tuple[Filter, Path], ...]
    when: Filter | None


@cache
def plan_of(model: Any) -> Plan:
    every = list(paths(model.get_search_fields()))
    filters = tuple((filter_of(model, path), path) for path in every if isinstance(path[-1], FilterField))
    dates = {one.path: one for one, _ in filters if one.kind == "date"}
    named = getattr(model, "search_when", None)
    return Plan(
        labels=tuple(cls._meta.label_lower for cls in model.__mro__ if is_indexed(cls)),
        texts={text_name(path): path for path in every if not isinstance(path[-1], FilterField)},
        filters=filters,
        when=dates.get(named) if named else next(iter(dates.values()), None),
    )


def is_indexed(cls: Any) -> bool:
    return issubclass(cls, Indexed) and issubclass(cls, models.Model) and not cls._meta.abstract


def wanted_layout() -> Layout:
    """The layout that the models as they are now ask for."""
    plans = [plan_of(model) for model in get_indexed_models()]
    texts = {name for plan in plans for name in plan.texts}
    columns = {one.column for plan in plans for one, _ in plan.filters}
    return Layout(tuple(sorted(texts)), tuple(sorted(columns)))


def paths(fields: Iterable[Any], above: Path = ()) -> Iterator[Path]:
    """Every field of `search_fields` with the RelatedFields that lead to it."""
    for field in fields:
        if isinstance(field, RelatedFields):
            yield from paths(field.fields, (*above, field))
        elif isinstance(field, (SearchField, AutocompleteField, FilterField)):
            yield (*above, field)


def text_name(path: Path) -> str:
    return "__".join(field.field_name for field in path)


def filter_of(model: type[models.Model], path: Path) -> Filter:
    owner = model
    for related in path[:-1]:
        owner = related.get_field(owner).related_model
    names = [*(related.field_name for related in path[:-1]), path[-1].get_attname(owner)]
    return Filter("__".join(names), _KINDS.get(path[-1].get_type(owner), "text"))


@cache
def filters_of(model: type[models.Model]) -> dict[str, Filter]:
    """A model's filters by path; a foreign key answers to its name as well as to its `_id`."""
    found = {one.path: one for one, _ in plan_of(model).filters}
    return {**{text_name(path): one for one, path in plan_of(model).filters}, **found}


@cache
def boosts_of(model: Any, *, autocomplete: bool = False) -> dict[str, float]:
    """Names of a model's text fields, and how much a match in each weighs."""
    kind = AutocompleteField if autocomplete else SearchField
    found = {}
    for path in paths(model.get_search_fields()):
        if isinstance(path[-1], kind):
            own = getattr(path[-1], "boost", None)
            is_title = len(path) == 1 and path[-1].field_name in TITLES
            found[text_name(path)] = float(own or (TITLE_BOOST if is_title else 1.0))
    return found


def as_moment(value: Any) -> datetime.datetime:
    """A date or time as an aware moment; a date is its first moment in the city's time zone."""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time.min)
    return value if timezone.is_aware(value) else timezone.make_aware(value)


def forget_plans() -> None:
    """Read the models' search_fields anew; for tests that change them."""
    for known in (plan_of, filters_of, boosts_of):
        known.cache_clear()
