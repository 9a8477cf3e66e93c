"""Renditions of pages, `/media/pictures/FOLDER/NAME`: the folder's name cannot be guessed, so who knows it is invited;
but what was withdrawn, erased, or may not yet be shown is refused to everybody."""

from __future__ import annotations

import re

from haihe.archive.domain.rights.policies import Action
from haihe.archive.edge.lookups import FOREVER, Unreachable, lookups
from haihe.archive.edge.refusals import refuse, unreachable
from haihe.base.edge.routes import Request

_WIDTH = re.compile(r"\bwidth-(\d{1,5})\b")


class Renditions:
    prefix = "/media/pictures/"

    async def handle(self, request: Request) -> None:
        if request.scope.method not in ("GET", "HEAD"):
            request.respond(405, [("allow", "GET, HEAD")], b"")
            return
        folder, _, name = request.path.removeprefix(self.prefix).partition("/")
        try:
            known = await lookups().known(request, f"folder={folder}")
        except Unreachable:
            unreachable(request)
            return
        if known is not None:
            decision = known.decide(Action.DISPLAY, FOREVER)
            width = _WIDTH.search(name)
            too_large = decision.longest_edge is not None and (not width or int(width[1]) > decision.longest_edge)
            if not decision.allowed or too_large:
                refuse(request, known, decision)
                return
        request.edge._file(request.scope, request.proto, request.edge.config.media, request.path[7:], media=True)
