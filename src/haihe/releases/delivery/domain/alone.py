"""One dispatcher at a time for one city: a lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

LOCK = 0x6861696865  # PostgreSQL advisory lock: "haihe"


@contextmanager
def alone(wait: float) -> Iterator[bool]:
    """Hold the lock; False where another holds it for longer than `wait` seconds."""
    if connection.vendor == "postgresql":
        with _advisory(wait) as held:
            yield held
    else:
        with _file(wait) as held:
            yield held


@contextmanager
def _file(wait: float) -> Iterator[bool]:
    folder = Path(settings.HOME) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + wait
    with (folder / "deliver.lock").open("a") as file:
        while not _locked(file.fileno()):
            if time.monotonic() > end:
                yield False
                return
            time.sleep(0.02)
        file.truncate(0)
        file.write(str(os.getpid()))  # for people: who delivers
        file.flush()
        yield True


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _advisory(wait: float) -> Iterator[bool]:
    end = time.monotonic() + wait
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if cursor.fetchone()[0]:
                break
            if time.monotonic() > end:
                yield False
                return
            time.sleep(0.05)
    try:
        yield True
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
