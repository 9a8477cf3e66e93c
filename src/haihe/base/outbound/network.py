"""The wire: connections only to pinned addresses, every read under the one deadline of its fetch."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import certifi
import httpcore
import httpx
from httpcore import NetworkBackend, NetworkStream, SyncBackend

from haihe.base.outbound.guard import Destination


@dataclass
class Journey:
    """What the wire must know of the fetch that uses it; `reached` is written back."""

    destination: Destination
    deadline: float  # time.monotonic()
    reached: str = ""

    def left(self, wanted: float | None) -> float:
        """Seconds until the deadline or `wanted`, whichever is sooner. Raises httpcore.ReadTimeout past it."""
        rest = self.deadline - time.monotonic()
        if rest <= 0:
            raise httpcore.ReadTimeout("total time is over")
        return rest if wanted is None else min(rest, wanted)


_journey: ContextVar[Journey] = ContextVar("haihe_outbound_journey")


@contextmanager
def travelling(journey: Journey) -> Iterator[Journey]:
    token = _journey.set(journey)
    try:
        yield journey
    finally:
        _journey.reset(token)


def current_journey() -> Journey:
    """Of the fetch that this thread is making."""
    return _journey.get()


class _Stream(NetworkStream):
    """A stream whose every wait ends at the deadline of the fetch now using it."""

    def __init__(self, inner: NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _journey.get().left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _journey.get().left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _journey.get().left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _PinnedBackend(NetworkBackend):
    """Connects to the addresses the guard allowed, whatever the name says meanwhile."""

    def __init__(self) -> None:
        self._inner = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        journey = _journey.get()
        failure: Exception | None = None
        for address in journey.destination.addresses:
            try:
                stream = self._inner.connect_tcp(address, port, journey.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream)
        raise failure or httpcore.ConnectError(f"{host} has no permitted address")

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> NetworkStream:
        raise httpcore.ConnectError("unix sockets are not outside")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def trust_of_machine() -> ssl.SSLContext:
    context = ssl.create_default_context()  # the machine's own store, an authority's root included
    context.load_verify_locations(cafile=certifi.where())
    return context


class GuardedTransport(httpx.BaseTransport):
    """httpx over one pool of pinned connections; no proxy of the environment is used."""

    def __init__(self, *, max_connections: int = 100, trust: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust or trust_of_machine(),
            max_connections=max_connections,
            max_keepalive_connections=20,
            keepalive_expiry=15.0,
            network_backend=_PinnedBackend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        connection = answer.extensions.get("network_stream")
        peer = connection.get_extra_info("server_addr") if connection is not None else None
        if peer:
            _journey.get().reached = str(peer[0])
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()
