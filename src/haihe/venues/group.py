"""Group visits in the edge: a guide leads through a tour, followers see the same view and may ask by text.

`/visit/`                POST {"tour": address}: begins a visit → {"code", "key"}; who has the key leads
`/visit/CODE/`           GET: which tour, and how many follow; for who types a code
`/visit/CODE/stream`     GET: server-sent events: `view`, `ended`; with `?key=` the guide's: `followers`, `question`
`/visit/CODE/view`       POST {"key", "scene", "yaw", "pitch", "fov"}
`/visit/CODE/ask`        POST {"text"}: for the guide's eyes alone, so nobody has to let it stand
`/visit/CODE/end`        POST {"key"}

A visit lives in the memory of the edge's one process, without persons, and is forgotten an hour after its guide's last
sign.

Imported by `haihe.venues.edge`."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from haihe.base.edge.proxy import Refused, patient
from haihe.base.edge.routes import EVENT_STREAM, Request, register

log = logging.getLogger("haihe.edge")

PLACE = re.compile(r"/visit/(?P<code>\d{6})/(?P<deed>|stream|view|ask|end)")
TOUR = re.compile(r"(/en)?/tour/\d{8}-[0-9a-z]+/")
SCENE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_VISITS, MOST_FOLLOWERS, MOST_QUESTIONS = 200, 300, 100
LARGEST, LONGEST = 2000, 200  # bytes of a message; characters of a question
IDLE = 3600.0  # seconds after the guide's last sign
HEARTBEAT = 15.0
ASK_EVERY = 0.5  # seconds between two questions of a group
JSON = [("content-type", "application/json"), ("cache-control", "no-store")]


class Listener:
    """One open stream: what it was told last, and a flag that there is more."""

    def __init__(self, *, leads: bool) -> None:
        self.leads = leads
        self.more = asyncio.Event()
        self.view = self.followers = self.question = -1


@dataclass
class Visit:
    """view: the guide's, as JSON, with a number that grows; questions: with numbers of their own."""

    tour: str
    key: str
    touched: float
    view: str = ""
    turn: int = 0
    asked: int = 0
    asked_at: float = 0.0
    ended: bool = False
    questions: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=MOST_QUESTIONS))
    listeners: set[Listener] = field(default_factory=set)

    @property
    def followers(self) -> int:
        return sum(1 for one in self.listeners if not one.leads)

    def wake(self) -> None:
        for one in self.listeners:
            one.more.set()

    def news(self, one: Listener) -> str:
        """What a listener has not been told yet, as events."""
        said = ""
        if self.view and not one.leads and one.view != self.turn:
            one.view = self.turn
            said += f"event: view\ndata: {self.view}\n\n"
        if one.leads and one.followers != self.followers:
            one.followers = self.followers
            said += f"event: followers\ndata: {one.followers}\n\n"
        if one.leads:
            for number, text in self.questions:
                if number > one.question:
                    one.question = number
                    said += f"event: question\ndata: {json.dumps(text)}\n\n"
        return said + ("event: ended\ndata: \n\n" if self.ended else "")


class Visits:
    prefix = "/visit/"

    def __init__(self) -> None:
        self.visits: dict[str, Visit] = {}

    async def handle(self, request: Request) -> None:
        if request.edge.config.workers > 1:
            _say(request, 503)  # a visit lives in one process
            return
        self._forget()
        if request.path == self.prefix:
            await self._begin(request)
            return
        place = PLACE.fullmatch(request.path)
        visit = self.visits.get(place["code"]) if place else None
        if place is None or visit is None:
            _say(request, 404)
        elif request.scope.method != ("GET" if place["deed"] in ("", "stream") else "POST"):
            _say(request, 405)
        elif place["deed"] == "stream":
            await self._listen(request, visit)
        elif place["deed"] == "":
            _say(request, 200, {"tour": visit.tour, "followers": visit.followers})
        else:
            _say(request, self._take(place["code"], visit, place["deed"], await _read(request)))

    def _take(self, code: str, visit: Visit, deed: str, sent: dict[str, Any] | None) -> int:
        """Do what was sent; the status that answers it."""
        if sent is None:
            return 400
        if deed == "ask":
            return _ask(visit, sent)
        if not secrets.compare_digest(str(sent.get("key", "")).encode(), visit.key.encode()):
            return 403
        if deed == "view":
            return _lead(visit, sent)
        visit.ended = True
        self.visits.pop(code, None)
        visit.wake()
        return 204

    async def _begin(self, request: Request) -> None:
        sent = await _read(request) if request.scope.method == "POST" else {}
        tour = str((sent or {}).get("tour", ""))
        if request.scope.method != "POST" or not TOUR.fullmatch(tour) or len(self.visits) >= MOST_VISITS:
            _say(request, 405 if request.scope.method != "POST" else 400 if not TOUR.fullmatch(tour) else 429)
            return
        code = next(one for one in iter(_code, "") if one not in self.visits)
        visit = self.visits[code] = Visit(tour, secrets.token_urlsafe(18), time.monotonic())
        _say(request, 201, {"code": code, "key": visit.key})

    def _forget(self) -> None:
        old = time.monotonic() - IDLE
        for code in [code for code, visit in self.visits.items() if visit.touched < old]:
            visit = self.visits.pop(code)
            visit.ended = True
            visit.wake()

    async def _listen(self, request: Request, visit: Visit) -> None:
        key = parse_qs(request.scope.query_string).get("key", [""])[0]
        leads = secrets.compare_digest(key.encode(), visit.key.encode())
        if (key and not leads) or (not leads and visit.followers >= MOST_FOLLOWERS):
            _say(request, 403 if key else 429)
            return
        one = Listener(leads=leads)
        visit.listeners.add(one)
        visit.wake()  # the guide sees how many follow
        out = request.proto.response_stream(200, EVENT_STREAM)
        gone = asyncio.ensure_future(request.proto.client_disconnect())
        try:
            await out.send_str("retry: 2000\n\n")
            while not gone.done():
                one.more.clear()
                await out.send_str(visit.news(one) or ":\n\n")
                if visit.ended:
                    return
                if leads:
                    visit.touched = time.monotonic()
                waiting = asyncio.ensure_future(one.more.wait())
                await asyncio.wait([waiting, gone], timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
        except Exception as error:  # the listener left in the middle of a word
            log.debug("a stream ended: %s", error)
        finally:
            visit.listeners.discard(one)
            visit.wake()
            out = None
            gone.cancel()


def _code() -> str:
    return f"{secrets.randbelow(1_000_000):06}"


def _lead(visit: Visit, sent: dict[str, Any]) -> int:
    scene = str(sent.get("scene", ""))
    angles = [sent.get(name) for name in ("yaw", "pitch", "fov")]
    if not SCENE.fullmatch(scene) or not all(_is_angle(angle) for angle in angles):
        return 400
    yaw, pitch, fov = (round(float(angle or 0), 2) for angle in angles)
    visit.view = json.dumps({"scene": scene, "yaw": yaw, "pitch": pitch, "fov": fov})
    visit.turn += 1
    visit.touched = time.monotonic()
    visit.wake()
    return 204


def _is_angle(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) <= 360  # type: ignore[arg-type, type-var]


def _ask(visit: Visit, sent: dict[str, Any]) -> int:
    text = " ".join(str(sent.get("text", "")).split())
    if not text or len(text) > LONGEST or not text.isprintable():
        return 400
    now = time.monotonic()
    if now - visit.asked_at < ASK_EVERY:
        return 429
    visit.asked_at = now
    visit.questions.append((visit.asked, text))
    visit.asked += 1
    visit.wake()
    return 204


async def _read(request: Request) -> dict[str, Any] | None:
    """The JSON object that was sent; None where it is none, too large, or does not come."""
    body = b""
    try:
        async for chunk in patient(request.proto):
            body += chunk
            if len(body) > LARGEST:
                return None
        told = json.loads(body)
    except (ValueError, RecursionError, Refused):
        return None
    return told if isinstance(told, dict) else None


def _say(request: Request, status: int, told: dict[str, Any] | None = None) -> None:
    request.respond(status, JSON, json.dumps(told).encode() if told is not None else b"")


register(Visits())
