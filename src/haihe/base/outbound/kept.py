"""The wire for many small requests to few hosts: HTTP/1.1 by Python's own client, over connections that are kept.

httpx's pool looks at every connection it holds for each request, and its parser is Python: most of the processor's time
of a delivery was spent there. Guard, pinned addresses and the one deadline are those of `network`.
"""

from __future__ import annotations

import http.client
import io
import select
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from haihe.base.outbound.network import Journey, current_journey, trust_of_machine

IDLE = 15.0  # seconds for which a connection is kept
KEPT = 64  # of them for one host
PIECE = 64 * 1024
HEAD = 64 * 1024  # bytes before the body; `http.client` has one limit for the process, which ClickHouse's driver lifts

Place = tuple[str, str, int]  # scheme, host, port


class KeptTransport(httpx.BaseTransport):
    """Connections only to addresses that the guard allowed; no proxy of the environment is used."""

    def __init__(self, *, trust: ssl.SSLContext | None = None) -> None:
        self._trust = trust
        self._idle: defaultdict[Place, list[_Connection]] = defaultdict(list)
        self._swept = time.monotonic()
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        journey, patience = current_journey(), request.extensions["timeout"]
        place = (request.url.scheme, journey.destination.host, journey.destination.port)
        head = _head(request)
        with _errors_of_httpx():
            connection = self._take(place, journey) or self._connect(place, journey, patience["connect"])
            try:
                connection.begin(journey, patience["read"])
                connection.sendall(head + request.read())
                answer = _Answer(connection, method=request.method)  # type: ignore[arg-type]  # what it asks of a socket
                answer.begin()
                connection.head_is_read()
            except BaseException:
                connection.close()
                raise
        journey.reached = connection.address
        return httpx.Response(
            status_code=answer.status,
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()],
            stream=_Body(self, place, connection, answer),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": answer.reason.encode("latin-1")},
        )

    def close(self) -> None:
        with self._lock:
            every = [connection for line in self._idle.values() for connection in line]
            self._idle.clear()
        for connection in every:
            connection.close()

    def keep(self, place: Place, connection: _Connection) -> None:
        """Have it used again."""
        now = connection.idle_since = time.monotonic()
        with self._lock:
            line = self._idle[place]
            line.append(connection)
            old = [line.pop(0)] if len(line) > KEPT else []
            if now - self._swept > IDLE:
                self._swept = now
                old += self._forgotten(now - IDLE)
        for one in old:
            one.close()

    def _forgotten(self, before: float) -> list[_Connection]:
        """Connections that nobody has used since; they leave their lines."""
        old = [one for line in self._idle.values() for one in line if one.idle_since < before]
        kept = {place: [one for one in line if one.idle_since >= before] for place, line in self._idle.items()}
        self._idle = defaultdict(list, {place: line for place, line in kept.items() if line})
        return old

    def _take(self, place: Place, journey: Journey) -> _Connection | None:
        """The connection used last, unless its host hung up or lies elsewhere now."""
        while True:
            with self._lock:
                line = self._idle.get(place)
                found = line.pop() if line else None
            if found is None or found.is_good(journey):
                return found
            found.close()

    def _connect(self, place: Place, journey: Journey, patience: float | None) -> _Connection:
        destination = journey.destination
        failure = OSError(f"{destination.host} has no permitted address")
        for address in destination.addresses:
            try:
                plain = socket.create_connection((address, destination.port), journey.left(patience))
            except OSError as error:
                failure = error
            else:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return _Connection(self._secured(plain, destination.host) if place[0] == "https" else plain, address)
        raise failure

    def _secured(self, plain: socket.socket, host: str) -> ssl.SSLSocket:
        try:
            with self._lock:
                self._trust = self._trust or trust_of_machine()
            return self._trust.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


class _Connection:
    """A socket whose every wait ends at the deadline of the fetch now using it; `http.client` reads from it."""

    def __init__(self, plain: socket.socket, address: str) -> None:
        self._socket, self.address = plain, address
        self._journey: Journey | None = None
        self._patience: float | None = None
        self._head_left: int | None = None  # bytes; None in the body
        self.idle_since = 0.0

    def begin(self, journey: Journey, patience: float | None) -> None:
        self._journey, self._patience, self._head_left = journey, patience, HEAD

    def head_is_read(self) -> None:
        self._head_left = None

    def is_good(self, journey: Journey) -> bool:
        """Whether it may be used again: in time, to an allowed address, with nothing there that waits to be read."""
        if time.monotonic() - self.idle_since > IDLE or self.address not in journey.destination.addresses:
            return False
        look = select.poll()
        look.register(self._socket, select.POLLIN)
        return not look.poll(0)

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(self._left())
        self._socket.sendall(data)

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self))

    def receive(self, buffer: Any) -> int:
        self._socket.settimeout(self._left())
        count = self._socket.recv_into(buffer)
        if self._head_left is not None:
            self._head_left -= count
            if self._head_left < 0:
                raise http.client.HTTPException(f"its headers are larger than {HEAD} bytes")
        return count

    def close(self) -> None:
        with suppress(OSError):
            self._socket.close()

    def _left(self) -> float:
        assert self._journey is not None
        return self._journey.left(self._patience)


class _Reading(io.RawIOBase):
    """What is read of a connection for one answer; closing it leaves the connection open."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._connection.receive(buffer)


class _Answer(http.client.HTTPResponse):
    """An answer behind whatever the host says while it is at work (1xx)."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 < status < 200 or status == http.client.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)


class _Body(httpx.SyncByteStream):
    def __init__(self, wire: KeptTransport, place: Place, connection: _Connection, answer: _Answer) -> None:
        self._wire, self._place, self._connection, self._answer = wire, place, connection, answer
        self._broken = False  # http.client ends an answer as well where it can make nothing of it

    def __iter__(self) -> Iterator[bytes]:
        while True:
            try:
                with _errors_of_httpx():
                    piece = self._answer.read(PIECE)
            except BaseException:
                self._broken = True
                raise
            if not piece:
                break
            yield piece
        if self._answer.length:
            raise httpx.RemoteProtocolError("the body breaks off")

    def close(self) -> None:
        """Keep the connection where the answer was read to its end, and its host lets us."""
        whole = self._answer.isclosed() and not self._answer.length and not self._broken
        if whole and not self._answer.will_close:
            self._wire.keep(self._place, self._connection)
        else:
            self._answer.close()
            self._connection.close()


def _head(request: httpx.Request) -> bytes:
    """Request line and headers. Raises httpx.LocalProtocolError for a header that would be more than one."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%s: %s" % header for header in request.headers.raw]
    for line in lines:
        if b"\r" in line or b"\n" in line or b"\0" in line:
            raise httpx.LocalProtocolError("a header holds a line break")
    return b"\r\n".join([*lines, b"", b""])


@contextmanager
def _errors_of_httpx() -> Iterator[None]:
    """Errors of sockets and of `http.client` by the names that httpx gives them."""
    try:
        yield
    except TimeoutError as error:
        raise httpx.ReadTimeout(str(error)) from error
    except http.client.HTTPException as error:
        raise httpx.RemoteProtocolError(str(error) or type(error).__name__) from error
