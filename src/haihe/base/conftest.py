"""Fixtures for tests that need real processes beside them."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from haihe.base.audit import immutability
from haihe.base.tasks.tests.homes import Home


@pytest.fixture(scope="session")
def migrated(begun: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the migrated, empty database, without the audit trail that migrations leave."""
    file = begun(tmp_path_factory.mktemp("migrated")) / "haihe.sqlite3"
    # Closed at the end: what still lies in the write-ahead log would be missing from a copy of the file.
    with contextlib.closing(sqlite3.connect(file)) as target:
        target.execute("PRAGMA journal_mode = WAL")
        triggers = immutability.statements("sqlite")
        target.executescript(";".join(f"DROP TRIGGER {name}" for name in triggers))
        target.executescript(";".join(f"DELETE FROM {table}" for table in reversed(immutability.TABLES)))  # noqa: S608
        for sql in triggers.values():
            target.execute(sql)
    return file


@pytest.fixture
def empty_trail(db: None) -> None:
    """An audit trail without the entries that migrations leave."""
    (Path(settings.HOME) / "audit" / "heads.jsonl").unlink(missing_ok=True)
    immutability.remove(connection)
    with connection.cursor() as cursor:
        for table in ("audit_detail", "audit_entry", "audit_head"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    immutability.install(connection)


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Iterator[Home]:
    """A home folder with a migrated, empty database; what was started in it ends with the test."""
    shutil.copy(migrated, tmp_path)
    place = Home(tmp_path)
    yield place
    place.end()
