"""A real HTTP server on loopback for tests: answers by path, well or badly. Imported by tests only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = "127.0.0.0/8"


@dataclass
class Site:
    """Answers of one test server: path → function that writes the whole answer; `asked` are the requests seen."""

    port: int
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def put(self, path: str, body: bytes | str, *, status: int = 200, **headers: str) -> None:
        """Serve a body; header names with _ for -."""
        data = body.encode() if isinstance(body, str) else body

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                # As careless hosts do: UTF-8 bytes in a header.
                handler.send_header(name.replace("_", "-"), value.encode().decode("latin-1"))
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)

        self.answers[path] = answer

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        self.put(path, b"", status=status, Location=to)

    def stream(self, path: str, pieces: Callable[[], Iterator[bytes]], **headers: str) -> None:
        """Send pieces one by one until the other side hangs up."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            for piece in pieces():
                handler.wfile.write(piece)
                handler.wfile.flush()

        self.answers[path] = answer

    def drip(self, path: str, *, every: float = 0.05) -> None:
        """A body that comes a byte at a time and never ends."""

        def pieces() -> Iterator[bytes]:
            while True:
                yield b"x"
                time.sleep(every)

        self.stream(path, pieces)


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[Site]:
    """A server on a free port for the length of a test; with host 0.0.0.0 every 127.x.y.z is a host of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers.items())))
            answer = site.answers.get(self.path)
            if answer is None:
                self.send_error(404)
                return
            try:
                answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            else:
                self.close_connection = not any(b"Content-Length" in line for line in [self._said()])

        def _said(self) -> bytes:
            return b"".join(getattr(self, "_sent_headers", []))

        def end_headers(self) -> None:
            self._sent_headers = list(getattr(self, "_headers_buffer", []))
            super().end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
