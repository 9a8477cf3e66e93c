"""What the edge's own routes ask: whom, and what is counted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from http.server import ThreadingHTTPServer
from typing import Any

import httpcore
import pytest

from haihe.base.edge.asking import ask, ask_json
from haihe.base.edge.proxy import Django
from haihe.base.tests.ports import free_port

from .conftest import Upstream


@pytest.fixture
def second() -> Any:
    class Second(Upstream):
        seen: list[Any] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Second)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", Second
    server.shutdown()
    server.server_close()


def ran(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser of tests before may hold this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_what_a_route_asks_counts_among_what_a_process_has_to_do(upstream: Any, second: Any) -> None:
    address, other = second

    async def work() -> list[int]:
        django = Django([upstream.address, address])
        held = asyncio.create_task(ask(django, "/events/"))
        while not upstream.seen:
            await asyncio.sleep(0.01)
        for number in range(4):
            assert (await ask(django, f"/x/{number}"))[1] == f"dynamic /x/{number} ".encode()
        upstream.released.set()
        assert (await held)[1] == b"data: one\n\ndata: two\n\n"
        return [process.busy for process in django.processes]

    assert ran(work()) == [0, 0]
    assert [target for _method, target, *_told in other.seen] == [f"/x/{number}" for number in range(4)]


def test_a_body_goes_with_its_length_to_whoever_takes_it(upstream: Any) -> None:
    async def work() -> tuple[int, bytes]:
        away = f"127.0.0.1:{free_port()}"
        return await ask(Django([away, upstream.address]), "/x/", (b"host", b"a.example"), method="POST", body=b"told")

    assert ran(work()) == (200, b"dynamic /x/ told")
    method, _target, told, body = upstream.seen[-1]
    assert (method, body, told["host"], told["content-length"]) == ("POST", b"told", ["a.example"], ["4"])


def test_nobody_there_is_silence() -> None:
    async def work() -> tuple[int, dict[str, Any]]:
        django = Django([f"127.0.0.1:{free_port()}"])
        with pytest.raises(httpcore.ConnectError):
            await ask(django, "/x/")
        return await ask_json(django, "/x/")

    assert ran(work()) == (503, {})
