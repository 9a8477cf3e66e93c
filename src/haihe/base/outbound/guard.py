"""Which addresses collecting may reach: decided on the resolved IP, never on how the host is spelt."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeout
from dataclasses import dataclass
from functools import cache

import httpx

from haihe.base.outbound.errors import AddressRefused, AddressUnreadable, HostUnreachable

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Sequence[str]]

# IANA special-purpose registries, beside what `is_global` knows, which differs between Python releases;
# 168.63.129.16 is the metadata address of a public cloud that hands out a global one.
_DENIED_V4 = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
"""
_DENIED_V6 = """
::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""
_DENIED: tuple[Network, ...] = tuple(map(ipaddress.ip_network, (_DENIED_V4 + _DENIED_V6).split()))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

# Ports of other services (WHATWG Fetch "bad ports" from 1024 on, and databases that answer to HTTP-shaped lines).
_BAD_PORTS = frozenset(
    [1719, 1720, 1723, 2049, 2375, 2376, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566]
).union([*range(6665, 6670), 6679, 6697, 9200, 9300, 10080, 11211, 27017])
_LONGEST_URL = 8_000


@cache
def _lookups() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="haihe-dns")


def system_resolver(host: str, port: int) -> list[str]:
    """IPs of a host, as the machine resolves it. Raises OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Destination:
    """Where a request goes: the addresses the connection is pinned to.

    own    every address lies in a network the operator allowed: a machine of his own, not a stranger's host
    """

    host: str
    port: int
    addresses: tuple[str, ...]
    own: bool


class AddressGuard:
    """Decides where collecting may go.

    allow      networks (CIDR) the operator opens all the same
    resolver   name look-up, host and port to IPs
    """

    def __init__(self, allow: Iterable[str] = (), resolver: Resolver = system_resolver) -> None:
        self.allow: tuple[Network, ...] = tuple(ipaddress.ip_network(text, strict=False) for text in allow)
        self.resolver = resolver

    def permits(self, address: str) -> bool:
        """Whether a resolved address may be connected to."""
        ip = _plain(address)
        return self._opened(ip) or not is_internal(ip)

    def destination(self, url: httpx.URL, *, timeout: float) -> Destination:
        """Resolve a URL's host and keep the addresses that are allowed.

        Raises AddressUnreadable, AddressRefused, HostUnreachable.
        """
        shown = public_url(url)
        if url.scheme not in ("http", "https") or not url.host:
            raise AddressUnreadable(thing=shown)
        if len(str(url)) > _LONGEST_URL:
            raise AddressUnreadable(f"The address is longer than {_LONGEST_URL} characters.", thing=shown[:200])
        port = url.port or (443 if url.scheme == "https" else 80)
        host = url.raw_host.decode("ascii").strip("[]")
        addresses = self._resolve(host, port, timeout, shown)
        permitted = tuple(address for address in addresses if self.permits(address))
        if not permitted:
            raise AddressRefused(
                f"{host} is {addresses[0]}, which is inside a private or reserved network.", thing=shown
            )
        own = all(self._opened(_plain(address)) for address in permitted)
        if not own and ((port < 1024 and port not in (80, 443)) or port in _BAD_PORTS):
            raise AddressRefused(f"Port {port} is not one that serves web pages.", thing=shown)
        return Destination(host, port, permitted, own)

    def _resolve(self, host: str, port: int, timeout: float, shown: str) -> Sequence[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        try:
            # getaddrinfo knows no time limit: a look-up that hangs is left behind in its thread.
            addresses = _lookups().submit(self.resolver, host, port).result(timeout)
        except LookupTimeout:
            raise HostUnreachable(f"Looking up {host} took longer than {timeout:.0f} s.", thing=shown) from None
        except (OSError, UnicodeError) as error:
            raise HostUnreachable(f"The host {host} has no address.", thing=shown) from error
        if not addresses:
            raise HostUnreachable(f"The host {host} has no address.", thing=shown)
        return addresses

    def _opened(self, ip: IP) -> bool:
        return any(candidate in network for candidate in _layers(ip) for network in self.allow)


def is_internal(ip: IP) -> bool:
    """Whether an address is not one of the open internet, looking through mapped, NAT64 and 6to4 forms."""
    for layer in _layers(ip):
        if any(layer in network for network in _DENIED):
            return True
        wraps = layer.version == 6 and len(_layers(layer)) > 1
        if not wraps and (not layer.is_global or layer.is_multicast or layer.is_reserved):
            return True
    return False


def _layers(ip: IP) -> list[IP]:
    """The address and the IPv4 address it carries inside, if any; a mapped one is nothing but its IPv4 address."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    if ip.sixtofour:
        return [ip, ip.sixtofour]
    if ip in _NAT64:
        return [ip, ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    return [ip]


def _plain(address: str) -> IP:
    return ipaddress.ip_address(address.split("%", 1)[0])


def public_url(url: httpx.URL | str) -> str:
    """The address without user name and password, for logs, errors and ledgers."""
    try:
        parsed = httpx.URL(url) if isinstance(url, str) else url
        return str(parsed.copy_with(username=None, password=None)) if parsed.userinfo else str(parsed)
    except (httpx.InvalidURL, ValueError, TypeError):
        text = str(url)
        return text.rsplit("@", 1)[-1] if "@" in text else text
