"""The subscribers' stream in the edge: what was published for an outlet, as server-sent events, from a cursor on.

One look at Django serves every stream of this process; a stream whose outlet has something new reads it with its own
token. No stream holds a thread or a database connection.

Imported by `python -m haihe.base.edge --route haihe.channels.edge`."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote

from haihe.archive.domain.rights import signing
from haihe.base.config import derive, load
from haihe.base.edge.asking import ask_json
from haihe.base.edge.routes import EVENT_STREAM, Closed, Request, register

log = logging.getLogger("haihe.edge")

LOOK_EVERY = 0.5  # seconds
HEARTBEAT = 15.0
AT_A_TIME = 20  # entries
MOST_STREAMS, MOST_OF_ONE = 500, 8
_PLAIN = [("content-type", "text/plain; charset=utf-8")]
_PATIENCE = 20.0  # seconds


@dataclass(eq=False)
class Stream:
    """One listener: of which outlet, with which token, and up to which cursor it has heard."""

    outlet: int
    token: str
    after: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Live:
    """`/live/changes/OUTLET/`."""

    prefix = "/live/changes"

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.looking: asyncio.Task[None] | None = None
        self.word = ""

    async def handle(self, request: Request) -> None:
        number = request.scope.path.removeprefix(self.prefix).strip("/")
        token = str(request.scope.headers.get("authorization") or "")
        if request.scope.method != "GET":
            request.respond(405, [("allow", "GET")], b"")
        elif not (number.isascii() and number.isdecimal() and len(number) < 18):
            request.respond(404, _PLAIN, b"")
        elif len(self.streams) >= MOST_STREAMS or self._of(int(number)) >= MOST_OF_ONE:
            request.respond(429, [("retry-after", "30")], b"")
        else:
            await self._open(request, Stream(int(number), token), _cursor(request))

    def _of(self, outlet: int) -> int:
        return sum(1 for stream in self.streams if stream.outlet == outlet)

    async def _open(self, request: Request, stream: Stream, after: str) -> None:
        status, said = await self._read(request.edge.django, stream, after)
        if status != 200:
            request.respond(status if status in (400, 401, 404) else 503, _PLAIN, b"")
            return
        self.streams.add(stream)
        if self.looking is None or self.looking.done():
            self.looking = asyncio.create_task(self._look(request.edge.django))
        gone = asyncio.ensure_future(request.proto.client_disconnect())
        out = request.proto.response_stream(200, EVENT_STREAM)
        try:
            await out.send_str("retry: 3000\n\n")
            await self._tell(request, stream, out, said, gone)
        except Exception as error:  # the listener left in the middle of a word
            log.debug("a stream ended: %s", error)
        finally:
            self.streams.discard(stream)
            out = None
            gone.cancel()

    async def _tell(self, request: Request, stream: Stream, out: Any, said: dict[str, Any], gone: Any) -> None:
        while not gone.done():
            for entry in said["changes"]:
                words = json.dumps(entry, ensure_ascii=False)
                await out.send_str(f"id: {entry['cursor']}\nevent: {entry['type']}\ndata: {words}\n\n")
            stream.after = int(said["next"])
            if not said["more"]:
                stream.news.clear()
                waiting = asyncio.ensure_future(stream.news.wait())
                await asyncio.wait([waiting, gone], timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if not waiting.done() or waiting.cancelled():
                    await out.send_str(":\n\n")
            status, said = await self._read(request.edge.django, stream, str(stream.after))
            if status in (401, 404):
                await out.send_str("event: closed\ndata: \n\n")
                return
            if status != 200:
                said = {"changes": [], "next": str(stream.after), "more": False}

    async def _look(self, django: Any) -> None:
        while self.streams:
            await asyncio.sleep(LOOK_EVERY)
            if not self.word:
                self.word = signing.edge_word(derive.secret_key(load()))
            _status, said = await ask_json(
                django, "/-/channels/heads/", (b"x-haihe-edge", self.word.encode()), read=_PATIENCE
            )
            for stream in self.streams:
                if said.get("heads", {}).get(str(stream.outlet), 0) > stream.after:
                    stream.news.set()

    @staticmethod
    async def _read(django: Any, stream: Stream, after: str) -> tuple[int, dict[str, Any]]:
        target = f"/api/v1/changes/{stream.outlet}?after={quote(after)}&limit={AT_A_TIME}"
        word = stream.token.encode("latin-1", "replace")
        return await ask_json(django, target, (b"authorization", word), read=_PATIENCE)


def _cursor(request: Request) -> str:
    """From where a listener wants to hear: as it heard last, as it asks, else from now on."""
    asked = parse_qs(request.scope.query_string or "").get("after", ["now"])[0]
    return str(request.scope.headers.get("last-event-id") or asked)


register(Live())
register(Closed("/-/channels"))
