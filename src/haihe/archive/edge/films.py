"""Video and captions, `/film/MASTER.mp4`: the deposited bytes with ranges, each request decided by the rights of the
Master."""

from __future__ import annotations

from haihe.archive.domain import films
from haihe.archive.domain.rights.policies import Action
from haihe.archive.edge.refusals import known_of, refuse, say
from haihe.base.edge import files
from haihe.base.edge.routes import Request


class Films:
    prefix = films.PREFIX

    async def handle(self, request: Request) -> None:
        if not request.only_reads():
            return
        named = films.of_address(request.path)
        if named is None:
            say(request, 404)
            return
        master, media_type = named
        known = await known_of(request, f"master={master}")
        if known is None:
            return
        decision = known.decide(Action.DISPLAY)
        # a film has no smaller size to be shown in
        if not decision.allowed or decision.longest_edge is not None:
            refuse(request, known, decision)
        elif known.path is None:
            say(request, 404)
        else:
            files.send_file(request.scope, request.proto, str(known.path), media=True, media_type=media_type)
