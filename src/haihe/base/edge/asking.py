"""What the edge's own routes ask Django, beside the requests that are passed on to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from haihe.base.edge.proxy import Django

SILENT = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError)  # Django does not answer


async def ask(django: Django, target: str, *headers: tuple[bytes, bytes], read: float = 10.0) -> tuple[int, bytes]:
    """Status and body of the answer to a GET.

    read    seconds between two pieces of the answer

    Raises one of SILENT.
    """
    process = django.free
    asked = httpcore.Request(
        b"GET",
        process.url(target),
        headers=[(b"host", b"localhost"), *headers],
        extensions={"timeout": {"connect": 2.0, "read": read, "write": 5.0, "pool": 5.0}},
    )
    response = await process.pool.handle_async_request(asked)
    try:
        return response.status, await response.aread()
    finally:
        await response.aclose()


async def ask_json(
    django: Django, target: str, *headers: tuple[bytes, bytes], read: float = 10.0
) -> tuple[int, dict[str, Any]]:
    """Status and, of a 200, the JSON; 503 and nothing where Django does not answer, or not in JSON."""
    try:
        status, body = await ask(django, target, *headers, read=read)
        return status, json.loads(body) if status == 200 else {}
    except (*SILENT, ValueError):
        return 503, {}
