"""What every process of the worker does with itself: signals, memory, its parent."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.db import connection, connections
from django.db.backends.signals import connection_created

logger = logging.getLogger("haihe.tasks")
_PR_SET_PDEATHSIG = 1


def fork(body: Callable[[], int], *, on_parent_death: signal.Signals, niceness: int = 0) -> int:
    """Run `body` in a child process that ends with its return value; returns the child's pid.

    The child is told when this process dies, also when that is by SIGKILL. No database connection crosses the fork.
    """
    connections.close_all()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        _follow_parent(parent, on_parent_death)
        if niceness:
            os.nice(niceness)
        code = body()
    except BaseException:
        logger.exception("process %s of the worker failed", os.getpid())
    finally:
        with suppress(Exception):
            connections.close_all()
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _follow_parent(parent: int, number: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def keep_connections_small() -> None:
    """Give each of the worker's many connections a small page cache: they share the system's."""
    connection_created.connect(_shrink, dispatch_uid="haihe.tasks.worker", weak=False)


def _shrink(sender: object, connection: object, **_: object) -> None:
    if getattr(connection, "vendor", "") == "sqlite":
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute("PRAGMA cache_size = -2000")


def drop_connection() -> None:
    """Close this thread's connection after an error; the next query opens a new one."""
    with suppress(Exception):
        connection.close()


def die_first() -> None:
    """When memory runs out, let the system choose this process, not the worker."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def how_it_ended(status: int) -> str:
    """A wait status in words, "" for a normal end."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        with suppress(ValueError):
            return f"signal {-code} ({signal.Signals(-code).name})"
        return f"signal {-code}"
    return f"exit code {code}" if code else ""
