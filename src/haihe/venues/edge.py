"""Tiles of panoramas, `/panorama/MASTER/LEVEL/FACEROW_COLUMN.jpg` (of a half of a stereo picture `…/MASTER/top/…`),
straight from the derivative on the disk, and what hotspots play or show, `/exhibit/MASTER.glb`; each request is decided
as everywhere, so a withdrawn Master is closed with the next one.

Imported by `python -m haihe.base.edge --route haihe.venues.edge`."""

from __future__ import annotations

import re
import zlib

from haihe.archive.domain.derive.places import derivative_folder
from haihe.archive.domain.rights.deciding import Decision
from haihe.archive.domain.rights.policies import Action
from haihe.archive.edge.lookups import Known, lookups
from haihe.archive.edge.refusals import known_of, refuse, say
from haihe.base.edge import files, negotiate
from haihe.base.edge.routes import Request, register
from haihe.venues import group  # noqa: F401  (its route)
from haihe.venues.domain import addresses
from haihe.venues.domain.tiling import recipe_of

HALF = re.compile(r"(?:(?P<half>top|bottom|left|right)/)?(?P<file>.+)")  # of a stereo picture
TILE = re.compile(r"(?P<level>\d{1,2})/[frbldu]\d{1,2}_\d{1,2}\.jpg")
FILES = {"strip.jpg": 512, "strip.webp": 512, "preview.jpg": 1024}  # and the columns of panorama they stand for
TYPES = {".jpg": "image/jpeg", ".webp": "image/webp", ".json": "application/json"}


class Panoramas:
    prefix = "/panorama/"

    async def handle(self, request: Request) -> None:
        if not request.only_reads():
            return
        master, _, rest = request.path[len(self.prefix) :].partition("/")
        part = HALF.fullmatch(rest)
        columns = _columns(part["file"]) if part else None
        if part is None or columns is None:
            say(request, 404)
            return
        known = await known_of(request, f"master={master}")
        if known is None:
            return
        decision = known.decide(Action.DISPLAY)
        if not decision.allowed or _too_large(decision, columns):
            refuse(request, known, decision)
            return
        _send(request, known, recipe_of(part["half"] or ""), part["file"])


def _columns(rest: str) -> int | None:
    """Of how wide a panorama a file is part; None for what is no file of tiles."""
    tile = TILE.fullmatch(rest)
    if tile:
        return 1024 << int(tile["level"])  # a face of 256 pixels at level 0 is a quarter of the round
    return FILES.get(rest)


def _too_large(decision: Decision, columns: int) -> bool:
    return decision.longest_edge is not None and columns > decision.longest_edge


def _send(request: Request, known: Known, recipe: str, rest: str) -> None:
    tag = f'"{known.sha256[:16]}-{zlib.crc32(f"{recipe} {rest}".encode()):x}"'
    # Everything is asked for again, with its tag: a copy in a cache would outlive a withdrawal.
    headers = [("etag", tag), ("cache-control", "no-cache"), ("x-content-type-options", "nosniff")]
    headers += [("access-control-allow-origin", "*")]
    held = request.scope.headers.get("if-none-match")
    if held is not None and negotiate.none_match(held, tag):
        request.proto.response_empty(304, headers)
        return
    file = derivative_folder(lookups().folder.parent, known.sha256) / recipe / rest
    if not file.is_file():
        say(request, 404)
        return
    headers += [("content-type", TYPES[file.suffix]), ("content-length", str(file.stat().st_size))]
    if request.scope.method == "HEAD":
        request.proto.response_empty(200, headers)
    else:
        request.proto.response_file(200, headers, str(file))


class Exhibits:
    """Recordings and 3D objects, `/exhibit/MASTER.glb`: the deposited bytes, decided as a film is."""

    prefix = addresses.PREFIX

    async def handle(self, request: Request) -> None:
        if not request.only_reads():
            return
        named = addresses.of_address(request.path)
        if named is None:
            say(request, 404)
            return
        known = await known_of(request, f"master={named[0]}")
        if known is None:
            return
        decision = known.decide(Action.DISPLAY)
        # neither sound nor an object has a smaller size to be shown in
        if not decision.allowed or decision.longest_edge is not None:
            refuse(request, known, decision)
        elif known.path is None:
            say(request, 404)
        else:
            files.send_file(request.scope, request.proto, str(known.path), media=True, media_type=named[1])


register(Panoramas())
register(Exhibits())
