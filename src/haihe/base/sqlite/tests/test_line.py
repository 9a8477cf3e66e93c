"""Writers of several processes and threads on one real file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.utils import OperationalError

from haihe.base.sqlite.base import DatabaseWrapper
from haihe.base.sqlite.line import Line

OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 5, "init_command": "PRAGMA journal_mode=WAL"}
HOLD = """
import sys, time
from haihe.base.sqlite.line import Line
assert Line(sys.argv[1]).take(5)
print("mine", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def databases_of_its_own(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def connected(file: Path) -> DatabaseWrapper:
    settings = {**connections["default"].settings_dict, "NAME": str(file), "OPTIONS": dict(OPTIONS)}
    return DatabaseWrapper(settings, alias="line")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    connection = connected(tmp_path / "a.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE note (who TEXT, number INTEGER)")
    connection.close()
    return tmp_path / "a.sqlite3"


def write(connection: DatabaseWrapper, who: str, number: int, hold: float = 0.0) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    try:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO note VALUES (%s, %s)", [who, number])
        time.sleep(hold)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.set_autocommit(True)


def test_one_who_waits_comes_before_one_who_writes_again(file: Path) -> None:
    """Three who write without a pause, ten milliseconds each; a fourth wants to write now and then."""
    stop = threading.Event()
    written: list[str] = []

    def greedy(name: str) -> None:
        connection, number = connected(file), 0
        while not stop.is_set():
            write(connection, name, number := number + 1, hold=0.01)
            written.append(name)
        connection.close()

    threads = [threading.Thread(target=greedy, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    connection, passed = connected(file), []
    for number in range(20):
        time.sleep(0.03)
        before = len(written)
        write(connection, "guest", number)
        passed.append(len(written) - before)
    stop.set()
    for thread in threads:
        thread.join()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM note WHERE who <> 'guest'")
        assert cursor.fetchone()[0] == len(written)
    connection.close()
    assert sorted(passed)[10] <= 10, passed  # SQLite alone lets dozens pass


def test_statement_outside_of_a_transaction_stands_in_line_too(file: Path) -> None:
    held, connection = Line(str(file)), connected(file)
    assert held.take(1)
    done = threading.Event()

    def insert() -> None:
        own = connected(file)
        with own.cursor() as cursor:
            cursor.execute("INSERT INTO note VALUES ('x', 1)")
        own.close()
        done.set()

    thread = threading.Thread(target=insert)
    thread.start()
    assert not done.wait(0.2)
    with connection.cursor() as cursor:  # readers wait for nobody
        cursor.execute("SELECT count(*) FROM note")
        assert cursor.fetchone()[0] == 0
    held.leave()
    assert done.wait(5)
    thread.join()
    held.close()
    connection.close()


def test_killed_process_leaves_the_line(file: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(file)], stdout=subprocess.PIPE, text=True)
    assert other.stdout
    assert other.stdout.readline() == "mine\n"
    line = Line(str(file))
    assert not line.take(0.05)
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    assert line.take(5)
    line.close()


def test_turn_that_does_not_come_is_no_reason_not_to_write(file: Path) -> None:
    held, connection = Line(str(file)), connected(file)
    connection.settings_dict["OPTIONS"]["timeout"] = 0.05
    assert held.take(1)
    write(connection, "patient", 1)
    held.close()
    connection.close()


def test_failed_transaction_gives_its_turn_back(file: Path) -> None:
    connection, other = connected(file), Line(str(file))
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert not other.take(0.02)
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("INSERT INTO nowhere VALUES (1)")
    connection.rollback()
    assert other.take(0.5)
    other.close()
    connection.close()


def test_connection_that_is_closed_in_the_middle_gives_its_turn_back(file: Path) -> None:
    connection, other = connected(file), Line(str(file))
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    connection.close()
    assert other.take(0.5)
    other.close()


def test_database_of_the_city_stands_in_line() -> None:
    if connections["default"].vendor == "sqlite":
        assert isinstance(connections["default"], DatabaseWrapper)


def test_writers_of_a_database_in_memory_wait_too(tmp_path: Path) -> None:
    name = f"file:memorydb_{tmp_path.name}?mode=memory&cache=shared"
    first = connected(Path(name))
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE note (who TEXT, number INTEGER)")
    begun = threading.Event()

    def hold() -> None:
        connection = connected(Path(name))
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        begun.set()
        time.sleep(0.2)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO note VALUES ('other', 1)")
        connection.commit()

    other = threading.Thread(target=hold)
    other.start()
    assert begun.wait(5)
    write(first, "this", 2)
    other.join()
    with first.cursor() as cursor:
        assert cursor.execute("SELECT who FROM note ORDER BY rowid").fetchall() == [("other",), ("this",)]
