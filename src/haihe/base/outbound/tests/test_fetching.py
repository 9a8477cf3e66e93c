from __future__ import annotations

import gzip
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from haihe.base.outbound import (
    AddressRefused,
    AddressUnreadable,
    BadResponse,
    Client,
    Hop,
    HostBusy,
    HostUnreachable,
    KeptTransport,
    Limits,
    Manners,
    RefusedByServer,
    TlsFailed,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Validators,
)
from haihe.base.outbound.testing import LOOPBACK, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture(params=["pool", "kept"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """Over each of the two wires."""
    wire = KeptTransport() if request.param == "kept" else None
    made = Client(allow=[LOOPBACK], agent="Haihe/test", manners=Manners(at_once=4, interval=0), wire=wire)
    yield made
    made.close()


def test_fetch_gives_answer_as_it_came(site: Site, client: Client) -> None:
    site.put("/feed", "海河", Content_Type="application/rss+xml; charset=UTF-8", ETag='"v1"', X_Twice="a")
    fetched = client.fetch(site.url("/feed"), accept="application/rss+xml")
    assert (fetched.status, fetched.body, fetched.media_type) == (200, "海河".encode(), "application/rss+xml")
    assert fetched.charset == "utf-8"
    assert ("X-Twice", "a") in fetched.headers
    assert fetched.validators == Validators('"v1"', "")
    assert (fetched.address, fetched.hops, fetched.downgraded) == ("127.0.0.1", [], False)
    assert fetched.started_at.tzinfo is not None
    path, headers = site.asked[0]
    assert (path, headers["User-Agent"], headers["Accept"]) == ("/feed", "Haihe/test", "application/rss+xml")
    assert headers["Host"] == f"127.0.0.1:{site.port}"


def test_fetch_sends_validators_and_understands_304(site: Site, client: Client) -> None:
    site.put("/feed", b"", status=304)
    fetched = client.fetch(site.url("/feed"), validators=Validators('"v1"', "Mon, 01 Jan 2024 00:00:00 GMT"))
    assert fetched.not_modified
    headers = site.asked[0][1]
    assert headers["If-None-Match"] == '"v1"'
    assert headers["If-Modified-Since"] == "Mon, 01 Jan 2024 00:00:00 GMT"


def test_fetch_never_sends_validators_that_break_the_request(site: Site, client: Client) -> None:
    site.put("/feed", b"x")
    assert client.fetch(site.url("/feed"), validators=Validators('"a"\r\nX-Evil: 1', "海")).status == 200
    assert "X-Evil" not in site.asked[0][1]


def test_fetch_returns_errors_of_server_to_be_raised(site: Site, client: Client) -> None:
    site.put("/gone", b"gone", status=410)
    fetched = client.fetch(site.url("/gone"))
    with pytest.raises(RefusedByServer, match="410") as caught:
        fetched.raise_for_status()
    assert caught.value.status == 410


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw deflate"])
def test_fetch_unpacks(site: Site, client: Client, coding: str) -> None:
    text = b"<rss>" + b"abc" * 5000
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "raw deflate": raw.compress(text) + raw.flush(),
    }
    site.put("/feed", packed[coding], Content_Encoding=coding.split()[-1])
    assert client.fetch(site.url("/feed")).body == text


def test_fetch_refuses_damaged_and_unasked_packing(site: Site, client: Client) -> None:
    site.put("/damaged", gzip.compress(b"x" * 9999)[:20] + b"\xff" * 40, Content_Encoding="gzip")
    site.put("/brotli", b"abc", Content_Encoding="br")
    for path in ("/damaged", "/brotli"):
        with pytest.raises(BadResponse):
            client.fetch(site.url(path))


def test_fetch_cuts_off_gigabyte_in_bounded_memory(site: Site, client: Client) -> None:
    piece = b"x" * (1 << 20)
    sent = 0

    def gigabyte() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1024):
            sent += len(piece)
            yield piece

    site.stream("/huge", gigabyte)
    tracemalloc.start()
    with pytest.raises(TooLarge):
        client.fetch(site.url("/huge"), limits=Limits(body=4 << 20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20
    assert sent < 64 << 20


def test_fetch_refuses_declared_gigabyte_unread(site: Site, client: Client) -> None:
    def nothing() -> Iterator[bytes]:
        yield b"x"
        time.sleep(0.2)

    site.stream("/huge", nothing, Content_Length=str(1 << 30))
    with pytest.raises(TooLarge):
        client.fetch(site.url("/huge"))


def test_fetch_stops_compression_bomb(site: Site, client: Client) -> None:
    bomb = gzip.compress(b"\0" * (64 << 20), compresslevel=9)
    site.put("/bomb", bomb, Content_Encoding="gzip")
    tracemalloc.start()
    with pytest.raises(TooLarge, match="bomb"):
        client.fetch(site.url("/bomb"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def test_fetch_ends_slow_drip(site: Site, client: Client) -> None:
    site.drip("/drip")
    with pytest.raises(TooSlow, match="not finished after"):
        client.fetch(site.url("/drip"), limits=Limits(total=0.5))


def test_fetch_ends_silence(site: Site, client: Client) -> None:
    def silence() -> Iterator[bytes]:
        yield b"a"
        time.sleep(1)
        yield b"b"

    site.stream("/silent", lambda: silence())
    with pytest.raises(TooSlow):
        client.fetch(site.url("/silent"), limits=Limits(read=0.3))


def test_fetch_follows_redirects_and_keeps_hops(site: Site, client: Client) -> None:
    site.redirect("/a", "/b?x=天津", 301)
    site.put("/b?x=%E5%A4%A9%E6%B4%A5", b"here")
    fetched = client.fetch(site.url("/a"))
    assert fetched.body == b"here"
    assert fetched.final_url == site.url("/b?x=%E5%A4%A9%E6%B4%A5")
    assert fetched.hops == [Hop(site.url("/a"), 301, fetched.final_url)]


def test_fetch_ends_redirect_circles_and_chains(site: Site, client: Client) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    for number in range(20):
        site.redirect(f"/{number}", f"/{number + 1}")
    with pytest.raises(TooManyRedirects, match="circle"):
        client.fetch(site.url("/a"))
    with pytest.raises(TooManyRedirects, match="more than 6"):
        client.fetch(site.url("/0"))


def test_fetch_guards_again_after_redirect(site: Site) -> None:
    names = {"open.example": ["127.0.0.1"], "inside.example": ["10.0.0.9"], "metadata.example": ["169.254.169.254"]}
    client = Client(allow=[LOOPBACK], resolver=lambda host, port: names[host], manners=Manners(interval=0))
    for path, target in {
        "/dns": "http://inside.example/",
        "/meta": "http://metadata.example/latest/meta-data/",
        "/ip": "http://192.168.0.1/",
        "/v6": "http://[::1]:9/",
        "/file": "file:///etc/passwd",
    }.items():
        site.redirect(path, target)
        with pytest.raises((AddressRefused, AddressUnreadable)):
            client.fetch(site.url(path, "open.example"))
    assert len(site.asked) == 5


def test_fetch_connects_to_address_that_was_decided_on(site: Site) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    client = Client(allow=[LOOPBACK], resolver=lambda host, port: next(answers), manners=Manners(interval=0))
    site.put("/", b"pinned")
    fetched = client.fetch(site.url("/", "rebinding.example"))
    assert (fetched.body, fetched.address) == (b"pinned", "127.0.0.1")
    assert site.asked[0][1]["Host"] == f"rebinding.example:{site.port}"
    with pytest.raises(AddressRefused):
        client.fetch(site.url("/", "rebinding.example"))


def test_fetch_refuses_loopback_unless_allowed(site: Site) -> None:
    site.put("/", b"secret")
    with pytest.raises(AddressRefused):
        Client().fetch(site.url("/"))
    assert site.asked == []


def test_fetch_ignores_proxies_of_environment(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.put("/", b"direct")
    assert client.fetch(site.url("/")).body == b"direct"


def test_fetch_signs_in_and_shows_no_password(site: Site, client: Client) -> None:
    site.put("/", b"in")
    fetched = client.fetch(f"http://ann:secret@127.0.0.1:{site.port}/")
    assert site.asked[0][1]["Authorization"].startswith("Basic ")
    assert "secret" not in repr(fetched)
    assert "Authorization" not in {name.title() for name, _ in fetched.request_headers}
    with pytest.raises(HostUnreachable) as caught:
        client.fetch("http://ann:secret@127.0.0.1:1/")
    assert "secret" not in str(caught.value)


def test_fetch_says_what_kind_of_failure(site: Site, client: Client) -> None:
    def junk(handler: object) -> None:
        handler.wfile.write(b"\x00\x01 this is not HTTP\r\n\r\n")  # type: ignore[attr-defined]

    site.answers["/junk"] = junk
    with pytest.raises(BadResponse):
        client.fetch(site.url("/junk"))
    with pytest.raises(TlsFailed):
        client.fetch(f"https://127.0.0.1:{site.port}/")
    with pytest.raises(HostUnreachable):
        client.fetch("http://no-such-host.invalid/")
    with pytest.raises(AddressUnreadable):
        client.fetch("news.example/feed.xml")


def test_manners_keep_few_at_once_and_pauses(site: Site) -> None:
    client = Client(allow=[LOOPBACK], manners=Manners(at_once=2, interval=0))
    inside = most = 0
    lock = threading.Lock()

    def pieces() -> Iterator[bytes]:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.05)
        with lock:
            inside -= 1
        yield b"x"

    site.stream("/", pieces)
    threads = [threading.Thread(target=client.fetch, args=(site.url("/"),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, len(site.asked)) == (2, 8)


def test_manners_space_requests_to_strangers() -> None:
    manners = Manners(interval=0.1)
    started = []
    for _ in range(3):
        with manners.visiting("stranger.example", wait=5):
            started.append(time.monotonic())
    assert started[2] - started[0] >= 0.2


def test_manners_wait_when_told_to(site: Site, client: Client) -> None:
    site.put("/", b"", status=429, Retry_After="3600")
    assert client.fetch(site.url("/")).status == 429
    with pytest.raises(HostBusy) as caught:
        client.fetch(site.url("/"), limits=Limits(wait=0.1))
    assert 3000 < caught.value.retry_after <= 3600
    assert len(site.asked) == 1


def test_manners_read_retry_after_as_date() -> None:
    manners = Manners()
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 60 < manners.told_to_wait("a.example", soon) <= 90
    assert manners.told_to_wait("a.example", "soon") == 0
    assert manners.told_to_wait("a.example", "Mon, 01 Jan 2001 00:00:00 GMT") == 0
