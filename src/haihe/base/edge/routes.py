"""What the edge answers itself beside files: rooms register a prefix and an async handler.

A route lives in a module that imports no Django; `haihe.base.edge.__main__ --route package.module` imports it (the
house names the modules of all rooms). A handler may answer at once or stream (SSE); the longest prefix wins.

    class Health:
        prefix = "/-/health"
        async def handle(self, request: Request) -> None:
            request.respond(200, [("content-type", "text/plain")], b"well")

    register(Health())
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from haihe.base.edge.notices import closing

if TYPE_CHECKING:
    from haihe.base.edge.app import Edge


@dataclass(slots=True)
class Request:
    """One request, as granian's RSGI gives it; `path` is decoded and free of `..`, NUL and backslashes."""

    scope: Any
    proto: Any
    path: str
    edge: Edge

    def only_reads(self) -> bool:
        """Whether it is GET or HEAD; every other method is answered here: 405."""
        if self.scope.method in ("GET", "HEAD"):
            return True
        self.respond(405, [("allow", "GET, HEAD")], b"")
        return False

    def respond(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer at once. Header names in small letters."""
        headers = [*headers, *closing(self.scope, status)]
        if self.scope.method == "HEAD":
            self.proto.response_empty(status, [*headers, ("content-length", str(len(body)))])
        else:
            self.proto.response_bytes(status, headers, body)


EVENT_STREAM = [
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-accel-buffering", "no"),
]  # headers of server-sent events


class EdgeRoute(Protocol):
    """One thing the edge serves itself: every address that starts with `prefix`."""

    prefix: str

    async def handle(self, request: Request) -> None: ...


@dataclass
class Closed:
    """Where the edge asks Django, nobody else may: the address does not exist from outside."""

    prefix: str

    async def handle(self, request: Request) -> None:
        request.respond(404, [("content-type", "text/plain; charset=utf-8")], b"")


_routes: list[EdgeRoute] = []


def register(route: EdgeRoute) -> EdgeRoute:
    """Serve a prefix. Raises ValueError where it is taken or does not start with a slash."""
    if not route.prefix.startswith("/"):
        raise ValueError(f"{route.prefix!r} does not start with a slash")
    if any(known.prefix == route.prefix for known in _routes):
        raise ValueError(f"two edge routes at {route.prefix!r}")
    _routes.append(route)
    _routes.sort(key=lambda known: -len(known.prefix))
    return route


def route_for(path: str) -> EdgeRoute | None:
    for route in _routes:
        if path.startswith(route.prefix):
            rest = path[len(route.prefix) :]
            if route.prefix.endswith("/") or rest[:1] in ("", "/"):
                return route
    return None


def registered() -> list[str]:
    return [route.prefix for route in _routes]
