"""Trying again when the database is busy."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import OperationalError, connection

T = TypeVar("T")


def is_busy(error: OperationalError) -> bool:
    """Whether another writer was in the way (SQLite: locked; PostgreSQL: deadlock, serialisation)."""
    text = str(error).lower()
    return any(word in text for word in ("locked", "deadlock", "could not serialize"))


def patiently(call: Callable[[], T], *, seconds: float = 30.0) -> T:
    """Call until the database is not busy. Inside a transaction one try only: its beginning is not ours to repeat."""
    end = time.monotonic() + seconds
    while True:
        try:
            return call()
        except OperationalError as error:
            if connection.in_atomic_block or not is_busy(error) or time.monotonic() > end:
                raise
            time.sleep(random.uniform(0.002, 0.02))  # noqa: S311


@contextmanager
def briefly_waiting(milliseconds: int = 15) -> Iterator[None]:
    """Within, SQLite gives up on a lock after a short while, for callers that try again by themselves.

    SQLite sleeps ever longer between its own tries, up to 100 ms; many short waits see the free lock sooner.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {int(milliseconds)}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
