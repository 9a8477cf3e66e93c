"""The processes of Django behind the edge: each has a socket of its own, and a request goes to whoever has least to do.

On one socket for all, the kernel hands a connection to whichever process wakes first, which is mostly the same one; the
connection is kept, and one process works three times as much as the other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import httpcore

AWAY = 0.5  # seconds for which a process that took no connection is asked last


class Process:
    """One Django: "unix:/path/of.sock", "/path/of.sock" or "127.0.0.1:9000".

    busy    requests that it has now
    """

    def __init__(self, upstream: str) -> None:
        upstream = upstream.removeprefix("unix:").removeprefix("http://")
        self.socket_path = upstream if "/" in upstream else None
        host, _, port = upstream.rpartition(":")
        self.address = (host.strip("[]"), int(port)) if self.socket_path is None else None
        self.pool = httpcore.AsyncConnectionPool(
            max_connections=128, max_keepalive_connections=32, keepalive_expiry=4.0, uds=self.socket_path
        )
        self.busy = 0
        self.away_until = 0.0

    @property
    def is_away(self) -> bool:
        return self.away_until > time.monotonic()

    def took_no_connection(self) -> None:
        self.away_until = time.monotonic() + AWAY

    def url(self, target: str) -> httpcore.URL:
        """Where `target`, a path with its query, is asked for."""
        host, port = self.address or ("django", None)
        return httpcore.URL(scheme=b"http", host=host.encode(), port=port, target=target.encode("ascii", "ignore"))

    async def accepts(self) -> bool:
        """Whether something accepts connections there."""
        try:
            if self.socket_path is not None:
                _, writer = await asyncio.open_unix_connection(self.socket_path)
            else:
                assert self.address
                _, writer = await asyncio.open_connection(*self.address)
        except OSError:
            return False
        writer.close()
        return True


def least_busy(processes: Sequence[Process]) -> Process:
    """Whom to ask next; one that took no connection just now only where all did so."""
    return min(processes, key=lambda process: (process.is_away, process.busy))
