"""What is passed on to Django, and what comes back."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from haihe.base.edge.routes import EdgeRoute, register, registered, route_for
from haihe.base.edge.tests.conftest import RunningEdge, Upstream, body_of
from haihe.base.tests.ports import free_port


def test_request_arrives_whole(edge: RunningEdge, upstream: Any) -> None:
    body = os.urandom(300_000)
    answer = httpx.post(
        f"{edge.url}/hash/天津/?q=%E6%B5%B7+%2F&a=1",
        content=body,
        headers={"Cookie": "sessionid=abc; csrftoken=def", "X-CSRFToken": "def", "Content-Type": "application/x"},
    )
    assert answer.text == hashlib.sha256(body).hexdigest()
    method, target, headers, received = upstream.seen[-1]
    assert (method, target) == ("POST", "/hash/%E5%A4%A9%E6%B4%A5/?q=%E6%B5%B7+%2F&a=1")
    assert received == body
    assert headers["cookie"] == ["sessionid=abc; csrftoken=def"]
    assert headers["host"] == [f"127.0.0.1:{edge.port}"]
    assert headers["content-length"] == ["300000"]


def test_body_without_a_length_gets_one(edge: RunningEdge, upstream: Any) -> None:
    parts = [os.urandom(50_000) for _ in range(20)]
    answer = httpx.post(edge.url + "/hash/", content=iter(parts))
    assert answer.text == hashlib.sha256(b"".join(parts)).hexdigest()
    assert upstream.seen[-1][2]["content-length"] == ["1000000"]


def test_forwarded_headers_are_ours(edge: RunningEdge, upstream: Any) -> None:
    raw = (
        "GET /x/ HTTP/1.1\r\nHost: haihe.example\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
        "X_Forwarded_Proto: https\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nConnection: close, X-Secret\r\n"
        "X-Secret: hop\r\nKeep-Alive: 5\r\nTE: trailers\r\nX-Kept: yes\r\n\r\n"
    )
    edge.raw(raw.encode())
    headers = upstream.seen[-1][2]
    assert headers["x-forwarded-for"] == ["127.0.0.1"]
    assert headers["x-forwarded-proto"] == ["http"]
    assert headers["x-forwarded-host"] == ["haihe.example"]
    assert headers["x-kept"] == ["yes"]
    assert not {"x_forwarded_proto", "forwarded", "x-real-ip", "x-secret", "keep-alive", "te"} & set(headers)


def test_trusted_proxy_is_believed(tmp_path: Path, upstream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAIHE_TRUSTED_PROXIES", "127.0.0.0/8")
    running = RunningEdge(tmp_path, upstream.address, free_port())
    running.start()
    try:
        running.get("/x/", x_forwarded_for="6.6.6.6", x_forwarded_proto="https", x_forwarded_host="city.example")
    finally:
        running.stop()
    headers = upstream.seen[-1][2]
    assert headers["x-forwarded-for"] == ["6.6.6.6, 127.0.0.1"]
    assert headers["x-forwarded-proto"] == ["https"]
    assert headers["x-forwarded-host"] == ["city.example"]


def test_answer_comes_back_whole(edge: RunningEdge) -> None:
    answer = httpx.get(edge.url + "/cookies/")
    assert answer.status_code == 302
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2"]
    assert answer.headers["location"] == "/elsewhere/"
    assert answer.headers["x-public"] == "end"
    assert "x-private" not in answer.headers
    head = edge.ask("HEAD", "/x/")
    assert (body_of(head), head.headers["content-length"]) == (b"", str(len(b"dynamic /x/ ")))


def test_long_answer_does_not_wait_in_memory(own_edge: RunningEdge) -> None:
    """Clients that do not read: each answer of ten megabytes waits in a file of its own, not in memory. The allocator
    keeps some of what has passed through: the bound is what is under way."""
    import psutil

    def waiting() -> set[Path]:
        return set(Path(tempfile.gettempdir()).glob("haihe-edge-*"))

    body = bytes(range(256)) * 40_000
    assert httpx.get(own_edge.url + "/big/").content == body
    assert own_edge.process
    process = psutil.Process(own_edge.process.pid)
    before, filled = process.memory_info().rss, waiting()
    slow = [socket.create_connection(("127.0.0.1", own_edge.port), 60) for _ in range(16)]
    for connection in slow:
        connection.sendall(b"GET /big/ HTTP/1.1\r\nHost: a\r\n\r\n")
    files: dict[Path, int] = {}
    for connection in slow:
        assert connection.recv(12) == b"HTTP/1.1 200"
        for file in waiting() - filled:
            with contextlib.suppress(FileNotFoundError):  # forgotten after half a minute
                files[file] = file.stat().st_size
    grown = process.memory_info().rss - before
    for connection in slow:
        connection.close()
    assert list(files.values()).count(len(body)) == 16
    assert grown < 16 * len(body)


def test_body_refused_unread_is_not_taken_out_of_the_next_request(edge: RunningEdge) -> None:
    with socket.create_connection(("127.0.0.1", edge.port), 10) as line:
        line.sendall(b"BREW /x/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        answer = b""
        while part := line.recv(65536):  # until the edge closes
            answer += part
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"\r\nconnection: close\r\n" in answer


def test_events_come_as_they_are_sent(edge: RunningEdge, upstream: Any) -> None:
    with httpx.stream("GET", edge.url + "/events/", timeout=10) as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == b"data: one\n\n"
        upstream.released.set()
        assert next(pieces) == b"data: two\n\n"
        assert list(pieces) == []


def test_trickling_answer_is_passed_on(edge: RunningEdge) -> None:
    with httpx.stream("GET", edge.url + "/trickle/", timeout=10) as answer:
        pieces = list(answer.iter_raw())
    assert b"".join(pieces) == b"line 0\nline 1\nline 2\nline 3\n"
    assert len(pieces) > 1


def test_broken_stream_looks_broken(edge: RunningEdge, upstream: Any) -> None:
    """The client must not take half a stream for the whole."""
    with httpx.stream("GET", edge.url + "/broken/", timeout=10) as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == b"data: one\n\n"
        upstream.released.set()
        with pytest.raises(httpx.RemoteProtocolError):
            next(pieces)


def test_short_answer_is_502(edge: RunningEdge) -> None:
    for path in ("/short/", "/nothing/"):
        answer = httpx.get(edge.url + path)
        assert answer.status_code == 502, path
        assert "haihe doctor" in answer.text
        assert "服务中途断开" in answer.text


def test_django_down_says_what_to_do(own_edge: RunningEdge, tmp_path: Path) -> None:
    own_edge.stop()
    own_edge.upstream = str(tmp_path / "no.sock")
    own_edge.start()
    answer = httpx.get(own_edge.url + "/admin/")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "正在启动" in answer.text
    assert "haihe doctor" in answer.text
    assert 'lang="en"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert httpx.post(own_edge.url + "/admin/", data={"a": "b"}).status_code == 503
    assert httpx.get(own_edge.url + "/-/health").json()["django"] == "unreachable"


def test_request_waits_while_django_restarts(own_edge: RunningEdge) -> None:
    own_edge.stop()
    port = free_port()
    own_edge.upstream, own_edge.extra = f"127.0.0.1:{port}", ("--patience", "5")
    own_edge.start()
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(httpx.get(own_edge.url + "/x/", timeout=10)))
    asking.start()
    time.sleep(0.5)

    class Late(Upstream):
        seen: list[Any] = []

    server = ThreadingHTTPServer(("127.0.0.1", port), Late)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asking.join(10)
    server.shutdown()
    server.server_close()
    assert [answer.text for answer in answers] == ["dynamic /x/ "]


def test_unix_socket_upstream(own_edge: RunningEdge) -> None:
    class OverSocket(ThreadingHTTPServer):
        address_family = socket.AF_UNIX

        def server_bind(self) -> None:
            self.socket.bind(self.server_address)

    class Local(Upstream):
        seen: list[Any] = []

        def address_string(self) -> str:
            return "unix"

    path = f"/tmp/haihe-edge-{os.getpid()}.sock"
    server = OverSocket(path, Local)  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        own_edge.stop()
        own_edge.upstream = path
        own_edge.start()
        assert httpx.post(own_edge.url + "/x/", content=b"body").text == "dynamic /x/ body"
        assert httpx.get(own_edge.url + "/-/health").json()["django"] == "reachable"
    finally:
        server.shutdown()
        server.server_close()
        os.unlink(path)


def test_client_that_leaves_ends_the_stream_behind(edge: RunningEdge, upstream: Any) -> None:
    with httpx.stream("GET", edge.url + "/events/", timeout=10) as answer:
        next(answer.iter_raw())
    upstream.released.set()
    assert httpx.get(edge.url + "/x/").text == "dynamic /x/ "


def test_routes_by_longest_prefix() -> None:
    import haihe.base.edge.health  # noqa: F401

    class Short:
        prefix = "/test-live"

        async def handle(self, request: Any) -> None: ...

    class Long(Short):
        prefix = "/test-live/deep/"

    short: EdgeRoute = register(Short())
    long: EdgeRoute = register(Long())
    assert "/-/health" in registered()
    assert route_for("/test-live") is short
    assert route_for("/test-live/x") is short
    assert route_for("/test-lively") is None
    assert route_for("/test-live/deep/x") is long
    with pytest.raises(ValueError, match="two edge routes"):
        register(Short())


def test_request_goes_to_the_process_that_has_least_to_do(own_edge: RunningEdge, upstream: Any) -> None:
    class Second(Upstream):
        seen: list[Any] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Second)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        own_edge.stop()
        own_edge.extra = ("--django", f"127.0.0.1:{server.server_port}")
        own_edge.start()
        with httpx.stream("GET", own_edge.url + "/events/", timeout=10) as held:
            pieces = held.iter_raw()  # kept: letting go of it would end the stream
            next(pieces)
            for number in range(6):
                assert httpx.get(f"{own_edge.url}/x/{number}/").text == f"dynamic /x/{number}/ "
            upstream.released.set()
        assert [target for _method, target, *_told in upstream.seen] == ["/events/"]
        assert [target for _method, target, *_told in Second.seen] == [f"/x/{number}/" for number in range(6)]
    finally:
        server.shutdown()
        server.server_close()


def test_request_that_one_process_does_not_take_goes_to_another(own_edge: RunningEdge) -> None:
    own_edge.stop()
    own_edge.upstream, own_edge.extra = f"127.0.0.1:{free_port()}", ("--django", own_edge.upstream)
    own_edge.start()
    answer = httpx.post(own_edge.url + "/x/", content=b"body")
    assert (answer.status_code, answer.text) == (200, "dynamic /x/ body")
    assert httpx.get(own_edge.url + "/-/health").json()["django"] == "reachable"
