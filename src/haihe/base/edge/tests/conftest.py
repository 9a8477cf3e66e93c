"""A real edge process on loopback, a baked tree of its own, and a real upstream that answers in every way."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest

from haihe.base.edge import tree
from haihe.base.tests.ports import free_port

HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-cache"),
    ("content-security-policy", "default-src 'self'"),
)


def bake(root: Path, path: str, body: bytes, **fields: Any) -> tree.Stored:
    """Put a page into the tree as baking does."""
    forms = {"identity": body, "gzip": gzip.compress(body, 9), "br": brotli.compress(body, quality=4)}
    about: dict[str, Any] = {"status": 200, "headers": HEADERS, "modified": 1_700_000_000, "any_query": True, **fields}
    page = tree.Stored(
        path=path,
        etag=hashlib.sha256(body).hexdigest(),
        forms={coding: hashlib.sha256(data).hexdigest() for coding, data in forms.items()},
        **about,
    )
    tree.Draft(root, page, forms).commit()
    generation = tree.Generation(root)
    generation.advance()
    generation.close()
    return page


@dataclass
class RunningEdge:
    home: Path
    upstream: str
    port: int
    extra: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.home / "baked"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "haihe.base.edge", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--django", self.upstream, "--patience", "0.5", *self.extra]
        environ = {**os.environ, "HAIHE_HOME": str(self.home)}
        self.process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                if httpx.get(self.url + "/-/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise TimeoutError("the edge did not start")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def get(self, path: str, **headers: str) -> httpx.Response:
        """One GET; header names with underscores for hyphens."""
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        """The body as sent (`body_of`): a stored form is not unpacked."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            raw = answer.read()
            return httpx.Response(answer.status, headers=answer.getheaders(), extensions={"raw": raw})
        finally:
            connection.close()

    def raw(self, request: bytes, *, seconds: float = 5.0) -> bytes:
        """What a raw request gets, until the edge closes or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(request)
            got = b""
            try:
                while part := connection.recv(65536):
                    got += part
            except (TimeoutError, ConnectionResetError):
                pass
            return got


def body_of(response: httpx.Response) -> bytes:
    return bytes(response.extensions["raw"])


class Upstream(BaseHTTPRequestHandler):
    """Answers by path; stands for Django where a test needs an upstream that misbehaves."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str, dict[str, list[str]], bytes]] = []
    released = threading.Event()

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        told: dict[str, list[str]] = {}
        for name, value in self.headers.items():
            told.setdefault(name.lower(), []).append(value)
        self.seen.append((self.command, self.path, told, body))
        kind = self.path.split("?")[0].strip("/").partition("/")[0]
        getattr(self, f"on_{kind}", self.on_default)(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _answer

    def send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def on_default(self, body: bytes) -> None:
        self.send(200, b"dynamic " + self.path.encode() + b" " + body, ("Content-Type", "text/plain"))

    def on_cookies(self, body: bytes) -> None:
        self.send(
            302,
            b"",
            *[("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("Location", "/elsewhere/")],
            *[("Connection", "X-Private"), ("X-Private", "hop"), ("X-Public", "end")],
        )

    def on_big(self, body: bytes) -> None:
        self.send(200, bytes(range(256)) * 40_000, ("Content-Type", "application/octet-stream"))

    def on_hash(self, body: bytes) -> None:
        self.send(200, hashlib.sha256(body).hexdigest().encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _begin_chunks(self, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def on_events(self, body: bytes) -> None:
        self._begin_chunks("text/event-stream")
        self._chunk(b"data: one\n\n")
        self.released.wait(10)
        self._chunk(b"data: two\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def on_trickle(self, body: bytes) -> None:
        self._begin_chunks("text/plain")
        for number in range(4):
            self._chunk(b"line %d\n" % number)
            time.sleep(0.2)
        self.wfile.write(b"0\r\n\r\n")

    def on_broken(self, body: bytes) -> None:
        """Breaks off in the middle of a live stream."""
        self._begin_chunks("text/event-stream")
        self._chunk(b"data: one\n\n")
        self.released.wait(10)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def on_short(self, body: bytes) -> None:
        """Promises more than it sends."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"x" * 10)
        self.close_connection = True

    def on_nothing(self, body: bytes) -> None:
        self.close_connection = True


@pytest.fixture(scope="module")
def running_upstream() -> Iterator[type[Upstream]]:
    class Fresh(Upstream):
        seen: list[Any] = []
        released = threading.Event()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Fresh)
    server.daemon_threads = True
    Fresh.address = f"127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield Fresh
    Fresh.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def upstream(running_upstream: type[Upstream]) -> type[Upstream]:
    """The upstream of this module's edge; `seen` holds what it was asked in this test."""
    running_upstream.seen.clear()
    running_upstream.released.clear()
    return running_upstream


@pytest.fixture(scope="module")
def running_edge(tmp_path_factory: pytest.TempPathFactory, running_upstream: Any) -> Iterator[RunningEdge]:
    running = RunningEdge(tmp_path_factory.mktemp("edge"), running_upstream.address, free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def edge(running_edge: RunningEdge, upstream: Any) -> RunningEdge:
    """The module's edge in front of `upstream`, its tree and folders empty."""
    for address in list(tree.addresses(running_edge.root)):
        tree.remove(running_edge.root, address)
    for folder in ("static", "media"):
        shutil.rmtree(running_edge.home / folder, ignore_errors=True)
    generation = tree.Generation(running_edge.root)
    generation.advance()
    generation.close()
    return running_edge


@pytest.fixture
def own_edge(tmp_path: Path, upstream: Any) -> Iterator[RunningEdge]:
    """An edge of this test's own, to be stopped and started."""
    running = RunningEdge(tmp_path, upstream.address, free_port())
    running.start()
    yield running
    running.stop()
