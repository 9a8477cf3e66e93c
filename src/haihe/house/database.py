"""Whether the database is there and as new as the code: `python -m haihe.house.database` says so and ends."""

from __future__ import annotations

import os
import sys

from haihe.base.words import gettext as _


def setup() -> None:
    """Load Django with the operator's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haihe.house.settings")
    import django

    django.setup()


def pending_migrations() -> list[str]:
    """Names of migrations that the database has not seen, in order; Django must be set up."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def is_new() -> bool:
    """Whether no migration ever ran."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return not MigrationRecorder(connection).has_table()


def main() -> int:
    """0: as new as the code; 3: not, and one line says so."""
    setup()
    from django.db.utils import Error

    try:
        pending = pending_migrations()
    except Error as error:
        print(_("the database does not answer: %(why)s") % {"why": error})
        return 3
    if pending:
        told = {"count": len(pending), "first": pending[0]}
        print(_("%(count)s migrations are pending, %(first)s first; run `haihe prepare`") % told)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
