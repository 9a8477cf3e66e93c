"""What the edge's own routes ask Django, beside the requests that are passed on to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from haihe.base.edge.proxy import Django

SILENT = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError)  # Django does not answer
Header = tuple[bytes, bytes]


async def ask(
    django: Django, target: str, *headers: Header, method: str = "GET", body: bytes = b"", read: float = 10.0
) -> tuple[int, bytes]:
    """Status and body of the answer. It counts among what the process that is asked has to do; a process that takes
    no connection has heard nothing, and the next one is asked.

    headers   without a Host among them, it is localhost
    read      seconds between two pieces of the answer

    Raises one of SILENT.
    """
    said = list(headers) if any(name == b"host" for name, _value in headers) else [(b"host", b"localhost"), *headers]
    if method != "GET":
        said.append((b"content-length", str(len(body)).encode()))
    for others in reversed(range(len(django.processes))):
        process = django.free
        asked = httpcore.Request(
            method,
            process.url(target),
            headers=said,
            content=body,
            extensions={"timeout": {"connect": 2.0, "read": read, "write": 5.0, "pool": 5.0}},
        )
        process.busy += 1
        try:
            response = await process.pool.handle_async_request(asked)
            try:
                return response.status, await response.aread()
            finally:
                await response.aclose()
        except httpcore.ConnectError:
            process.took_no_connection()
            if not others:
                raise
        finally:
            process.busy -= 1
    raise httpcore.ConnectError("no Django is known")


async def ask_json(
    django: Django, target: str, *headers: Header, method: str = "GET", body: bytes = b"", read: float = 10.0
) -> tuple[int, dict[str, Any]]:
    """Status and, of a 200, the JSON; 503 and nothing where Django does not answer, or not in JSON."""
    try:
        status, said = await ask(django, target, *headers, method=method, body=body, read=read)
        return status, json.loads(said) if status == 200 else {}
    except (*SILENT, ValueError):
        return 503, {}
