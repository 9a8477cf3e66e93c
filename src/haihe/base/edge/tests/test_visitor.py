"""The address Django takes for the visitor's."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from haihe.base.edge.visitor import behind_edge, visitor_address

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("chain", "visitor"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.0.1", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.2, 10.0.0.1", "203.0.113.9"),
        ("2001:db8::7, fd00::1", "2001:db8::7"),
        ("10.0.0.2, 10.0.0.1", "10.0.0.2"),
        ("unknown, 10.0.0.1", "10.0.0.1"),
        ("", ""),
    ],
)
def test_visitor_is_nearest_stranger(chain: str, visitor: str) -> None:
    assert visitor_address(chain, PROXIES) == visitor


@pytest.mark.parametrize(("peer", "seen"), [("", "203.0.113.9"), ("unix:", "203.0.113.9"), ("192.0.2.1", "192.0.2.1")])
def test_only_a_socket_without_address_is_filled_in(peer: str, seen: str) -> None:
    def application(environ: dict[str, Any], _start: Any) -> list[bytes]:
        return [environ["REMOTE_ADDR"].encode()]

    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9, 10.1.1.1"}
    assert behind_edge(application, ["10.0.0.0/8"])(environ, None) == [seen.encode()]
