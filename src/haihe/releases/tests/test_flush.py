"""Emptying a test's database while a request that its browser sent at the end still reads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import connection

from haihe.city.domain.organisations import found
from haihe.city.models import Organisation


@pytest.fixture
def reader(transactional_db: None) -> Iterator[sqlite3.Connection]:
    """Another connection to the database in memory, as a server's thread has one."""
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name, uri=True, check_same_thread=False)) as other:
        yield other


@pytest.mark.skipif(connection.vendor != "sqlite", reason="locks of SQLite's shared cache")
def test_flush_waits_for_who_still_reads(reader: sqlite3.Connection) -> None:
    found("海河", slug="river")
    rows = reader.execute("SELECT name FROM sqlite_master")
    rows.fetchone()
    done = threading.Timer(0.3, rows.close)
    done.start()
    call_command("flush", verbosity=0, interactive=False)
    done.join()
    assert not Organisation.objects.filter(slug="river").exists()
