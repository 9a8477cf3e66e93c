"""Connections that are kept: used again while they are good, never for another address, never after half an answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from haihe.base.outbound import BadResponse, Client, HostUnreachable, KeptTransport, Limits, Manners, Sent, TooLarge
from haihe.base.outbound.testing import LOOPBACK
from haihe.base.tests.ports import free_port

T = TypeVar("T")
Told = Callable[[int, int], T]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Host:
    """A host that says what a test wrote, whatever it is asked; `asked` are the requests of each connection."""

    port: int
    asked: list[list[bytes]] = field(default_factory=list)

    def url(self, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/in"


@contextmanager
def host(answers: Told[bytes], hangs_up: Told[bool] = lambda _connection, _turn: False) -> Iterator[Host]:
    """Both are asked with the connection and its request, from 0; a host hangs up behind its answer."""
    running = Host(free_port())
    listener = socket.create_server(("127.0.0.1", running.port))

    def talk(connection: socket.socket, number: int) -> None:
        with connection:
            for turn in range(100):
                request = connection.recv(65536)
                if not request:
                    return
                running.asked[number].append(request)
                connection.sendall(answers(number, turn))
                if hangs_up(number, turn):
                    return

    def accept() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            running.asked.append([])
            threading.Thread(target=talk, args=(connection, len(running.asked) - 1), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield running
    finally:
        listener.close()


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(allow=[LOOPBACK], manners=Manners(interval=0), wire=KeptTransport())
    yield made
    made.close()


def post(client: Client, url: str, **headers: str) -> tuple[int, bytes]:
    answer = client.fetch(url, sent=Sent(b"{}", headers), limits=Limits(body=1000, wait=1))
    return answer.status, answer.body


def test_one_connection_serves_one_request_after_the_other(client: Client) -> None:
    with host(lambda _connection, _turn: OK) as there:
        assert [post(client, there.url()) for _ in range(3)] == [(200, b"ok")] * 3
        assert [len(one) for one in there.asked] == [3]
        head, _blank, body = there.asked[0][0].partition(b"\r\n\r\n")
        assert (head.split(b"\r\n")[0], body) == (b"POST /in HTTP/1.1", b"{}")
        assert f"Host: 127.0.0.1:{there.port}".encode() in head


@pytest.mark.parametrize(
    ("answer", "connections"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 1),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK, 1),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 2),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 2),
    ],
    ids=["chunked", "hints", "close", "1.0"],
)
def test_connection_is_used_again_only_where_its_answer_ended(client: Client, answer: bytes, connections: int) -> None:
    with host(lambda _connection, _turn: answer) as there:
        assert [post(client, there.url()) for _ in range(2)] == [(200, b"ok")] * 2
        assert len(there.asked) == connections


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", BadResponse),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok", BadResponse),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", BadResponse),
        (b"HTTP/1.1 abc\r\n\r\n", BadResponse),
        (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 20_000 + b"\r\n", BadResponse),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" * 5_000, BadResponse),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", BadResponse),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000, TooLarge),
        (b"", BadResponse),
    ],
    ids=["short", "chunk", "size", "status", "headers", "hints", "line", "large", "nothing"],
)
def test_answer_that_is_not_whole_is_none_and_its_connection_goes(
    client: Client, answer: bytes, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("http.client._MAXHEADERS", 10_000)  # as ClickHouse's driver does for the whole process

    def first(connection: int, _turn: int) -> bool:
        return connection == 0

    with host(lambda connection, turn: answer if first(connection, turn) else OK, hangs_up=first) as there:
        with pytest.raises(error):
            post(client, there.url())
        assert post(client, there.url()) == (200, b"ok")
        assert len(there.asked) == 2


def test_connection_whose_answer_broke_goes_though_its_host_stays(client: Client) -> None:
    broken = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    with host(lambda connection, _turn: OK if connection else broken) as there:
        with pytest.raises(BadResponse):
            post(client, there.url())
        assert post(client, there.url()) == (200, b"ok")
        assert [len(one) for one in there.asked] == [1, 1]


def test_host_that_hung_up_meanwhile_is_connected_to_again(client: Client) -> None:
    with host(lambda _connection, turn: b"" if turn else OK, hangs_up=lambda _connection, turn: turn == 1) as there:
        assert post(client, there.url()) == (200, b"ok")
        with pytest.raises(BadResponse):
            post(client, there.url())
        assert post(client, there.url()) == (200, b"ok")
        assert [len(one) for one in there.asked] == [2, 1]


def test_connection_to_an_address_that_is_no_longer_the_hosts_is_not_used() -> None:
    addresses = iter([["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"]])
    client = Client(allow=[LOOPBACK], resolver=lambda _host, _port: next(addresses), wire=KeptTransport(),
                    manners=Manners(interval=0))  # fmt: skip
    with host(lambda _connection, _turn: OK) as there:
        assert [post(client, there.url("moves.example")) for _ in range(2)] == [(200, b"ok")] * 2
        with pytest.raises(HostUnreachable):
            post(client, there.url("moves.example"))
        assert [len(one) for one in there.asked] == [2]
    client.close()


def test_header_that_would_be_two_is_never_sent(client: Client) -> None:
    with host(lambda _connection, _turn: OK) as there:
        with pytest.raises(BadResponse):
            post(client, there.url(), key="1\r\nX-Evil: 1")
        assert there.asked == []
