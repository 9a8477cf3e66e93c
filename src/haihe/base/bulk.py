"""Many rows with one prepared statement, at a fraction of what `bulk_create` and `bulk_update` take for each value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connections, models, router, transaction

_AS_THEY_ARE = (models.CharField, models.TextField, models.BooleanField, models.IntegerField)


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as values in the order of `columns`, which are attribute names ("source_id").

    All or none. Defaults, `pre_save` and signals are the caller's affair; what is no column here is left to the
    database, as a number that it counts up. Raises IntegrityError and whatever else the database refuses with.
    """
    using = router.db_for_write(model)
    connection = connections[using]
    quote = connection.ops.quote_name
    fields = {field.attname: field for field in model._meta.concrete_fields}
    written = [fields[name] for name in columns]
    named = ", ".join(quote(str(field.column)) for field in written)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({named}) VALUES ({', '.join(['%s'] * len(written))})"  # noqa: S608
    values = _prepared(rows, written, connection)
    if values:
        with transaction.atomic(using=using, savepoint=False), connection.cursor() as cursor:
            cursor.executemany(statement, values)


def insert(instances: Sequence[models.Model]) -> None:
    """Insert unsaved instances of one model whose primary keys are set, with every value as it stands on them."""
    if not instances:
        return
    model = type(instances[0])
    columns = [field.attname for field in model._meta.concrete_fields]
    using = router.db_for_write(model)
    insert_rows(model, columns, ([getattr(one, name) for name in columns] for one in instances))
    for one in instances:
        one._state.adding, one._state.db = False, using


def update(instances: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write some fields of saved instances of one model, with every value as it stands on them."""
    if not instances:
        return
    model = type(instances[0])
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    key: Any = model._meta.pk
    named = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    statement = f"UPDATE {quote(model._meta.db_table)} SET {named} WHERE {quote(key.column)} = %s"  # noqa: S608
    told = ([getattr(one, field.attname) for field in (*fields, key)] for one in instances)
    with connection.cursor() as cursor:
        cursor.executemany(statement, _prepared(told, [*fields, key], connection))


def _prepared(rows: Iterable[Sequence[Any]], fields: Sequence[Any], connection: Any) -> list[list[Any]]:
    """Rows of values of these fields, as the database takes them."""
    ways = [_way_of(field, connection) for field in fields]
    return [[way(value) if way else value for way, value in zip(ways, row, strict=True)] for row in rows]


def _way_of(field: Any, connection: Any) -> Callable[[Any], Any] | None:
    """How a value becomes the database's; None where it is already."""
    if isinstance(field, _AS_THEY_ARE):
        return None

    def prepared(value: Any) -> Any:
        return None if value is None else field.get_db_prep_save(value, connection)

    return prepared
