"""The process around the edge: granian inside this process for one worker, granian's own processes for more."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from haihe.base.edge.app import Edge, EdgeConfig, split_bind
from haihe.base.errors import HaiheError

HEADERS_WITHIN = 10_000  # milliseconds a client may take to send its headers
CONNECTIONS = 4096
_HANDED_ON = "HAIHE_EDGE_CONFIG"


class PortTaken(HaiheError):
    """Another process listens on this address."""

    permanent = True
    hint = "Stop it, or set another address with `bind` in haihe.toml."


def serve(config: EdgeConfig) -> None:
    """Serve until SIGTERM or SIGINT. Raises PortTaken."""
    host, port = split_bind(config.bind)
    _check_free(host, port)
    settings: dict[str, Any] = {
        "address": host,
        "port": port,
        "interface": Interfaces.RSGI,
        "http": HTTPModes.auto,
        "websockets": False,
        "backlog": CONNECTIONS,
        "backpressure": CONNECTIONS,
        "http1_settings": HTTP1Settings(header_read_timeout=HEADERS_WITHIN),
        "log_level": "error",
    }
    if config.workers > 1:
        from granian.server import Server as Processes

        os.environ[_HANDED_ON] = json.dumps(asdict(config), default=str)
        Processes(
            "haihe.base.edge.serve:from_environment",
            factory=True,
            workers=config.workers,
            respawn_failed_workers=True,
            **settings,
        ).serve()
        return
    import uvloop

    uvloop.run(_embedded(config, settings))


async def _embedded(config: EdgeConfig, settings: dict[str, Any]) -> None:
    from granian.server.embed import Server

    server = Server(Edge(config), **settings)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    await server.serve()


def from_environment() -> Edge:
    """The application in a worker process, from the settings its parent handed on."""
    fields = json.loads(os.environ[_HANDED_ON])
    for name in ("root", "static", "media"):
        fields[name] = Path(fields[name])
    for name in ("upstreams", "trusted", "routes"):
        fields[name] = tuple(fields[name])
    return Edge(EdgeConfig(**fields))


def _check_free(host: str, port: int) -> None:
    """Granian shares its port with whoever else listens there; we do not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(f"cannot listen: {error.strerror}", thing=f"{host}:{port}") from error
