"""robots.txt (RFC 9309): what a host lets crawlers read; asked for once a day, through the same guard and manners."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

import httpx
from protego import Protego

from haihe.base.outbound.errors import HostBusy, OutboundError, TooLarge
from haihe.base.outbound.fetching import Client, shared_client
from haihe.base.outbound.guard import public_url
from haihe.base.outbound.shapes import MEGABYTE, Fetched, Limits

LIMITS = Limits(body=MEGABYTE, total=20)
DAY = 24 * 3600.0
SHORTLY = 600.0  # a host whose robots.txt fails is asked again after so many seconds
_REMEMBERED_HOSTS = 4096


class RobotsRefused(OutboundError):
    """The host's robots.txt asks crawlers not to read this address."""

    permanent = True
    hint = "Ask the site's owner for another address, or for an entry in robots.txt that lets this crawler in."


@dataclass(frozen=True)
class _Rules:
    """rules: None where everything may be read; until: time.monotonic() after which the host is asked again."""

    rules: Protego | None
    until: float
    unavailable: str = ""


class Robots:
    """Remembers hosts' rules; safe to share between threads.

    client     asks for robots.txt
    agent      the name under which rules are looked up: the product token of the User-Agent
    own_too    ask machines of the operator's own as well (their owner needs no robots.txt to be asked)
    """

    def __init__(self, client: Client, agent: str, *, own_too: bool = False) -> None:
        self._client, self._agent, self._own_too = client, agent, own_too
        self._known: OrderedDict[str, _Rules] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, url: str) -> None:
        """Nothing where the address may be read. Raises RobotsRefused, HostBusy (robots.txt cannot be had now), and
        what the guard says of the address."""
        address = httpx.URL(url)
        destination = self._client.guard.destination(address, timeout=LIMITS.connect)
        if destination.own and not self._own_too:
            return
        known = self._rules(address)
        if known.unavailable:
            wait = max(1.0, known.until - time.monotonic())
            raise HostBusy(known.unavailable, thing=public_url(address), retry_after=wait)
        if known.rules is not None and not known.rules.can_fetch(str(address), self._agent):
            raise RobotsRefused(thing=public_url(address))
        delay = known.rules.crawl_delay(self._agent) if known.rules is not None else None
        if delay:
            self._client.manners.asked_to_space(destination.host, delay)

    def _rules(self, address: httpx.URL) -> _Rules:
        origin = f"{address.scheme}://{address.netloc.decode('ascii')}"
        with self._lock:
            known = self._known.get(origin)
            if known and known.until > time.monotonic():
                self._known.move_to_end(origin)
                return known
        known = self._ask(f"{origin}/robots.txt")
        with self._lock:
            self._known[origin] = known
            self._known.move_to_end(origin)
            while len(self._known) > _REMEMBERED_HOSTS:
                self._known.popitem(last=False)
        return known

    def _ask(self, url: str) -> _Rules:
        now = time.monotonic()
        try:
            fetched = self._client.fetch(url, limits=LIMITS, accept="text/plain")
        except TooLarge:
            return _Rules(None, now + DAY)  # no sound rules; RFC 9309 2.5 asks for 500 KiB to be read at least
        except HostBusy as busy:
            return _Rules(None, now + busy.retry_after, "The host asks to wait before its robots.txt is read.")
        except OutboundError:
            return _Rules(None, now + SHORTLY)  # the visit itself meets the same, and says what it is
        if fetched.status >= 500:
            told = f"Its robots.txt answers {fetched.status}, so nothing is read for now."
            return _Rules(None, now + SHORTLY, told)
        if not 200 <= fetched.status < 300:
            return _Rules(None, now + DAY)  # there is none: everything may be read
        return _Rules(_parsed(fetched), now + DAY)


def _parsed(fetched: Fetched) -> Protego | None:
    try:
        return Protego.parse(fetched.body.decode("utf-8-sig", errors="replace"))
    except Exception:  # no rules that anybody could keep
        return None


_lock = threading.Lock()
_shared: tuple[Client, Robots] | None = None


def check_robots(url: str) -> None:
    """`Robots.check` with the process's own client and what it remembers."""
    global _shared
    client = shared_client()
    with _lock:
        if _shared is None or _shared[0] is not client:
            _shared = client, Robots(client, client.agent.split("/")[0])
        robots = _shared[1]
    robots.check(url)
