"""What is asked and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from functools import cached_property

from haihe.base.outbound.errors import RefusedByServer

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much patience one fetch has; times in seconds, sizes in bytes.

    connect    until the connection stands, name look-up and TLS each
    read       between two pieces of the answer
    total      from first connection to last byte, over all redirects; a slow drip ends here
    body       of the decompressed body
    ratio      decompressed to sent; more than this beyond the first megabyte is a bomb
    wait       how long to stand in line for a host that is asked by others too
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    body: int = 32 * MEGABYTE
    ratio: int = 200
    redirects: int = 6
    wait: float = 30.0


@dataclass(frozen=True)
class Validators:
    """What the last answer said about its version; sent back so that the host may answer 304."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Sent:
    """What a request carries outward, beside its address; headers whole, Content-Type among them."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


@dataclass(frozen=True)
class Hop:
    """One redirect: who sent on, with which status, to where."""

    url: str
    status: int
    location: str


@dataclass(frozen=True)
class Fetched:
    """One answer, whatever its status.

    url, final_url    asked, and answered after `hops`; without user name and password
    headers           as received, in order, Latin-1 decoded; they describe the bytes as sent
    body              decompressed; empty for 304
    started_at        aware UTC;  elapsed in seconds
    address           IP the last connection went to
    downgraded        a redirect led from https to http
    """

    url: str
    final_url: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    hops: list[Hop]
    request_headers: list[tuple[str, str]]
    started_at: datetime
    elapsed: float
    reason: str = ""
    http_version: str = "HTTP/1.1"
    address: str = ""
    downgraded: bool = False
    sent_bytes: int = field(default=0, compare=False)

    @property
    def not_modified(self) -> bool:
        return self.status == 304

    def header(self, name: str, default: str = "") -> str:
        """The first header of this name, any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), default)

    @cached_property
    def _content_type(self) -> Message:
        message = Message()
        message["Content-Type"] = self.header("Content-Type", "application/octet-stream")
        return message

    @property
    def media_type(self) -> str:
        return self._content_type.get_content_type()

    @property
    def charset(self) -> str:
        """As the host declared it, lower case; empty when it said nothing."""
        try:
            return (self._content_type.get_content_charset() or "").strip()
        except (LookupError, UnicodeError, ValueError):
            return ""

    @property
    def validators(self) -> Validators:
        return Validators(self.header("ETag"), self.header("Last-Modified"))

    def raise_for_status(self) -> None:
        """Raises RefusedByServer for a status of 400 and more, and for what is neither 2xx nor 304."""
        if 200 <= self.status < 300 or self.not_modified:
            return
        said = f"the server answered {self.status} {self.reason}".rstrip()
        raise RefusedByServer(said + ".", thing=self.final_url, status=self.status)
