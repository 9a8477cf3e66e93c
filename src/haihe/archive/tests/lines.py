"""A line between a client and a server that breaks every so often, and a running edge to stop and start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from haihe.base.tests.ports import free_port


class Edge:
    """A real edge process of a home, in front of a Django that listens on `upstream`."""

    def __init__(self, home: Path, upstream: str, *more: str) -> None:
        self.home, self.upstream, self.port, self.more = home, upstream, free_port(), more
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "haihe.base.edge", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--django", self.upstream, "--route", "haihe.archive.edge", *self.more]
        environ = {**os.environ, "HAIHE_HOME": str(self.home)}
        self.process = subprocess.Popen(command, env=environ)
        for _try in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise AssertionError("the edge did not start")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Line:
    """Passes bytes on to `port`, and counts those that go there; at most `rate` of them a second, where it is given."""

    def __init__(self, port: int, *, rate: float = 0) -> None:
        self.target, self.sent, self.cuts, self.rate = port, 0, 0, rate
        self._open: set[socket.socket] = set()
        self._ended = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def break_every(self, seconds: float) -> None:
        """From now on no connection lasts longer."""
        threading.Thread(target=self._break, args=(seconds,), daemon=True).start()

    def close(self) -> None:
        self._ended.set()
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Break every connection that stands."""
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.cuts += 1

    def _break(self, seconds: float) -> None:
        while not self._ended.wait(seconds):
            self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._server.accept()
                server = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                if self._ended.is_set():
                    return
                client.close()
                continue
            self._open |= {client, server}
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, count: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
                if count:
                    self.sent += len(data)
                    if self.rate:
                        time.sleep(len(data) / self.rate)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            self._open.discard(one)
            one.close()
