"""What the edge knows of a Master and of who asks: asked of Django, kept for less than a second.

An answer counts while it is younger than FRESH and the counter of changes of rights, which is mapped into memory, has
not moved; so a withdrawal on this machine holds with the next request, and on another within a second. While Django
is restarted the last answer counts for PATIENCE, if the counter still stands.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from haihe.archive.domain.rights import signing
from haihe.archive.domain.rights.deciding import ANYBODY, Decision, MasterFacts, PersonFacts, decide
from haihe.archive.domain.rights.policies import Action, Policy, from_odrl
from haihe.base.config import derive, load
from haihe.base.edge.asking import SILENT, ask
from haihe.base.edge.routes import Request
from haihe.base.edge.tree import Generation

FRESH = 0.8  # seconds
PATIENCE = 30.0  # seconds
MOST_KEPT = 8192
ASK = "/-/rights/"
FOREVER = datetime.max.replace(tzinfo=UTC)


class Unreachable(Exception):
    """Django does not answer, and nothing that is known may still be believed."""


@dataclass(slots=True)
class Known:
    """One answer of Django. `path`: the file to show, None where there is none that can be shown."""

    master: MasterFacts
    policy: Policy
    person: PersonFacts
    path: Path | None
    sha256: str
    ai: Any  # what rights say of AI's part, see labels.aigc; None for none
    asked_at: float
    generation: int
    whole_until: datetime | None = None  # until when who asks may see it at any size; None: not decided yet

    def shown_whole(self) -> bool:
        """Whether who asks may see it now, at any size; decided once for as long as this answer counts."""
        now = datetime.now(UTC)
        if self.whole_until is None or now >= self.whole_until:
            decision = decide(self.policy, self.master, self.person, now, Action.DISPLAY)
            if not decision.allowed or decision.longest_edge is not None:
                return False
            self.whole_until = decision.until or FOREVER
        return True

    def decide(self, action: Action, invited_till: datetime | None = None) -> Decision:
        """For who asks, now."""
        person = self.person
        if invited_till is not None:
            person = PersonFacts(person.signed_in, person.staff, person.keeper, invited_till)
        return decide(self.policy, self.master, person, datetime.now(UTC), action)

    def for_anybody(self, action: Action) -> bool:
        return decide(self.policy, self.master, ANYBODY, datetime.now(UTC), action).allowed


class Lookups:
    """Of one edge process."""

    def __init__(self) -> None:
        config = load()
        self.key = derive.secret_key(config)
        self.hosts = frozenset(derive.hosts(config))
        self.public_url = config.public_url.rstrip("/")
        self.folder = config.home / "rights"
        self.counter = Generation(self.folder)
        self.kept: OrderedDict[tuple[str, str], Known] = OrderedDict()
        self.asking: dict[tuple[str, str], asyncio.Task[Known | None]] = {}
        self.looked = time.monotonic()

    def generation(self) -> int:
        now = time.monotonic()
        if now - self.looked > 1.0:
            self.looked = now
            if self.counter.replaced():
                self.counter = Generation(self.folder)
        return int(self.counter.count[0])

    async def known(self, request: Request, what: str) -> Known | None:
        """What is known of `what` ("master=ID" or "folder=NAME") for who asks; None where there is no such thing.

        Raises Unreachable.
        """
        session = session_of(request.scope.headers)
        key = (what, session)
        found = self.kept.get(key)
        if found is not None and self._counts(found, FRESH):
            return found
        asking = self.asking.get(key)
        if asking is None:
            asking = self.asking[key] = asyncio.create_task(self._ask(request, what, session))
            asking.add_done_callback(lambda _done: self.asking.pop(key, None))
        try:
            answer = await asyncio.shield(asking)
        except (*SILENT, Unreachable):
            if found is not None and self._counts(found, PATIENCE):
                return found
            raise Unreachable from None
        if answer is None:
            self.kept.pop(key, None)
            return None
        self.kept[key] = answer
        self.kept.move_to_end(key)
        while len(self.kept) > MOST_KEPT:
            self.kept.popitem(last=False)
        return answer

    def of_anybody(self, master: str) -> Known | None:
        """What is known already of a Master and of somebody who is not signed in, where it still counts."""
        found = self.kept.get((f"master={master}", ""))
        return found if found is not None and self._counts(found, FRESH) else None

    def _counts(self, known: Known, age: float) -> bool:
        return known.generation == self.generation() and time.monotonic() - known.asked_at < age

    async def _ask(self, request: Request, what: str, session: str) -> Known | None:
        # Both are read before the answer is made, so that a change in between makes the answer old at once.
        generation, asked_at = self.generation(), time.monotonic()
        name, _, value = what.partition("=")
        headers = [(b"x-haihe-edge", signing.edge_word(self.key).encode())]
        if session:
            headers.append((b"cookie", f"sessionid={session}".encode()))
        status, body = await ask(request.edge.django, f"{ASK}?{urlencode({name: value})}", *headers)
        if status == 404:
            return None
        if status != 200:
            raise Unreachable
        return _read(json.loads(body), asked_at, generation)


def _read(said: dict[str, Any], asked_at: float, generation: int) -> Known:
    return Known(
        master=MasterFacts(said["master"], said["published"], said["purged"]),
        policy=from_odrl(said["policy"]),
        person=PersonFacts(said["signed_in"], said["staff"], said["keeper"]),
        path=Path(said["path"]) if said["path"] else None,
        sha256=said["sha256"],
        ai=said.get("ai"),
        asked_at=asked_at,
        generation=generation,
    )


def session_of(headers: Any) -> str:
    """The session cookie, "" without one; what is no session key cannot get into a header of ours."""
    cookies = headers.get("cookie")
    if not cookies or "sessionid" not in cookies:
        return ""
    try:
        found = SimpleCookie(cookies).get("sessionid")
    except CookieError:
        return ""
    value = found.value if found else ""
    return value if value.isalnum() and len(value) <= 64 else ""


_lookups: Lookups | None = None


def lookups() -> Lookups:
    """The one of this process; made with the first request."""
    global _lookups
    if _lookups is None:
        _lookups = Lookups()
    return _lookups
