"""Triggers that keep the audit trail append-only, on SQLite and PostgreSQL.

Refused: every UPDATE and DELETE of an entry; a detail may only become empty, once; the head only moves on by one.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction

# Table, event, and the SQL over OLD and NEW that is true where the change is refused.
GUARDS = (
    ("audit_entry", "UPDATE", "1 = 1"),
    ("audit_entry", "DELETE", "1 = 1"),
    (
        "audit_detail",
        "UPDATE",
        "NOT (NEW.entry_id = OLD.entry_id AND NEW.body = '' AND NEW.salt = '' AND OLD.body <> '')",
    ),
    ("audit_detail", "DELETE", "1 = 1"),
    ("audit_head", "UPDATE", "NOT (NEW.id = OLD.id AND NEW.number = OLD.number + 1)"),
    ("audit_head", "DELETE", "1 = 1"),
)
TABLES = ("audit_entry", "audit_detail", "audit_head")


def statements(vendor: str) -> dict[str, str]:
    """The SQL of every trigger by its name, for "sqlite" or "postgresql"."""
    made = {}
    for table, event, refused in GUARDS:
        name = f"{table}_no_{event.lower()}"
        head = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({refused})"
        if vendor == "sqlite":
            made[name] = f"{head} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        else:
            made[name] = f"{head} EXECUTE FUNCTION haihe_audit_refuse()"
    if vendor != "sqlite":
        for table in TABLES:
            made[f"{table}_no_truncate"] = (
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION haihe_audit_refuse()"
            )
    return made


def install(connection: Any) -> None:
    """Put every trigger in place, replacing older forms of it."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION haihe_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
                "END $$"
            )
        for sql in statements(connection.vendor).values():
            cursor.execute(sql)


def remove(connection: Any) -> None:
    """Take every trigger away: for emptying a test database, and before `install`."""
    with connection.cursor() as cursor:
        for name in statements(connection.vendor):
            table = f" ON {name.rsplit('_no_', 1)[0]}" if connection.vendor != "sqlite" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{table}")


def keep(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """After every migration the triggers are there: SQLite loses them when it rebuilds a table."""
    connection = connections[using]
    if not set(TABLES) <= set(connection.introspection.table_names()):
        return
    with transaction.atomic(using=using):
        install(connection)


def missing(connection: Any) -> list[str]:
    """Names of the triggers that are not there as they should be."""
    wanted = statements(connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            there = dict(cursor.fetchall())
            return [name for name, sql in wanted.items() if there.get(name) != sql]
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'")
        present = {name for (name,) in cursor.fetchall()}
    return [name for name in wanted if name not in present]
