"""Baked pages through a real edge: forms, conditions, changes, damage, hostile requests."""

from __future__ import annotations

import gzip
import os
import threading
import time

import brotli
import httpx
import psutil
import pytest

from haihe.base.edge import tree
from haihe.base.edge.tests.conftest import RunningEdge, bake, body_of

BODY = "<html>海河的故事</html>".encode() * 100


def test_page_in_every_form(edge: RunningEdge) -> None:
    page = bake(edge.root, "/story/7/", BODY)
    for accept, coding, suffix, unpack in (
        ("", None, "", bytes),
        ("gzip", "gzip", "-gz", gzip.decompress),
        ("gzip, br", "br", "-br", brotli.decompress),
        ("br;q=0.1, gzip;q=0.2", "gzip", "-gz", gzip.decompress),
        ("identity, gzip;q=0", None, "", bytes),
    ):
        for method in ("GET", "HEAD", "GET"):
            answer = edge.ask(method, "/story/7/", accept_encoding=accept)
            assert answer.status_code == 200
            assert answer.headers.get("content-encoding") == coding
            assert answer.headers["etag"] == f'"{page.etag}{suffix}"'
            assert answer.headers["vary"] == "Accept-Encoding"
            assert answer.headers["content-security-policy"] == "default-src 'self'"
            assert answer.headers["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"
            if method == "HEAD":
                assert body_of(answer) == b""
                assert int(answer.headers["content-length"]) > 0
            else:
                assert unpack(body_of(answer)) == BODY


def test_conditions(edge: RunningEdge) -> None:
    etag = bake(edge.root, "/", BODY).etag
    then, before = "Tue, 14 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 2023 22:13:19 GMT"
    for headers, status in (
        ({"if_none_match": f'"{etag}"'}, 304),
        ({"if_none_match": f'W/"{etag}"'}, 304),
        ({"if_none_match": f'"x", "{etag}"'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": f'"{etag}-gz"'}, 200),
        ({"if_none_match": f'"{etag}-gz"', "accept_encoding": "gzip"}, 304),
        ({"if_none_match": f'"{etag}"', "accept_encoding": "gzip"}, 200),
        ({"if_none_match": '"other"', "if_modified_since": then}, 200),
        ({"if_modified_since": then}, 304),
        ({"if_modified_since": before}, 200),
        ({"if_modified_since": "nonsense"}, 200),
        ({"if_match": '"other"'}, 412),
        ({"if_match": f'"{etag}"'}, 200),
    ):
        for method in ("GET", "HEAD"):
            answer = edge.ask(method, "/", **headers)
            assert answer.status_code == status, headers
            assert "etag" in answer.headers
            if status == 304:
                assert body_of(answer) == b""
                assert "content-encoding" not in answer.headers
                assert answer.headers["vary"] == "Accept-Encoding"


def test_changed_page_is_seen_at_once(edge: RunningEdge) -> None:
    for number in range(50):
        bake(edge.root, "/", b"version %d" % number)
        assert body_of(edge.get("/")) == b"version %d" % number


def test_withdrawn_page_is_410_with_its_explanation(edge: RunningEdge) -> None:
    old = bake(edge.root, "/story/7/", BODY)
    assert edge.get("/story/7/").status_code == 200
    bake(edge.root, "/story/7/", b"withdrawn", status=410)
    for headers in ({}, {"if_none_match": f'"{old.etag}"'}, {"if_none_match": "*"}):
        answer = edge.get("/story/7/", **headers)
        assert (answer.status_code, body_of(answer)) == (410, b"withdrawn")
    assert not (edge.root / "story/7/index.html").exists()
    tree.remove(edge.root, "/story/7/")
    tree.Generation(edge.root).advance()
    assert body_of(edge.get("/story/7/")).startswith(b"dynamic")


def test_only_whole_versions_are_served_while_pages_change(edge: RunningEdge) -> None:
    """Two threads replace a page as fast as they can; every answer is one version, header and bytes of one form."""
    versions = {f"{n}".encode() * 3000 for n in range(10)}
    bake(edge.root, "/", next(iter(versions)))
    stop = threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            for version in versions:
                bake(edge.root, "/", version)

    writer = threading.Thread(target=rewrite)
    writer.start()
    seen = set()
    try:
        with httpx.Client() as client:
            end = time.monotonic() + 3
            while time.monotonic() < end:
                for accept in ("identity", "gzip", "br"):
                    answer = client.get(edge.url + "/", headers={"Accept-Encoding": accept})
                    if answer.content.startswith(b"dynamic"):
                        continue  # never settled within 50 ms: Django answers
                    assert answer.content in versions
                    assert answer.headers["etag"].strip('"').split("-")[0] == _sha256(answer.content)
                    seen.add(answer.content)
    finally:
        stop.set()
        writer.join()
    assert len(seen) > 1


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def test_damaged_page_is_left_to_django(edge: RunningEdge) -> None:
    bake(edge.root, "/a/", BODY)
    bake(edge.root, "/b/", BODY)
    bake(edge.root, "/c/", BODY)
    (edge.root / "a/index.html").write_bytes(BODY[:50])
    (edge.root / "b/.index.html.meta").write_text("{")
    (edge.root / "c/index.html.gz").write_bytes(b"not gzip")
    assert body_of(edge.get("/a/")) == b"dynamic /a/ "
    assert body_of(edge.get("/b/")) == b"dynamic /b/ "
    assert "content-encoding" not in edge.get("/c/", accept_encoding="gzip").headers
    assert body_of(edge.get("/c/", accept_encoding="gzip")) == BODY


def test_query_goes_to_django_unless_the_page_never_looks(edge: RunningEdge) -> None:
    bake(edge.root, "/any/", BODY, any_query=True)
    bake(edge.root, "/some/", BODY, any_query=False)
    for _ in range(2):
        assert body_of(edge.get("/any/?utm_source=x")) == BODY
        assert body_of(edge.get("/some/?page=2")) == b"dynamic /some/?page=2 "
        assert body_of(edge.get("/some/")) == BODY


def test_other_methods_go_to_django(edge: RunningEdge) -> None:
    bake(edge.root, "/", BODY)
    assert edge.get("/").status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert body_of(edge.ask(method, "/")) == b"dynamic / "
    assert [edge.ask(method, "/").status_code for method in ("TRACE", "BREW")] == [405, 405]


def test_files_of_the_tree_are_no_addresses(edge: RunningEdge) -> None:
    bake(edge.root, "/", BODY)
    bake(edge.root, "/feed.rss", b"<rss/>" * 100, headers=(("content-type", "application/rss+xml"),))
    assert edge.get("/feed.rss").headers["content-type"] == "application/rss+xml"
    for path in ("/index.html", "/index.html.gz", "/.index.html.meta", "/.generation", "/feed.rss.gz", "/feed.rss/"):
        assert body_of(edge.get(path)) == f"dynamic {path} ".encode(), path


@pytest.mark.parametrize(
    "target",
    [
        "/../../../etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/..%2fsecret.txt",
        "/static/..%5csecret.txt",
        "/media/..%2f..%2fsecret.txt",
        "/story%00/",
        "/a\\..\\b",
        "/%ff%fe/",
        "/./",
        "/a/./b/",
        "/a%0d%0aSet-Cookie:x/",
    ],
)
def test_hostile_address_is_refused(edge: RunningEdge, upstream: type, target: str) -> None:
    (edge.home / "secret.txt").write_text("secret")
    got = edge.raw(f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert b" 400 " in got.split(b"\r\n")[0]
    assert b"secret" not in got.replace(target.encode(), b"")
    assert upstream.seen == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(2000)) + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"\x00" * 5000,
    ],
)
def test_edge_outlives_hostile_bytes(edge: RunningEdge, request_bytes: bytes) -> None:
    bake(edge.root, "/", BODY)
    got = edge.raw(request_bytes, seconds=2)
    assert not got.startswith(b"HTTP/1.1 200")
    assert body_of(edge.get("/")) == BODY


def test_slow_clients_do_not_hold_up_others(edge: RunningEdge) -> None:
    import socket

    bake(edge.root, "/", BODY)
    slow = [socket.create_connection(("127.0.0.1", edge.port)) for _ in range(200)]
    try:
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        assert body_of(edge.get("/")) == BODY
    finally:
        for connection in slow:
            connection.close()


def test_http2(edge: RunningEdge) -> None:
    bake(edge.root, "/", BODY)
    with httpx.Client(http1=False, http2=True) as client:
        answer = client.get(edge.url + "/")
        assert (answer.http_version, answer.content) == ("HTTP/2", BODY)
        assert client.get(edge.url + "/x/").content == b"dynamic /x/ "


def test_memory_is_bounded(own_edge: RunningEdge) -> None:
    """More pages than fit: every one is right, and what is held stays below the limit."""
    own_edge.stop()
    own_edge.extra = ("--memory", "2")
    for number in range(60):
        bake(own_edge.root, f"/{number}/", os.urandom(50_000))
    own_edge.start()
    for _ in range(2):
        for number in range(60):
            assert body_of(own_edge.get(f"/{number}/")) == (own_edge.root / f"{number}/index.html").read_bytes()
    held = httpx.get(own_edge.url + "/-/health").json()
    assert 0 < held["bytes_in_memory"] <= 2 * 1024 * 1024
    assert held["pages_in_memory"] < 60


def test_edge_is_small_and_knows_no_django(own_edge: RunningEdge) -> None:
    bake(own_edge.root, "/", BODY)
    own_edge.get("/")
    own_edge.get("/dynamic/")
    assert own_edge.process
    process = psutil.Process(own_edge.process.pid)
    assert process.memory_full_info().pss < 40 * 1024 * 1024
    assert not [file.path for file in process.open_files() if file.path.endswith((".sqlite3", ".sqlite3-wal"))]
    assert not [entry.path for entry in process.memory_maps() if "_sqlite3" in entry.path]


def test_replaced_folder_is_noticed(own_edge: RunningEdge) -> None:
    """Somebody empties the tree, or restores it, under a running own_edge."""
    import shutil

    bake(own_edge.root, "/", BODY)
    assert body_of(own_edge.get("/")) == BODY
    shutil.rmtree(own_edge.root)
    time.sleep(1.3)
    assert body_of(own_edge.get("/")) == b"dynamic / "
    bake(own_edge.root, "/", b"new")
    time.sleep(1.3)
    assert body_of(own_edge.get("/")) == b"new"
    bake(own_edge.root, "/", b"newer")
    assert body_of(own_edge.get("/")) == b"newer"


def test_taken_port_is_said(edge: RunningEdge) -> None:
    import subprocess
    import sys

    second = subprocess.run(
        [sys.executable, "-m", "haihe.base.edge", "--bind", f"127.0.0.1:{edge.port}"],
        env={**os.environ, "HAIHE_HOME": str(edge.home)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 2
    assert f"127.0.0.1:{edge.port}" in second.stderr


def test_restart_under_load_serves_nothing_wrong(own_edge: RunningEdge) -> None:
    """A reader that tries again sees right bytes only, through three restarts, one of them a kill."""
    bake(own_edge.root, "/", BODY)
    stop, served, wrong = threading.Event(), [0], []

    def load() -> None:
        with httpx.Client(transport=httpx.HTTPTransport(retries=0)) as client:
            while not stop.is_set():
                try:
                    answer = client.get(own_edge.url + "/", headers={"Accept-Encoding": "gzip"})
                except httpx.TransportError:
                    time.sleep(0.01)
                    continue
                served[0] += 1
                if (answer.status_code, answer.content) != (200, BODY):
                    wrong.append((answer.status_code, answer.content[:100]))

    readers = [threading.Thread(target=load) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for number in range(3):
            time.sleep(0.4)
            if number == 1 and own_edge.process:
                own_edge.process.kill()
                own_edge.process.wait()
            own_edge.stop()
            own_edge.start()
        time.sleep(0.4)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert served[0] > 100
