"""Who asks, behind the edge: the visitor's address for Django, which itself sees only a Unix socket."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def visitor_address(chain: str, trusted: Sequence[Network]) -> str:
    """The nearest address of an X-Forwarded-For `chain` that is no trusted proxy ("" where there is none).

    Read from the right: the edge wrote the last one itself, and what stands left of a stranger is the stranger's word.
    """
    address = ""
    for hop in reversed(chain.split(",")):
        try:
            known = ipaddress.ip_address(hop.strip().strip("[]"))
        except ValueError:
            break
        address = str(known)
        if not any(known in network for network in trusted):
            break
    return address


def behind_edge(application: Application, trusted: Sequence[str] = ()) -> Application:
    """WSGI: REMOTE_ADDR from the edge's X-Forwarded-For, where the server knows no address because it is a Unix socket.

    trusted   networks of proxies in front of the edge
    """
    networks = [ipaddress.ip_network(text, strict=False) for text in trusted]

    def named(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            ipaddress.ip_address(environ.get("REMOTE_ADDR", ""))
        except ValueError:
            environ["REMOTE_ADDR"] = visitor_address(environ.get("HTTP_X_FORWARDED_FOR", ""), networks)
        return application(environ, start_response)

    return named
