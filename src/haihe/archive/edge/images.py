"""The IIIF Image API at `/iiif/3/ID/…` and `/iiif/2/ID/…`.

Whole tiles that a pyramid stores as JPEG are handed on as they lie in the file; everything else is rendered in a
thread, a few at a time, and the newest are kept in memory. Each request is decided by the rights of the Master; who may
see it only small is shown a smaller picture, with its own size and tiles, so that no tile says more than the whole.
"""

from __future__ import annotations

import asyncio
import json
import os
import zlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from haihe.archive.domain.derive import rendering
from haihe.archive.domain.derive.tiff import Level
from haihe.archive.domain.iiif import info, requests
from haihe.archive.domain.iiif.requests import BadRequest, NotServed, Version
from haihe.archive.domain.labels import aigc, provenance
from haihe.archive.domain.labels.authority import NoAuthority, read_authority
from haihe.archive.domain.rights.deciding import Decision, Reason
from haihe.archive.domain.rights.policies import Action
from haihe.archive.domain.rights.signing import invitation
from haihe.archive.edge.lookups import Known, lookups
from haihe.archive.edge.refusals import CORS, known_of, refuse, say
from haihe.base.edge import negotiate
from haihe.base.edge.routes import Request
from haihe.base.errors import HaiheError

AT_ONCE = 2  # renditions made at the same time
WAITING = 64  # renditions that may wait; the next is asked to come back
KEPT_BYTES = 32 * 1024 * 1024
KEPT_OPEN = 64  # picture files
PLANS = 20_000  # addresses of stored tiles remembered for one file
TILE = 512
NO_CACHE = ("cache-control", "no-cache")
Headers = list[tuple[str, str]]


class Plan(NamedTuple):
    """Where a stored tile lies; `mark` stands for its address in its tag, `said` are its headers, made once."""

    level: Level
    column: int
    row: int
    mark: str
    said: dict[str, tuple[str, Headers]]


class Opened:
    """A picture file that is being looked at."""

    def __init__(self, path: Path) -> None:
        self.source = rendering.look(path)
        self.handle = os.open(path, os.O_RDONLY)
        self.plans: dict[Version, dict[str, Plan | None]] = {2: {}, 3: {}}

    def close(self) -> None:
        os.close(self.handle)

    def mark(self, rest: str) -> str:
        return f"{zlib.crc32(f'{self.source.path.name} {rest}'.encode()):x}"

    @property
    def tile(self) -> int:
        """The side of the tiles offered: that of the file where its tiles are square and of a useful size."""
        first = self.source.levels[0] if self.source.levels else None
        return first.tile_width if first and first.tile_width == first.tile_height and first.tile_width >= 128 else TILE

    def stored(self, rest: str, version: Version) -> bytes | None:
        """The tile an address asks for, where it is stored whole in the file."""
        plan = self.plan(rest, version)
        return plan.level.tile(self.handle, plan.column, plan.row) if plan is not None else None

    def plan(self, rest: str, version: Version) -> Plan | None:
        plans = self.plans[version]
        try:
            plan = plans[rest]
        except KeyError:
            if len(plans) >= PLANS:
                plans.clear()
            plan = plans[rest] = self._plan(rest, version)
        return plan

    def _plan(self, rest: str, version: Version) -> Plan | None:
        source = self.source
        try:
            wanted = requests.parse(rest.split("/"), version, source.width, source.height)
        except (BadRequest, NotServed, ValueError):
            return None
        if wanted.format != "jpg" or wanted.quality not in ("default", "color") or wanted.degrees or wanted.mirrored:
            return None
        for level in source.levels:
            factor = round(source.width / level.width)
            if (wanted.width, wanted.height) != (level.tile_width, level.tile_height) or level.head is None:
                continue
            if (wanted.w, wanted.h) != (wanted.width * factor, wanted.height * factor):
                continue
            column, left = divmod(wanted.x, wanted.w)
            row, top = divmod(wanted.y, wanted.h)
            inside = (column + 1) * level.tile_width <= level.width and (row + 1) * level.tile_height <= level.height
            if left or top or not inside:
                return None
            return Plan(level, column, row, self.mark(rest), {})
        return None


class Images:
    """One version of the API."""

    opened: OrderedDict[Path, Opened] = OrderedDict()
    made: OrderedDict[str, bytes] = OrderedDict()
    size = 0
    making: dict[str, asyncio.Future[bytes]] = {}
    threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="iiif")

    def __init__(self, version: Version) -> None:
        self.version: Version = version
        self.prefix = f"/iiif/{version}/"
        self.profile = f'<{info.PROFILE[version]}>;rel="profile"'
        plain = [CORS, ("x-content-type-options", "nosniff"), ("content-type", "image/jpeg")]
        self.tile_headers = [*plain, ("link", self.profile)]

    async def handle(self, request: Request) -> None:
        method = request.scope.method
        if method == "GET" and self._at_once(request):
            return
        if method == "OPTIONS":
            allowed = ("access-control-allow-methods", "GET, HEAD, OPTIONS")
            request.respond(204, [CORS, allowed, ("access-control-allow-headers", "*")], b"")
            return
        if method not in ("GET", "HEAD"):
            request.respond(405, [("allow", "GET, HEAD, OPTIONS"), CORS], b"")
            return
        identifier, _, rest = request.path[len(self.prefix) :].partition("/")
        master, till = invitation(identifier, lookups().key)
        known = await known_of(request, f"master={master}")
        if known is None:
            return
        decision = known.decide(Action.DISPLAY, till)
        if not decision.allowed:
            if decision.reason in (Reason.WITHDRAWN, Reason.PURGED):
                self._forget(master)
            refuse(request, known, decision)
            return
        if not rest:
            base = self._base(request, identifier)
            request.respond(303, [("location", f"{base}/info.json"), CORS, ("cache-control", "no-cache")], b"")
            return
        await self._picture(request, known, decision, identifier, rest)

    def _at_once(self, request: Request) -> bool:
        """Hand a stored tile to somebody who is not signed in, from what is known already; False where anything must
        be asked or made, an AI label among it, which the long way does. The decision is the same one."""
        asked = request.scope.headers
        if asked.get("cookie") is not None:
            return False
        identifier, _, rest = request.path[len(self.prefix) :].partition("/")
        known = lookups().of_anybody(identifier)
        if known is None or known.ai or not known.shown_whole():
            return False
        opened = self.opened.get(known.path) if known.path else None
        plan = opened.plan(rest, self.version) if opened else None
        if opened is None or plan is None:
            return False
        stored = plan.level.tile(opened.handle, plan.column, plan.row)
        if stored is None:
            return False
        said = plan.said.get(known.sha256)
        if said is None:
            tag = self._tag(known, plan.mark, opened.source.width)
            said = plan.said[known.sha256] = (tag, [*self.tile_headers, ("etag", tag), NO_CACHE])
        tag, headers = said
        held = asked.get("if-none-match")
        if held is not None and negotiate.none_match(held, tag):
            request.proto.response_empty(304, [("etag", tag), NO_CACHE, CORS])
        else:
            request.proto.response_bytes(200, headers, stored)
        return True

    @staticmethod
    def _tag(known: Known, mark: str, width: int) -> str:
        return f'"{known.sha256[:16]}-{mark}-{width:x}"'

    async def _picture(self, request: Request, known: Known, decision: Decision, identifier: str, rest: str) -> None:
        try:
            opened = self._open(known)
        except (HaiheError, OSError) as error:
            say(request, 415 if isinstance(error, HaiheError) else 404, getattr(error, "message", ""))
            return
        width, height, scale = _presented(opened.source, decision.longest_edge)
        if rest == "info.json":
            self._info(request, known, opened, identifier, (width, height))
            return
        headers = [CORS, ("cache-control", _caching(known)), ("x-content-type-options", "nosniff")]
        tag = self._tag(known, opened.mark(f"{rest} {known.ai}" if known.ai else rest), width)
        headers.append(("etag", tag))
        if scale == 1.0 and (stored := opened.stored(rest, self.version)) is not None:
            headers += [("content-type", "image/jpeg"), ("link", self.profile)]
            label = aigc.label_of(known.ai)
            _answer(request, headers, tag, aigc.write(stored, "image/jpeg", label) if label else stored)
            return
        try:
            parts = rest.split("/")
            if len(parts) != 4:
                say(request, 404, "…/region/size/rotation/quality.format")
                return
            wanted = requests.parse(parts, self.version, width, height)
            data = await self._made(opened, wanted, scale, known)
        except BadRequest as refusal:
            say(request, 400, str(refusal))
            return
        except _Busy:
            say(request, 503)
            return
        except HaiheError as error:
            say(request, 415, error.message)
            return
        canonical = f'<{self._base(request, identifier)}/{wanted.canonical}>;rel="canonical"'
        headers += [("content-type", requests.FORMATS[wanted.format]), ("link", f"{self.profile},{canonical}")]
        _answer(request, headers, tag, data)

    def _info(self, request: Request, known: Known, opened: Opened, identifier: str, size: tuple[int, int]) -> None:
        tile = opened.tile
        picture = info.Presented(*size, tile, info.factors_for(*size, tile), known.policy.statement)
        said = info.info(self._base(request, identifier), self.version, picture)
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        context = info.CONTEXT[self.version]
        if "application/ld+json" in (request.scope.headers.get("accept") or "") or self.version == 3:
            media_type = f'application/ld+json;profile="{context}"'
            link = self.profile
        else:
            media_type = "application/json"
            link = f'{self.profile},<{context}>;rel="http://www.w3.org/ns/json-ld#context";type="application/ld+json"'
        headers = [
            ("content-type", media_type),
            ("link", link),
            CORS,
            ("vary", "accept"),
            ("cache-control", "no-cache"),
        ]
        request.respond(200, headers, body)

    def _open(self, known: Known) -> Opened:
        """Raises PictureUnreadable, PictureTooLarge, OSError."""
        if known.path is None:
            raise FileNotFoundError
        found = self.opened.get(known.path)
        if found is None:
            found = self.opened[known.path] = Opened(known.path)
            while len(self.opened) > KEPT_OPEN:
                self.opened.popitem(last=False)[1].close()
        else:
            self.opened.move_to_end(known.path)
        return found

    @classmethod
    def _forget(cls, master: str) -> None:
        """Hold no byte of it, in memory or by an open file that was erased meanwhile."""
        for key in [key for key in cls.made if key.startswith(f"{master}/")]:
            cls.size -= len(cls.made.pop(key))
        for path in [path for path in cls.opened if not path.exists()]:
            cls.opened.pop(path).close()

    async def _made(self, opened: Opened, wanted: requests.Wanted, scale: float, known: Known) -> bytes:
        """The rendition, made once for all who ask at the same time."""
        master, sha256 = known.master.id, known.sha256
        label = aigc.label_of(known.ai)
        key = f"{master}/{opened.source.path.name}/{sha256}/{scale}/{wanted.canonical}/{label}"
        kept = self.made.get(key)
        if kept is not None:
            self.made.move_to_end(key)
            return kept
        waiting = self.making.get(key)
        if waiting is None:
            if len(self.making) >= WAITING:
                raise _Busy
            loop = asyncio.get_running_loop()
            waiting = self.making[key] = loop.run_in_executor(
                self.threads, _make, opened.source, wanted, scale, (master, sha256), label
            )
            waiting.add_done_callback(self._keep(key))
        return await asyncio.shield(waiting)

    @classmethod
    def _keep(cls, key: str) -> Callable[[asyncio.Future[bytes]], None]:
        def keep(done: asyncio.Future[bytes]) -> None:
            cls.making.pop(key, None)
            if done.cancelled() or done.exception() is not None:
                return
            data = done.result()
            if len(data) > KEPT_BYTES // 8:
                return
            cls.made[key] = data
            cls.size += len(data)
            while cls.size > KEPT_BYTES:
                cls.size -= len(cls.made.popitem(last=False)[1])

        return keep

    def _base(self, request: Request, identifier: str) -> str:
        """The base address as it was asked for; a host that is none of ours gets the public one."""
        asked = lookups()
        host = request.scope.headers.get("host") or ""
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        if name not in asked.hosts:
            return f"{asked.public_url}{self.prefix}{quote(identifier, safe='~')}"
        scheme = asked.public_url.partition("://")[0]
        return f"{scheme}://{host}{self.prefix}{quote(identifier, safe='~')}"


def _make(
    source: rendering.Source,
    wanted: requests.Wanted,
    scale: float,
    of: tuple[str, str],
    label: aigc.Label | None,
) -> bytes:
    """Render; it leaves with its AI label, and what shows the whole picture with its provenance, where the operator
    signs. Parts, which viewers ask for by the hundred, are not signed: nobody keeps them. Raises LabelRefused for a
    form that has no place for the label.

    of   id and sha256 of the Master
    """
    data = rendering.render(source, wanted, scale)
    media_type = requests.FORMATS[wanted.format]
    if label is not None:
        data = aigc.write(data, media_type, label)
    if not wanted.canonical.startswith("full/") or media_type not in provenance.SIGNED_TYPES:
        return data
    try:
        signer = read_authority(lookups().folder.parent / "keys" / "provenance")
    except NoAuthority:
        return data
    origin = provenance.Origin(*of, f"iiif {wanted.canonical}", ai=label is not None)
    return provenance.sign(data, media_type, origin, signer)


class _Busy(Exception):
    """Too many renditions wait."""


def _presented(source: rendering.Source, longest_edge: int | None) -> tuple[int, int, float]:
    """Size of the picture for who may see it so large, and pixels of that for one of the file."""
    longest = max(source.width, source.height)
    if longest_edge is None or longest_edge >= longest:
        return source.width, source.height, 1.0
    scale = longest_edge / longest
    return max(1, round(source.width * scale)), max(1, round(source.height * scale)), scale


def _caching(known: Known) -> str:
    """Everything is asked for again, with its tag: a copy in a cache would outlive a withdrawal."""
    return "no-cache" if known.for_anybody(Action.DISPLAY) else "private, no-cache"


def _answer(request: Request, headers: list[tuple[str, str]], tag: str, data: bytes) -> None:
    held: Any = request.scope.headers.get("if-none-match")
    if held is not None and negotiate.none_match(held, tag):
        request.proto.response_empty(304, [one for one in headers if one[0] in ("etag", "cache-control", CORS[0])])
        return
    request.respond(200, headers, data)
