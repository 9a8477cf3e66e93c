"""Fetch one address: guarded, limited, polite, conditional."""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlencode

import httpcore
import httpx

from haihe.base.config import load
from haihe.base.outbound.errors import (
    AddressUnreadable,
    BadResponse,
    HostUnreachable,
    OutboundError,
    TlsFailed,
    TooLarge,
    TooManyRedirects,
    TooSlow,
)
from haihe.base.outbound.guard import AddressGuard, Resolver, public_url, system_resolver
from haihe.base.outbound.network import GuardedTransport, Journey, travelling
from haihe.base.outbound.politeness import Manners
from haihe.base.outbound.shapes import MEGABYTE, Fetched, Hop, Limits, Sent, Validators

NO_VALIDATORS = Validators()
USUAL_LIMITS = Limits()
_SAME_REQUEST = (307, 308)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TIMEOUTS = (httpx.TimeoutException, httpcore.TimeoutException)
_PROTOCOL = (httpx.ProtocolError, httpcore.ProtocolError, httpx.DecodingError)
_NETWORK = (httpx.NetworkError, httpcore.NetworkError, OSError)


@dataclass
class _Trip:
    """What one fetch has seen so far, over all its hops."""

    first: httpx.URL
    deadline: float
    limits: Limits
    hops: list[Hop] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


class Client:
    """A pool of connections with its guard and manners; safe to share between threads.

    allow      networks (CIDR) opened by the operator
    agent      User-Agent sent
    resolver   name look-up
    wire       connections of another kind than httpx's pool; `trust` is then its own affair
    """

    def __init__(
        self,
        *,
        allow: Iterable[str] = (),
        agent: str = "Haihe",
        resolver: Resolver = system_resolver,
        manners: Manners | None = None,
        trust: ssl.SSLContext | None = None,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        self.guard = AddressGuard(allow, resolver)
        self.manners = manners or Manners()
        self.agent = agent
        self._transport = wire or GuardedTransport(trust=trust)

    def fetch(
        self,
        url: str,
        *,
        validators: Validators = NO_VALIDATORS,
        limits: Limits = USUAL_LIMITS,
        accept: str = "",
        sent: Sent | None = None,
    ) -> Fetched:
        """GET one address, or send it something; see the module functions `fetch` and `send_form`."""
        started_at, clock = datetime.now(UTC), time.monotonic()
        current = _parsed(url)
        trip = _Trip(first=current, deadline=clock + limits.total + limits.wait, limits=limits)
        headers = self._headers(validators, accept)
        while True:
            trip.seen.add(str(current))
            request = _request(current, _with_login(headers, current), sent)
            with self._answering(request, trip) as (response, journey):
                # What is sent goes on only where the host asks for the same request again; else that was the answer.
                again = sent is None or response.status_code in _SAME_REQUEST
                target = _target(response, current) if again else None
                body, count = (b"", 0) if target else _read(response, limits, current)
            if not target:
                return Fetched(
                    url=public_url(trip.first),
                    final_url=public_url(current),
                    status=response.status_code,
                    headers=[(k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers.raw],
                    body=body,
                    hops=trip.hops,
                    request_headers=[(k, v) for k, v in request.headers.items() if k != "authorization"],
                    started_at=started_at,
                    elapsed=time.monotonic() - clock,
                    reason=response.reason_phrase,
                    http_version=response.http_version,
                    address=journey.reached,
                    downgraded=trip.first.scheme == "https" and current.scheme == "http",
                    sent_bytes=count,
                )
            current = _follow(trip, current, response.status_code, target)

    def close(self) -> None:
        self._transport.close()

    def _headers(self, validators: Validators, accept: str) -> dict[str, str]:
        # Only codings whose expansion can be cut off piece by piece.
        headers = {"User-Agent": self.agent, "Accept": accept or "*/*", "Accept-Encoding": "gzip, deflate"}
        if _sendable(validators.etag):
            headers["If-None-Match"] = validators.etag
        if _sendable(validators.last_modified):
            headers["If-Modified-Since"] = validators.last_modified
        return headers

    def _answering(self, request: httpx.Request, trip: _Trip) -> _Answering:
        return _Answering(self, request, trip)


class _Answering:
    """One request under way: guard, place in the host's line, answer; errors become ours, everything is closed."""

    def __init__(self, client: Client, request: httpx.Request, trip: _Trip) -> None:
        self._client, self._request, self._trip = client, request, trip
        self._shown = public_url(request.url)

    def __enter__(self) -> tuple[httpx.Response, Journey]:
        limits = self._trip.limits
        destination = self._client.guard.destination(self._request.url, timeout=limits.connect)
        self._place = self._client.manners.visiting(destination.host, wait=limits.wait, spaced=not destination.own)
        self._place.__enter__()
        if not self._trip.hops:
            self._trip.deadline = time.monotonic() + limits.total
        journey = Journey(destination, self._trip.deadline)
        self._travel = travelling(journey)
        self._travel.__enter__()
        self._request.extensions["timeout"] = {
            "connect": limits.connect, "read": limits.read, "write": limits.read, "pool": limits.connect,
        }  # fmt: skip
        try:
            self._response = self._client._transport.handle_request(self._request)
        except BaseException as error:
            self._leave()
            raise self._ours(error) from error
        if self._response.status_code in (429, 503):
            self._client.manners.told_to_wait(destination.host, self._response.headers.get("Retry-After", ""))
        return self._response, journey

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self._response.close()
        except Exception:  # noqa: S110 - a connection that breaks while it is thrown away says nothing new
            pass
        finally:
            self._leave()
        if error is not None:
            ours = self._ours(error)
            if ours is not error:
                raise ours from error

    def _leave(self) -> None:
        self._travel.__exit__(None, None, None)
        self._place.__exit__(None, None, None)

    def _ours(self, error: BaseException) -> BaseException:
        if isinstance(error, OutboundError) or not isinstance(error, Exception):
            return error
        limits = self._trip.limits
        if isinstance(error, _TIMEOUTS):
            over = time.monotonic() >= self._trip.deadline - 0.05
            said = f"It was not finished after {limits.total:g} s." if over else "It stopped answering."
            return TooSlow(said, thing=self._shown)
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLError):
                reason = getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or str(cause)
                return TlsFailed(f"TLS with {self._request.url.host} failed: {reason}.", thing=self._shown)
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, _NETWORK):
            return HostUnreachable(f"{self._request.url.host} does not answer.", thing=self._shown)
        if isinstance(error, _PROTOCOL):
            return BadResponse(f"The answer is no sound HTTP: {error}.", thing=self._shown)
        return error


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise AddressUnreadable(f"This is no address: {error}.", thing=public_url(str(url))[:200]) from error


def _request(url: httpx.URL, headers: dict[str, str], sent: Sent | None) -> httpx.Request:
    bare = url.copy_with(fragment=None)
    if sent is None:
        return httpx.Request("GET", bare, headers=headers)
    return httpx.Request(sent.method, bare, headers=headers | dict(sent.headers), content=sent.body)


def _with_login(headers: dict[str, str], url: httpx.URL) -> dict[str, str]:
    if not url.userinfo:
        return headers
    auth = httpx.BasicAuth(url.username, url.password)
    signed = next(auth.auth_flow(httpx.Request("GET", url)))
    return headers | {"Authorization": signed.headers["Authorization"]}


def _sendable(value: str) -> bool:
    return bool(value) and len(value) < 1_000 and value.isascii() and value.isprintable()


def _target(response: httpx.Response, current: httpx.URL) -> httpx.URL | None:
    raw = next((value for key, value in response.headers.raw if key.lower() == b"location"), b"")
    if response.status_code not in _REDIRECTS or not raw:
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    try:
        return current.join(text.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise BadResponse("It sends on to something that is no address.", thing=public_url(current)) from error


def _follow(trip: _Trip, current: httpx.URL, status: int, target: httpx.URL) -> httpx.URL:
    trip.hops.append(Hop(public_url(current), status, public_url(target)))
    if str(target) in trip.seen:
        raise TooManyRedirects("The address sends on in a circle.", thing=public_url(trip.first))
    if len(trip.hops) > trip.limits.redirects:
        raise TooManyRedirects(
            f"The address sends on more than {trip.limits.redirects} times.", thing=public_url(trip.first)
        )
    return target


def _read(response: httpx.Response, limits: Limits, url: httpx.URL) -> tuple[bytes, int]:
    """The decompressed body and the number of bytes sent. Raises TooLarge before it grows beyond its limit."""
    declared = response.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > limits.body:
        raise _too_large(limits, url)
    pieces: list[bytes] = []
    size = sent = 0

    def counted() -> Iterator[bytes]:
        nonlocal sent
        for piece in response.stream:  # type: ignore[union-attr]  # the transport's own sync stream
            sent += len(piece)
            yield piece

    for piece in _unpacked(counted(), response.headers.get("Content-Encoding", ""), url):
        size += len(piece)
        if size > limits.body:
            raise _too_large(limits, url)
        if size > MEGABYTE and size > limits.ratio * max(sent, 1):
            raise TooLarge("The body unpacks to far more than was sent: a compression bomb.", thing=public_url(url))
        pieces.append(piece)
    return b"".join(pieces), sent


def _unpacked(pieces: Iterable[bytes], coding: str, url: httpx.URL) -> Iterator[bytes]:
    coding = coding.strip().lower()
    if coding in ("", "identity", "none"):
        yield from pieces
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise BadResponse(f"The body is packed as {coding[:40]!r}, which was not asked for.", thing=public_url(url))
    unpacker = zlib.decompressobj(47)  # gzip or zlib, by its header
    fresh = True
    try:
        for piece in pieces:
            while piece:
                try:
                    out = unpacker.decompress(piece, MEGABYTE)
                except zlib.error:
                    if not fresh or coding != "deflate":
                        raise
                    unpacker = zlib.decompressobj(-15)  # servers that send raw deflate
                    out = unpacker.decompress(piece, MEGABYTE)
                fresh = False
                if out:
                    yield out
                if unpacker.eof:
                    piece = unpacker.unused_data
                    if not piece.startswith(b"\x1f\x8b"):
                        piece = b""  # padding after the last member
                        continue
                    unpacker = zlib.decompressobj(47)
                else:
                    piece = unpacker.unconsumed_tail
    except zlib.error as error:
        raise BadResponse("The packed body is damaged.", thing=public_url(url)) from error
    if not unpacker.eof and not fresh:
        raise BadResponse("The packed body breaks off.", thing=public_url(url))


def _too_large(limits: Limits, url: httpx.URL) -> TooLarge:
    return TooLarge(f"The body is larger than {limits.body // MEGABYTE or 1} MB.", thing=public_url(url))


_lock = threading.Lock()
_shared: Client | None = None


def shared_client() -> Client:
    """The process's client, made from the operator's settings on first use."""
    global _shared
    with _lock:
        if _shared is None:
            config = load()
            _shared = Client(
                allow=config.allow_addresses, agent=agent_name(config.crawler_name, config.crawler_contact)
            )
        return _shared


def forget_shared_client() -> None:
    """Close the process's client; the next fetch reads the settings again (after a fork, or changed settings)."""
    global _shared
    with _lock:
        if _shared is not None:
            _shared.close()
        _shared = None


def agent_name(name: str, contact: str) -> str:
    """User-Agent: who asks, in which version, and where its operator is reached."""
    try:
        release = version("haihe")
    except PackageNotFoundError:
        release = "0"
    plain = "".join(c for c in name if c.isascii() and c.isalnum()) or "Haihe"
    reach = f" (+{contact})" if contact and contact.isascii() and contact.isprintable() else ""
    return f"{plain}/{release}{reach}"


def fetch(
    url: str, *, validators: Validators = NO_VALIDATORS, limits: Limits = USUAL_LIMITS, accept: str = ""
) -> Fetched:
    """GET one address outside, through the guard and within its limits.

    validators   of the last answer; the host may then answer 304 (`Fetched.not_modified`)
    returns      the answer, whatever its status (`Fetched.raise_for_status`)

    Raises AddressUnreadable, AddressRefused, HostUnreachable, HostBusy, TlsFailed, TooLarge, TooSlow,
    TooManyRedirects, BadResponse: all OutboundError.
    """
    return shared_client().fetch(url, validators=validators, limits=limits, accept=accept)


def form_of(form: Mapping[str, str]) -> Sent:
    """A form as it is sent."""
    return Sent(urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"})


def send_form(url: str, form: Mapping[str, str], *, limits: Limits = USUAL_LIMITS) -> Fetched:
    """POST a form to one address outside, by the same guard, limits and manners as `fetch`, with the same errors.

    Only 307 and 308 are followed; every other redirect is the answer.
    """
    return shared_client().fetch(url, limits=limits, sent=form_of(form))
