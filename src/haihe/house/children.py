"""The processes under `haihe up`: programs of their own, and functions that run in a fork of this process.

A fork shares the memory of what was loaded before it: see `haihe.house.preload`. This process runs no second thread,
so that it may be forked at any time.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

PR_SET_PDEATHSIG = 1
OPEN_FILES = "/dev/fd"

Start = Sequence[str] | Callable[[], int]


class Process(Protocol):
    """What `Children` starts: a `subprocess.Popen`, or a `Fork`."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...


class Fork:
    """`function` in a fork of this process; its return value is the exit status. Its words go to `spoken`."""

    def __init__(self, function: Callable[[], int], *, spoken: int, kept: frozenset[int]) -> None:
        from haihe.base.tasks.worker.process import fork

        self.returncode: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = fork(lambda: _begin(function, spoken, kept), on_parent_death=signal.SIGTERM)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode


class Children:
    """Starts processes and tells when they end. To be made inside the running loop, in the main thread.

    kept  open files of this process that a fork of it may use too; it closes all others
    """

    def __init__(self, kept: frozenset[int] = frozenset()) -> None:
        self._kept = kept
        self._running: dict[Process, asyncio.Future[int]] = {}
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._reap)

    def start(self, what: Start, spoken: int) -> Process:
        """Run a command, or a function in a fork; output and errors go to `spoken`, in a session of its own."""
        process: Process
        if callable(what):
            process = Fork(what, spoken=spoken, kept=self._kept)
        else:
            process = subprocess.Popen(
                what,
                stdin=subprocess.DEVNULL,
                stdout=spoken,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a terminal's Ctrl-C reaches us alone, and we end them in order
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self._running[process] = asyncio.get_running_loop().create_future()
        self._reap()  # it may have ended before it stood among those that are asked
        return process

    async def ended(self, process: Process) -> int:
        """Wait for the end of a process; returns its status, negative for a signal."""
        if process in self._running:
            await asyncio.shield(self._running[process])
        assert process.returncode is not None
        return process.returncode

    def _reap(self) -> None:
        for process, end in list(self._running.items()):
            if process.poll() is not None:
                del self._running[process]
                end.set_result(0)


def open_files() -> frozenset[int]:
    """The open files of this process, by number."""
    return frozenset(int(name) for name in os.listdir(OPEN_FILES))


def _begin(function: Callable[[], int], spoken: int, kept: frozenset[int]) -> int:
    gc.freeze()  # what stays from the parent is not to be collected: it would close files that are no longer its own
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, copy in ((nothing, 0), (spoken, 1), (spoken, 2)):
        os.dup2(number, copy)
    for number in open_files() - kept - {0, 1, 2}:
        with suppress(OSError):
            os.close(number)
    for words in (sys.stdout, sys.stderr):
        words.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are text files
    return function()


def _die_with_parent() -> None:
    """Linux: a part is asked to end when the supervisor itself is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
