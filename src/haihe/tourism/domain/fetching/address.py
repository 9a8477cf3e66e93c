"""The body of one web address as a file: signed where it must be, guarded and limited by `base.outbound`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, unquote, urlsplit

from haihe.base.outbound import Client, Fetched, Limits, Sent, Validators
from haihe.tourism.domain.fetching.errors import AddressBad

LIMITS = Limits(connect=10, read=60, total=600, body=256 << 20, redirects=6)
# A signed request follows no redirect: what it carries is meant for one host.
SIGNED = Limits(connect=10, read=60, total=600, body=256 << 20, redirects=0)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
_FORBIDDEN = {"host", "content-length", "transfer-encoding", "connection", "cookie", "user-agent"}
DAYS = re.compile(r"\{(since|until)\}")


@dataclass(frozen=True)
class Signing:
    """How a request is signed. kind: none, basic, bearer, header."""

    kind: str = "none"
    account: str = ""
    secret: str = ""
    header: str = ""

    def headers(self) -> dict[str, str]:
        if self.kind == "bearer":
            return {"Authorization": f"Bearer {self.secret}"}
        return {self.header: self.secret} if self.kind == "header" else {}


def check_address(address: str) -> str:
    """Raises AddressBad; also for a password in it, which is not said again."""
    try:
        parts = urlsplit(DAYS.sub("2026-01-01", address.strip()))
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise AddressBad from None
    if parts.username or parts.password:
        raise AddressBad("Account and password have fields of their own.", thing=parts.hostname)
    if not good:
        raise AddressBad(thing=address[:200])
    return address.strip()


def check_header(name: str) -> bool:
    """Whether a header of this name may be sent."""
    return bool(_HEADER.fullmatch(name)) and name.lower() not in _FORBIDDEN


def body_of(client: Client, address: str, signing: Signing, validators: Validators, days: tuple[date, date]) -> Fetched:
    """GET the address; {since} and {until} in it are the first and last of `days`. Raises AddressBad, OutboundError."""
    values: Mapping[str, str] = {"since": str(days[0]), "until": str(days[1])}
    asked = DAYS.sub(lambda found: values[found[1]], check_address(address))
    if signing.kind == "basic":
        scheme, rest = asked.split("://", 1)
        account = f"{quote(signing.account, safe='')}:{quote(signing.secret, safe='')}"
        fetched = client.fetch(f"{scheme}://{account}@{rest}", validators=validators, limits=LIMITS)
    elif headers := signing.headers():
        fetched = client.fetch(asked, validators=validators, limits=SIGNED, sent=Sent(b"", headers, method="GET"))
    else:
        fetched = client.fetch(asked, validators=validators, limits=LIMITS)
    fetched.raise_for_status()
    return fetched


def filename_of(fetched: Fetched, otherwise: str) -> str:
    """What the file is called: its last step, or the source's name."""
    name = unquote(urlsplit(fetched.final_url).path.rpartition("/")[2])
    return (name or otherwise)[-120:]
