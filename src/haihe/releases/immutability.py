"""Triggers that keep public history as it was written, on SQLite and PostgreSQL.

Refused: every UPDATE and DELETE of a Release, a Citation or a FactSheet; a new path for, or the end of, a
Publication; any change of a confirmed Erasure. Two doors: a Release's content may become the tombstone that names
a confirmed Erasure of its publication, and its note and AI label may become empty with it; and what an organisation
published that was founded as a demonstration may be deleted with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

REFUSAL = "is immutable"

# Columns of a Release that even an erasure never touches.
FIXED = ("id", "publication_id", "number", "action", "content_sha256", "previous_hash", "hash", "note_sha256",
         "made_by_id", "made_at")  # fmt: skip


@dataclass(frozen=True)
class Guard:
    """One trigger: `when` is SQL over OLD and NEW that is true where the change is refused; empty: always."""

    name: str
    table: str
    event: str  # "UPDATE" or "DELETE"
    when: str = ""


def _same(columns: tuple[str, ...], vendor: str) -> str:
    alike = "IS" if vendor == "sqlite" else "IS NOT DISTINCT FROM"
    return " AND ".join(f"NEW.{column} {alike} OLD.{column}" for column in columns)


def _not_an_erasure(vendor: str) -> str:
    if vendor == "sqlite":
        names_it = "json_extract(NEW.content, '$.erasure') = lower(substr(e.id,1,8)||'-'||substr(e.id,9,4)||'-'||"
        names_it += "substr(e.id,13,4)||'-'||substr(e.id,17,4)||'-'||substr(e.id,21))"
        is_tombstone = "json_extract(NEW.content, '$.state') = 'erased' AND json_type(NEW.content, '$.body') IS NULL"
        empty_label = "NEW.ai_label = '{}'"
    else:
        names_it = "NEW.content->>'erasure' = e.id::text"
        is_tombstone = "NEW.content->>'state' = 'erased' AND NOT jsonb_exists(NEW.content, 'body')"
        empty_label = "NEW.ai_label = '{}'::jsonb"
    alike = _same(FIXED, vendor)
    return (
        f"NOT (COALESCE({alike} AND {is_tombstone} AND NEW.note = '' AND {empty_label} AND EXISTS ("  # noqa: S608
        "SELECT 1 FROM releases_erasure e WHERE e.publication_id = OLD.publication_id"
        f" AND e.confirmed_by_id IS NOT NULL AND e.confirmed_by_id <> e.asked_by_id AND {names_it}), "
        f"{'0' if vendor == 'sqlite' else 'FALSE'}))"
    )


def _real(publication: str) -> str:
    """True where the publication named by that SQL belongs to no demonstration."""
    its_owner = "SELECT 1 FROM releases_publication p JOIN city_organisation o ON o.id = p.organisation_id"
    return f"NOT EXISTS ({its_owner} WHERE p.id = {publication} AND o.demonstration)"


OF_ITS_RELEASE = "(SELECT r.publication_id FROM releases_release r WHERE r.id = OLD.release_id)"


def guards(vendor: str) -> list[Guard]:
    """Every trigger for a database vendor ("sqlite" or "postgresql")."""
    return [
        Guard("release_no_update", "releases_release", "UPDATE", _not_an_erasure(vendor)),
        Guard("release_no_delete", "releases_release", "DELETE", _real("OLD.publication_id")),
        Guard("citation_no_update", "releases_citation", "UPDATE"),
        Guard("citation_no_delete", "releases_citation", "DELETE", _real(OF_ITS_RELEASE)),
        Guard("factsheet_no_update", "releases_factsheet", "UPDATE"),
        Guard("factsheet_no_delete", "releases_factsheet", "DELETE"),
        Guard(
            "publication_no_move", "releases_publication", "UPDATE",
            "NEW.path <> OLD.path OR NEW.subject_id <> OLD.subject_id OR NEW.subject_label <> OLD.subject_label",
        ),
        Guard("publication_no_delete", "releases_publication", "DELETE", _real("OLD.id")),
        Guard("erasure_no_update", "releases_erasure", "UPDATE", "OLD.confirmed_by_id IS NOT NULL"),
        Guard(
            "erasure_no_delete", "releases_erasure", "DELETE",
            f"OLD.confirmed_by_id IS NOT NULL AND {_real('OLD.publication_id')}",
        ),
        Guard(
            "demonstration_fixed", "city_organisation", "UPDATE", f"NOT ({_same(('demonstration',), vendor)})",
        ),
    ]  # fmt: skip


def install(connection: Any) -> None:
    """Put every trigger in place, replacing older forms of it."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION haihe_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION '% {REFUSAL}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
                "END $$"
            )
        for guard in guards(connection.vendor):
            cursor.execute(_statement(guard, connection.vendor))
        if connection.vendor == "postgresql":
            for table in sorted({guard.table for guard in guards(connection.vendor)}):
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION haihe_refuse_change()"
                )


def remove(connection: Any) -> None:
    """Take every trigger away: for emptying a test database, and before `install`."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for guard in guards(connection.vendor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")
        else:
            for guard in guards(connection.vendor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.table}_no_truncate ON {guard.table}")


def _statement(guard: Guard, vendor: str) -> str:
    when = f"WHEN ({guard.when}) " if guard.when else ""
    if vendor == "sqlite":
        return (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{guard.table} {REFUSAL}'); END"
        )
    # PostgreSQL allows no subquery in WHEN: the condition that has one moves into a function of its own.
    if "SELECT" not in guard.when:
        return (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW {when}"
            "EXECUTE FUNCTION haihe_refuse_change()"
        )
    return (
        f"CREATE OR REPLACE FUNCTION haihe_{guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {guard.when} THEN RAISE EXCEPTION '% {REFUSAL}', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN COALESCE(NEW, OLD); END $$; "
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW "
        f"EXECUTE FUNCTION haihe_{guard.name}()"
    )


def keep(sender: Any, using: str = "default", **_kwargs: Any) -> None:
    """After every migration the triggers are there: SQLite loses them when it rebuilds a table."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if not {guard.table for guard in guards(connection.vendor)} <= tables:
        return
    if connection.vendor == "sqlite" and _sqlite_has_all(connection):
        return
    with transaction.atomic(using=using):
        install(connection)


def _sqlite_has_all(connection: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        there = dict(cursor.fetchall())
    return all(there.get(guard.name) == _statement(guard, "sqlite") for guard in guards("sqlite"))
