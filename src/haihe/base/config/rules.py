"""What a value must be beyond its type; each rule says in words what it asks."""

from __future__ import annotations

import ipaddress
import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from haihe.base.words import gettext_noop

Rule = Callable[[Any], bool]


def _filled(value: str) -> bool:
    return bool(value.strip())


def _positive(value: int) -> bool:
    return value > 0


def _web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path in ("", "/") and not parts.query


def _host_and_port(value: str) -> bool:
    host, _colon, port = value.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 <= int(port) < 65536


def _networks(values: tuple[str, ...]) -> bool:
    try:
        return all(ipaddress.ip_network(value, strict=False) for value in values)
    except ValueError:
        return False


def _with_scheme(*schemes: str) -> Rule:
    def holds(value: str) -> bool:
        try:
            parts = urlsplit(value)
            _port = parts.port
        except ValueError:
            return False
        return not value or (parts.scheme in schemes and bool(parts.hostname))

    return holds


def _languages(values: tuple[str, ...]) -> bool:
    return bool(values) and len(set(values)) == len(values) and set(values) <= {"zh-hans", "en"}


def _time_zone(value: str) -> bool:
    try:
        return bool(zoneinfo.ZoneInfo(value))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False


RULES: dict[str, tuple[Rule, str]] = {
    "filled": (_filled, gettext_noop("a text that is not empty")),
    "positive": (_positive, gettext_noop("a whole number above 0")),
    "web_address": (_web_address, gettext_noop("an address like https://news.example.org, without a path")),
    "host_and_port": (_host_and_port, gettext_noop("an address and port like 127.0.0.1:8000")),
    "networks": (_networks, gettext_noop("networks like 10.0.0.0/8")),
    "database": (
        _with_scheme("postgres", "postgresql"),
        gettext_noop("an address like postgres://user:password@host:5432/name"),
    ),
    "smtp": (_with_scheme("smtp", "smtps"), gettext_noop("an address like smtp://user:password@host:587")),
    "languages": (_languages, gettext_noop("a list of zh-hans and en, each once")),
    "time_zone": (_time_zone, gettext_noop("a zone like Asia/Shanghai")),
}
