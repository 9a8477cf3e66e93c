from __future__ import annotations

import httpx
import pytest

from haihe.base.outbound import AddressGuard, AddressRefused, AddressUnreadable, Client, HostUnreachable, public_url

REFUSED = """
127.0.0.1 127.255.255.254 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
100.100.100.200 192.0.0.192 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 168.63.129.16 192.0.2.1 203.0.113.9
::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2002:a9fe:a9fe::
2001:0:4136:e378:8000:63bf:3fff:fdd2 100::1
""".split()  # noqa: SIM905
PERMITTED = "8.8.8.8 1.1.1.1 172.32.0.1 100.128.0.1 2606:4700:4700::1111 64:ff9b::808:808 2002:808:808::".split()  # noqa: SIM905
SPELT = ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::1]", "127.0.0.1."]


def guard_of(answers: dict[str, list[str]], allow: tuple[str, ...] = ()) -> AddressGuard:
    return AddressGuard(allow, resolver=lambda host, port: answers[host])


@pytest.mark.parametrize("address", REFUSED)
def test_guard_refuses_internal_address(address: str) -> None:
    assert not AddressGuard().permits(address)


@pytest.mark.parametrize("address", PERMITTED)
def test_guard_permits_open_address(address: str) -> None:
    assert AddressGuard().permits(address)


@pytest.mark.parametrize("host", SPELT)
def test_guard_sees_loopback_however_it_is_spelt(host: str) -> None:
    with pytest.raises((AddressRefused, AddressUnreadable, HostUnreachable)) as caught:
        Client().fetch(f"http://{host}/")
    if host in ("localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f000001", "127.1"):
        assert caught.type is AddressRefused


def test_guard_decides_on_resolved_address() -> None:
    guard = guard_of({"news.example": ["192.168.3.4"]})
    with pytest.raises(AddressRefused, match=r"news\.example is 192\.168\.3\.4"):
        guard.destination(httpx.URL("http://news.example/feed"), timeout=5)


def test_guard_pins_only_permitted_of_mixed_addresses() -> None:
    guard = guard_of({"news.example": ["10.0.0.5", "93.184.216.34"]})
    assert guard.destination(httpx.URL("http://news.example/"), timeout=5).addresses == ("93.184.216.34",)


def test_guard_opens_what_operator_allows_and_no_more() -> None:
    guard = AddressGuard(["10.7.0.0/16"])
    assert guard.permits("10.7.1.1")
    assert guard.permits("::ffff:10.7.1.1")
    assert not guard.permits("10.8.1.1")
    assert not guard.permits("127.0.0.1")


@pytest.mark.parametrize("port", [22, 25, 110, 6379, 11211, 5432])
def test_guard_refuses_port_of_other_service(port: int) -> None:
    guard = guard_of({"a.example": ["93.184.216.34"]})
    with pytest.raises(AddressRefused, match=f"Port {port}"):
        guard.destination(httpx.URL(f"http://a.example:{port}/"), timeout=5)
    assert guard.destination(httpx.URL("http://a.example:8080/"), timeout=5).port == 8080


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "file:///etc/passwd", "gopher://a.example/", "feed.xml", "http://"]
)
def test_guard_reads_only_web_addresses(url: str) -> None:
    with pytest.raises(AddressUnreadable):
        guard_of({"a.example": ["93.184.216.34"]}).destination(httpx.URL(url), timeout=5)


def test_public_url_hides_login() -> None:
    assert public_url("https://ann:secret@a.example/feed?x=1") == "https://a.example/feed?x=1"
    assert "secret" not in public_url("http://ann:secret@[broken/feed")
