"""The newsroom's live stream in the edge: it says that something changed, never what.

One look at Django a second serves every stream of this process; while nobody watches there is none. No stream holds a
thread or a database connection. Who listens is asked of Django at the start and every REASK seconds.

Imported by `python -m haihe.base.edge --route haihe.newsroom.edge`."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from haihe.archive.domain.rights import signing
from haihe.archive.edge.lookups import session_of
from haihe.base.config import derive, load
from haihe.base.edge.asking import ask_json
from haihe.base.edge.routes import EVENT_STREAM, Closed, Request, register

log = logging.getLogger("haihe.edge")

LOOK_EVERY = 1.0  # seconds
REASK = 60.0
HEARTBEAT = 15.0
REMEMBERED = 120.0  # seconds for which a change is known as told
MOST_STREAMS, MOST_OF_ONE = 2000, 12


class Stream:
    """One listener: whose session, which organisations, and a flag that something of theirs changed."""

    def __init__(self, session: str, organisations: frozenset[int]) -> None:
        self.session, self.organisations = session, organisations
        self.changed = asyncio.Event()


class Live:
    """`/live/newsroom/`: server-sent events for staff."""

    prefix = "/live/newsroom"

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.told: dict[str, float] = {}
        self.looking: asyncio.Task[None] | None = None
        self.word = ""

    async def handle(self, request: Request) -> None:
        if request.scope.method != "GET":
            request.respond(405, [("allow", "GET")], b"")
            return
        session = session_of(request.scope.headers)
        reach = await self._reach(request.edge.django, session) if session else frozenset()
        if reach is None:
            request.respond(503, [("retry-after", "3")], b"")
            return
        if not reach:
            request.respond(403, [("content-type", "text/plain; charset=utf-8")], b"")
            return
        of_one = sum(1 for stream in self.streams if stream.session == session)
        if of_one >= MOST_OF_ONE or len(self.streams) >= MOST_STREAMS:
            request.respond(429, [("retry-after", "30")], b"")
            return
        await self._listen(request, Stream(session, reach))

    async def _listen(self, request: Request, stream: Stream) -> None:
        self.streams.add(stream)
        if self.looking is None or self.looking.done():
            self.looking = asyncio.create_task(self._look(request.edge.django))
        out = request.proto.response_stream(200, EVENT_STREAM)
        gone = asyncio.ensure_future(_gone(request.proto))
        asked = time.monotonic()
        try:
            await out.send_str("retry: 3000\n\n")
            while not gone.done():
                waiting = asyncio.ensure_future(stream.changed.wait())
                await asyncio.wait([waiting, gone], timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if gone.done():
                    return
                if time.monotonic() - asked > REASK:
                    reach = await self._reach(request.edge.django, stream.session)
                    if reach is not None and not reach:
                        await out.send_str("event: closed\ndata: \n\n")
                        return
                    stream.organisations, asked = reach or stream.organisations, time.monotonic()
                if stream.changed.is_set():
                    stream.changed.clear()
                    await out.send_str("event: changed\ndata: \n\n")
                else:
                    await out.send_str(":\n\n")
        except Exception as error:  # the listener left in the middle of a word
            log.debug("a stream ended: %s", error)
        finally:
            self.streams.discard(stream)
            out = None
            gone.cancel()

    async def _look(self, django: Any) -> None:
        while self.streams:
            await asyncio.sleep(LOOK_EVERY)
            said = await self._ask(django, "/-/newsroom/pulse/", "")
            if said is not None:
                self.tell(said)

    def tell(self, changes: dict[str, list[str]]) -> None:
        """Wake the streams of organisations in which something happened that was not told before."""
        now = time.monotonic()
        self.told = {name: at for name, at in self.told.items() if now - at < REMEMBERED}
        fresh: set[int] = set()
        for organisation, names in changes.items():
            for name in names:
                if name not in self.told:
                    self.told[name] = now
                    fresh.add(int(organisation))
        for stream in self.streams:
            if fresh & stream.organisations:
                stream.changed.set()

    async def _reach(self, django: Any, session: str) -> frozenset[int] | None:
        """Organisations whose changes a session may hear of; empty for nobody; None where Django does not answer."""
        said = await self._ask(django, "/-/newsroom/reach/", session)
        return None if said is None else frozenset(said.get("organisations", []))

    async def _ask(self, django: Any, target: str, session: str) -> dict[str, Any] | None:
        if not self.word:
            self.word = signing.edge_word(derive.secret_key(load()))
        headers = [(b"x-haihe-edge", self.word.encode())]
        if session:
            headers.append((b"cookie", f"sessionid={session}".encode()))
        status, said = await ask_json(django, target, *headers)
        return said if status == 200 else None


async def _gone(proto: Any) -> None:
    await proto.client_disconnect()


live = Live()
register(live)
register(Closed("/-/newsroom"))
