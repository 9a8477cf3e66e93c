"""A line of writers: over processes and threads, made of two locked files; over threads, for a database in memory."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import defaultdict

_LOOK_AT_THE_LINE = 0.002  # seconds between looks of those who stand further back
_LOOK_AT_THE_WRITER = 0.0005  # and of the one who is next


class Line:
    """One place in the line of a database; for one connection, so for one thread at a time.

    A writer first takes the head of the line, then the pen, and leaves the head free. One who has just written must
    take the head again, behind whoever waits there with the pen as good as in hand: nobody writes twice before them.
    The system frees what a killed process held.
    """

    def __init__(self, database: str) -> None:
        self._paths = [f"{database}-{part}" for part in ("line", "pen")]
        self._files: list[int] = []
        self.writing = False

    def take(self, seconds: float) -> bool:
        """Wait for the turn, at most so long; True where it came. Taken twice, it stays one turn."""
        if self.writing:
            return True
        if not self._files:
            self._files = [os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self._paths]
        end = time.monotonic() + seconds
        head, pen = self._files
        if not _lock(head, end, _LOOK_AT_THE_LINE):
            return False
        try:
            self.writing = _lock(pen, end, _LOOK_AT_THE_WRITER)
        finally:
            fcntl.flock(head, fcntl.LOCK_UN)
        return self.writing

    def leave(self) -> None:
        """Let the next one write."""
        if self.writing:
            self.writing = False
            fcntl.flock(self._files[1], fcntl.LOCK_UN)

    def close(self) -> None:
        self.leave()
        while self._files:
            os.close(self._files.pop())


class LineInMemory:
    """The line of a database in memory, which one process has; SQLite itself refuses a second writer at once."""

    _pens: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def __init__(self, database: str) -> None:
        self._pen = self._pens[database]
        self.writing = False

    def take(self, seconds: float) -> bool:
        """Wait for the turn, at most so long; True where it came. Taken twice, it stays one turn."""
        self.writing = self.writing or self._pen.acquire(timeout=seconds)
        return self.writing

    def leave(self) -> None:
        """Let the next one write."""
        if self.writing:
            self.writing = False
            self._pen.release()

    close = leave


def _lock(file: int, end: float, pause: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(pause)
        else:
            return True
