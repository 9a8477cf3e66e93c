"""Sending over HTTP: guarded as collecting is, paced by the ledger, the answer read as the protocol means it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from haihe.base.config import load
from haihe.base.outbound import Client, Fetched, KeptTransport, Limits, Manners, Sent, agent_name, seconds_of
from haihe.releases.delivery.errors import NotAccepted, NotNow
from haihe.releases.delivery.protocols import Receipt

LIMITS = Limits(connect=5.0, read=15.0, total=25.0, body=2 * 1024 * 1024, redirects=3, wait=1.0)
AGAIN = frozenset({408, 425, 429})  # RFC 9110, 8470, 6585: the same request may succeed later
HELD = frozenset({409})  # two tries of one delivery met
SHOWN = 600


class _Unpaced(Manners):
    """The ledger keeps the pauses, outlet by outlet."""

    @contextmanager
    def visiting(self, host: str, *, wait: float, spaced: bool = True) -> Iterator[None]:
        yield

    def told_to_wait(self, host: str, retry_after: str) -> float:
        return 0.0


_lock = threading.Lock()
_client: Client | None = None


def client() -> Client:
    """The client of all deliveries of this process, made from the operator's settings on first use."""
    global _client
    with _lock:
        if _client is None:
            config = load()
            agent = agent_name(config.crawler_name, config.crawler_contact)
            _client = Client(allow=config.allow_addresses, agent=agent, manners=_Unpaced(), wire=KeptTransport())
        return _client


def forget_client() -> None:
    """The next delivery reads the settings again."""
    global _client
    with _lock:
        if _client is not None:
            _client.close()
        _client = None


def send(url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> Fetched:
    """One request. Raises OutboundError; NotNow for 408, 425, 429 and 5xx; NotAccepted for every other refusal.

    A redirect is followed only where the receiver asks for the same request again (307, 308), and never into a network
    that is not the operator's; every other one is a refusal that says where the receiver moved to.
    """
    answer = exchange(url, body, headers, method=method)
    raise_for(answer)
    return answer


def exchange(url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> Fetched:
    """One request and its answer, whatever it says. Raises OutboundError."""
    return client().fetch(url, limits=LIMITS, sent=Sent(body, headers, method))


def raise_for(answer: Fetched) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    said = words(answer)
    if status in AGAIN or status in HELD or status >= 500:
        wait = seconds_of(answer.header("Retry-After")) or None
        raise NotNow(_("It answered %(status)s.") % {"status": status}, status=status, answer=said, retry_after=wait)
    if 300 <= status < 400:
        told = {"status": status, "where": answer.header("Location")[:300]}
        raise NotAccepted(_("It moved to %(where)s (%(status)s).") % told, status=status, answer=said)
    raise NotAccepted(_("It answered %(status)s.") % {"status": status}, status=status, answer=said)


def words(answer: Fetched) -> str:
    """The beginning of the answer as text, for the board."""
    text = answer.body[: SHOWN * 4].decode(answer.charset or "utf-8", "replace") if _known(answer) else ""
    return " ".join(text.split())[:SHOWN]


def json_object(body: bytes) -> dict[str, Any]:
    """A JSON object that the receiver answered, or nothing."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _known(answer: Fetched) -> bool:
    try:
        b"".decode(answer.charset or "utf-8")
    except LookupError:
        return False
    return True


def receipt(answer: Fetched, *, remote_id: str = "", remote_url: str = "") -> Receipt:
    return Receipt(remote_id, remote_url, answer.status, words(answer))
