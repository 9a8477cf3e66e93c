"""Renditions of pages, `/media/pictures/FOLDER/NAME`: the folder's name cannot be guessed, so who knows it is invited;
but what was withdrawn, erased, or may not yet be shown is refused to everybody."""

from __future__ import annotations

from pathlib import Path

from haihe.archive.domain.derive import rendering
from haihe.archive.domain.rights.policies import Action
from haihe.archive.edge.lookups import FOREVER, Unreachable, lookups
from haihe.archive.edge.refusals import refuse, say
from haihe.base.edge import files
from haihe.base.edge.routes import Request
from haihe.base.errors import HaiheError


class Renditions:
    prefix = "/media/pictures/"

    async def handle(self, request: Request) -> None:
        if not request.only_reads():
            return
        folder = request.path.removeprefix(self.prefix).partition("/")[0]
        try:
            known = await lookups().known(request, f"folder={folder}")
        except Unreachable:
            say(request, 503)
            return
        if known is not None:
            decision = known.decide(Action.DISPLAY, FOREVER)
            media = Path(request.edge.config.media)
            if not decision.allowed or _too_large(media, request.path[7:], decision.longest_edge):
                refuse(request, known, decision)
                return
        request.edge._file(request.scope, request.proto, request.edge.config.media, request.path[7:], media=True)


def _too_large(media: Path, relative: str, longest_edge: int | None) -> bool:
    """Whether a rendition is larger than who asks may see; one that cannot be measured is."""
    if longest_edge is None:
        return False
    file = files.find(media, relative)
    try:
        found = rendering.look(Path(file)) if file else None
    except (HaiheError, OSError):
        return True
    return found is not None and max(found.width, found.height) > longest_edge
