"""Django behind the edge: requests and responses passed on, bodies streamed.

Granian's response stream has no back-pressure (what is sent waits in memory until the client takes it), so a long
response is written to a temporary file first and sent from there; only live streams (event streams, and responses
that trickle) are passed on piece by piece.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote

import httpcore

from haihe.base.edge.notices import closing, notice
from haihe.base.edge.upstreams import Process, least_busy

log = logging.getLogger("haihe.edge")

HOP_BY_HOP = frozenset(
    (
        *("connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
    )
)
FORWARDED = frozenset(
    ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-real-ip")
)
IN_MEMORY = 256 * 1024  # bytes of a response held before it goes to a file
LIVE_AFTER = 0.3  # seconds after which an unfinished response without a length counts as live
LARGEST_UNMEASURED = 256 * 1024 * 1024  # bytes of a request body without Content-Length (spooled: WSGI needs a length)
BODY_PAUSE = 30.0  # seconds a client may pause within its body
ANSWER_WITHIN = 300.0  # seconds Django may take
SAFE = frozenset(["GET", "HEAD", "OPTIONS"])


class Refused(Exception):
    """The request cannot be passed on; `status` says why."""

    def __init__(self, status: int) -> None:
        self.status = status


class Django:
    """What is behind the edge, in one process or several (`upstreams.Process` says how each is named).

    patience   seconds a request waits for Django to come back while it starts or is restarted
    trusted    networks of proxies in front of us whose X-Forwarded-* is believed
    """

    def __init__(self, upstreams: Sequence[str], *, patience: float = 2.0, trusted: Sequence[str] = ()) -> None:
        self.patience = patience
        self.trusted = [ipaddress.ip_network(network) for network in trusted]
        self.processes = [Process(upstream) for upstream in upstreams]

    @property
    def free(self) -> Process:
        return least_busy(self.processes)

    async def reachable(self) -> bool:
        """Whether any of its processes accepts connections."""
        return any([await process.accepts() for process in self.processes])

    async def pass_on(self, scope: Any, proto: Any) -> None:
        """Answer one request with Django's answer, or with a page that says what to do."""
        try:
            headers, length = request_headers(scope, self.trusted)
            spooled = None
            if length is None:
                spooled = await _spool(proto)
                length = spooled.seek(0, os.SEEK_END)
                headers.append((b"content-length", str(length).encode()))
            response, process = await self._ask(scope, proto, headers, length, spooled)
        except Refused as refusal:
            send_notice(scope, proto, refusal.status)
            return
        try:
            await self._answer(scope, proto, response)
        finally:
            process.busy -= 1
            await response.aclose()

    async def _ask(
        self, scope: Any, proto: Any, headers: list[tuple[bytes, bytes]], length: int, spooled: Any
    ) -> tuple[httpcore.Response, Process]:
        """The answer's beginning, and who gives it; whoever takes it says when that process is free of it again."""
        target = quote(scope.path, safe="/:@!$&'()*+,;=~-._") + (f"?{scope.query_string}" if scope.query_string else "")
        give_up = time.monotonic() + self.patience
        again = scope.method in SAFE and not length  # a kept connection may just have been closed
        while True:
            body = _Body(proto, spooled) if length else None
            process, asked = self.free, False
            request = httpcore.Request(
                scope.method.encode(),
                process.url(target),
                headers=headers,
                content=body,
                extensions={"timeout": {"connect": 5.0, "read": ANSWER_WITHIN, "write": 60.0, "pool": 10.0}},
            )
            process.busy += 1
            try:
                response, asked = await process.pool.handle_async_request(request), True
                return response, process
            except httpcore.ConnectError:
                process.took_no_connection()
                if time.monotonic() >= give_up:
                    raise Refused(503) from None
                if self.free.is_away:
                    await asyncio.sleep(0.1)
            except (httpcore.ConnectTimeout, httpcore.PoolTimeout):
                raise Refused(503) from None
            except httpcore.ReadTimeout:
                raise Refused(504) from None
            except (httpcore.RemoteProtocolError, httpcore.NetworkError, httpcore.WriteTimeout) as error:
                if body is not None and body.failed:
                    raise Refused(408) from None
                if not again:
                    log.warning("Django broke off %s: %s", scope.path, error)
                    raise Refused(502) from None
                again = False
            except Refused:
                raise
            except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol):
                raise Refused(400) from None
            finally:
                process.busy -= not asked

    async def _answer(self, scope: Any, proto: Any, response: httpcore.Response) -> None:
        headers, length, live = response_headers(response)
        if scope.method == "HEAD" or response.status in (204, 304):
            proto.response_empty(response.status, headers if length is None else [*headers, _length(length)])
            return
        chunks = response.aiter_stream().__aiter__()
        held = bytearray()
        try:
            ended, pending = await _collect(chunks, held, live=live, measured=length is not None)
        except (httpcore.NetworkError, httpcore.RemoteProtocolError, httpcore.TimeoutException) as error:
            log.warning("Django broke off %s: %s", scope.path, error)
            send_notice(scope, proto, 502)
            return
        if ended:
            proto.response_bytes(response.status, headers, bytes(held))
        elif pending is None:
            await self._from_file(scope, proto, response.status, headers, chunks, held)
        else:
            await _live(scope, proto, response.status, headers, chunks, held, pending)

    async def _from_file(
        self, scope: Any, proto: Any, status: int, headers: Any, chunks: AsyncIterator[bytes], held: bytearray
    ) -> None:
        handle, name = tempfile.mkstemp(prefix="haihe-edge-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(held)
                async for chunk in chunks:
                    file.write(chunk)
                size = file.tell()
        except (httpcore.NetworkError, httpcore.RemoteProtocolError, httpcore.TimeoutException) as error:
            os.unlink(name)
            log.warning("Django broke off %s: %s", scope.path, error)
            send_notice(scope, proto, 502)
            return
        proto.response_file(status, [*headers, _length(size)], name)
        asyncio.get_running_loop().call_later(30, _forget, name)  # granian opens it after we return


class _Body:
    """The client's body as the upstream reads it; `failed` once the client stopped sending."""

    def __init__(self, proto: Any, spooled: Any) -> None:
        self.proto, self.spooled, self.failed = proto, spooled, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.spooled is not None:
            self.spooled.seek(0)
            while part := self.spooled.read(65536):
                yield part
            return
        try:
            async for chunk in patient(self.proto):
                yield chunk
        except Refused:
            self.failed = True
            raise


async def patient(proto: Any) -> AsyncIterator[bytes]:
    """The request body in pieces. Raises Refused(408) when the client pauses too long or goes away."""
    body = proto.__aiter__()
    while True:
        try:
            chunk = await asyncio.wait_for(_next(body), BODY_PAUSE)
        except StopAsyncIteration:
            return
        except (TimeoutError, RuntimeError):
            raise Refused(408) from None
        if chunk is None:
            return
        if chunk:
            yield bytes(chunk)


async def _next(body: Any) -> bytes | None:
    try:
        return await body.__anext__()
    except StopAsyncIteration:
        return None


async def _spool(proto: Any) -> Any:
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    async for chunk in patient(proto):
        file.write(chunk)
        if file.tell() > LARGEST_UNMEASURED:
            raise Refused(413)
    return file


async def _collect(
    chunks: AsyncIterator[bytes], held: bytearray, *, live: bool, measured: bool
) -> tuple[bool, asyncio.Task[bytes] | None]:
    """Read until the end, or until the response is long, or (unmeasured) slow enough to be live.

    Returns (ended, the read under way where it is live)."""
    started = time.monotonic()
    while True:
        reading: asyncio.Task[bytes] = asyncio.ensure_future(chunks.__anext__())  # type: ignore[arg-type]
        if live or not measured:
            rest = 0 if live else max(0.0, LIVE_AFTER - (time.monotonic() - started))
            done, _ = await asyncio.wait([reading], timeout=rest)
            if not done:
                return False, reading
        try:
            held += await reading
        except StopAsyncIteration:
            return True, None
        if len(held) > IN_MEMORY and not live:
            return False, None


async def _live(
    scope: Any,
    proto: Any,
    status: int,
    headers: Any,
    chunks: AsyncIterator[bytes],
    held: bytearray,
    reading: asyncio.Task[bytes],
) -> None:
    out = proto.response_stream(status, headers)
    gone = asyncio.ensure_future(_gone(proto))
    try:
        if held:
            await out.send_bytes(bytes(held))
        while True:
            await asyncio.wait([reading, gone], return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return
            await out.send_bytes(await reading)
            reading = asyncio.ensure_future(chunks.__anext__())  # type: ignore[arg-type]
    except StopAsyncIteration:
        return
    except Exception as error:
        log.warning("Django broke off %s: %s", scope.path, error)
        hang_up(scope.client)
    finally:
        out = None  # ends the response; an exception's traceback may keep this frame alive
        gone.cancel()  # granian's future ends only when the client leaves: not to be waited for
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _gone(proto: Any) -> None:
    await proto.client_disconnect()


def hang_up(client: str) -> None:
    """Shut the connection to a client, so that it sees a broken response and not a short one: RSGI can only end a
    stream well. Finds the socket by its peer among our own."""
    host, _, port = client.rpartition(":")
    try:
        names = os.listdir("/proc/self/fd")
    except OSError:
        return
    for name in names:
        try:
            connection = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        try:
            peer = connection.getpeername()
            if isinstance(peer, tuple) and peer[1] == int(port) and str(peer[0]) == host.strip("[]"):
                connection.shutdown(socket.SHUT_RDWR)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()


def request_headers(scope: Any, trusted: Sequence[Any]) -> tuple[list[tuple[bytes, bytes]], int | None]:
    """Headers for Django, and the body's length (0: none, None: unknown).

    Left out: hop-by-hop ones, those the Connection header names, and every name with an underscore, which WSGI would
    take for its twin with a hyphen. X-Forwarded-* is ours; a trusted proxy's is kept and continued.
    """
    items = scope.headers.items()
    named = {word.strip().lower() for name, value in items if name == "connection" for word in value.split(",")}
    peer = scope.client.rpartition(":")[0].strip("[]")
    believed = _believed(peer, trusted)
    told: dict[str, str] = {}
    out: list[tuple[bytes, bytes]] = []
    length, unmeasured, host = 0, False, ""
    for name, value in items:
        if name in FORWARDED:
            told[name] = f"{told[name]}, {value}" if name in told else value
        elif name == "transfer-encoding":
            unmeasured = True
        elif name == "host":
            host = host or value
        elif name in HOP_BY_HOP or name in named or "_" in name:
            continue
        else:
            if name == "content-length":
                if not value.isdigit():
                    raise Refused(400)
                length = int(value)
            out.append((name.encode(), value.encode()))
    host = scope.authority or host
    chain = told.get("x-forwarded-for") if believed else None
    scheme = told.get("x-forwarded-proto", scope.scheme).split(",")[0].strip() if believed else scope.scheme
    out.append((b"host", host.encode()))
    out.append((b"x-forwarded-for", (f"{chain}, {peer}" if chain else peer).encode()))
    out.append((b"x-forwarded-proto", b"https" if scheme == "https" else b"http"))
    out.append((b"x-forwarded-host", (told.get("x-forwarded-host", host) if believed else host).encode()))
    return out, None if unmeasured else length


def _believed(peer: str, trusted: Sequence[Any]) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in trusted)


def response_headers(response: httpcore.Response) -> tuple[list[tuple[str, str]], int | None, bool]:
    """Headers for the client (hop-by-hop ones and the length left out), the length, and whether it is an event
    stream."""
    named: set[str] = set()
    pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers]
    for name, value in pairs:
        if name == "connection":
            named |= {word.strip().lower() for word in value.split(",")}
    length, live = None, False
    kept: list[tuple[str, str]] = []
    for name, value in pairs:
        if name == "content-length":
            length = int(value)
        elif name not in HOP_BY_HOP and name not in named and name not in ("date", "server"):
            live = live or (name == "content-type" and value.startswith("text/event-stream"))
            kept.append((name, value))
    return kept, length, live


def send_notice(scope: Any, proto: Any, status: int) -> None:
    headers, body = notice(status)
    headers += closing(scope, status)
    if scope.method == "HEAD":
        proto.response_empty(status, [*headers, _length(len(body))])
    else:
        proto.response_bytes(status, headers, body)


def _length(size: int) -> tuple[str, str]:
    return "content-length", str(size)


def _forget(name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name)
