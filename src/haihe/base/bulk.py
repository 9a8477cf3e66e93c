"""Many new rows with one statement, at a fraction of what `bulk_create` takes to prepare each value of each row."""

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
    ways = [_way_of(fields[name], connection) for name in columns]
    named = ", ".join(quote(str(fields[name].column)) for name in columns)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({named}) VALUES ({', '.join(['%s'] * len(ways))})"  # noqa: S608
    values = [[way(value) if way else value for way, value in zip(ways, row, strict=True)] for row in rows]
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


def _way_of(field: Any, connection: Any) -> Callable[[Any], Any] | None:
    """How a value becomes the database's; None where it is already."""
    if isinstance(field, _AS_THEY_ARE):
        return None

    def prepared(value: Any) -> Any:
        return None if value is None else field.get_db_prep_save(value, connection)

    return prepared
