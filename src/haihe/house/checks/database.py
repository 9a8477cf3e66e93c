"""Whether the database answers and is as new as the code."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.utils import Error

from haihe.base.doctor import Finding, check, good, wrong
from haihe.house.database import pending_migrations


@check("house.database")
def database_answers() -> Iterator[Finding]:
    where = f"{connection.vendor} {connection.settings_dict['NAME']}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pending = pending_migrations()
    except Error as error:
        advice = "Check `database_url` and that the server runs; a damaged SQLite file is replaced from a backup."
        yield wrong(f"{where} does not answer: {str(error).strip()}", advice)
        return
    if pending:
        yield wrong(f"{len(pending)} migrations are pending, {pending[0]} first", "Run `haihe prepare`.")
        return
    yield good(f"{where}, as new as the code")
