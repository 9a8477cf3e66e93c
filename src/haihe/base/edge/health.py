"""`/-/health`: is the edge well, and does Django behind it answer? For supervisors, balancers and `haihe doctor`."""

from __future__ import annotations

import json

from haihe.base.edge.routes import Request, register


class Health:
    """200 while the edge serves; the body says whether Django can be reached."""

    prefix = "/-/health"

    async def handle(self, request: Request) -> None:
        edge = request.edge
        report = {
            "edge": "ok",
            "django": "reachable" if await edge.django.reachable() else "unreachable",
            "generation": edge.generation.count[0],
            "pages_in_memory": len(edge.cache.pages),
            "bytes_in_memory": edge.cache.size,
        }
        headers = [("content-type", "application/json"), ("cache-control", "no-store")]
        request.respond(200, headers, json.dumps(report).encode())


register(Health())
