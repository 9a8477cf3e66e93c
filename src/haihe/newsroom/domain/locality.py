"""Whether two addresses belong to one site. Knows no Django."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

# Second labels under which names are handed out, as in gov.cn and co.uk: sharing them says nothing.
_SHARED = frozenset(["ac", "co", "com", "edu", "gob", "gov", "gouv", "mil", "net", "nom", "or", "org"])


def same_site(one: str, other: str) -> bool:
    """Whether hosts are the same, or names under one domain (news.example.gov.cn and www.example.gov.cn)."""
    try:
        first, second = urlsplit(one).hostname or "", urlsplit(other).hostname or ""
    except ValueError:
        return False
    return bool(first) and (first == second or (_domain(first) == _domain(second) != ""))


def _domain(host: str) -> str:
    """The domain below which one owner hands out names; empty for an IP and for a name of one label."""
    try:
        ipaddress.ip_address(host)
        return ""
    except ValueError:
        pass
    labels = host.rstrip(".").split(".")
    kept = 3 if len(labels) > 2 and labels[-2] in _SHARED and len(labels[-1]) == 2 else 2
    return ".".join(labels[-kept:]) if len(labels) >= 2 else ""
