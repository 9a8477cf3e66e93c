"""Manners towards a host: few connections at once, pauses between them, and waiting when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from haihe.base.outbound.errors import HostBusy

_LONGEST_PAUSE = 24 * 3600.0
_LONGEST_SPACE = 60.0
_REMEMBERED_HOSTS = 4096


@dataclass
class _Host:
    inside: int = 0
    waiting: int = 0
    next_at: float = 0.0  # time.monotonic()
    closed_until: float = 0.0
    asked_for: float = 0.0  # seconds between requests, as the host's robots.txt asks


class Manners:
    """Shared by all threads of a process.

    at_once    connections to one host
    interval   seconds between the starts of two requests to one host
    """

    def __init__(self, at_once: int = 2, interval: float = 0.5) -> None:
        self.at_once = at_once
        self.interval = interval
        self._hosts: dict[str, _Host] = {}
        self._changed = threading.Condition()

    @contextmanager
    def visiting(self, host: str, *, wait: float, spaced: bool = True) -> Iterator[None]:
        """Hold one of the host's places. Raises HostBusy where none comes free within `wait` seconds.

        spaced    False for machines of the operator's own: no pauses, only few at once
        """
        self._enter(host, time.monotonic() + wait, self.interval if spaced else 0.0)
        try:
            yield
        finally:
            with self._changed:
                self._hosts[host].inside -= 1
                self._changed.notify_all()

    def asked_to_space(self, host: str, seconds: float) -> None:
        """Note the pause that a host asks crawlers to keep between two requests, at most a minute of it."""
        with self._changed:
            self._hosts.setdefault(host, _Host()).asked_for = min(max(seconds, 0.0), _LONGEST_SPACE)

    def told_to_wait(self, host: str, retry_after: str) -> float:
        """Note a Retry-After (seconds or HTTP date); returns the seconds of pause, 0 where it says nothing."""
        pause = min(seconds_of(retry_after), _LONGEST_PAUSE)
        if pause > 0:
            with self._changed:
                state = self._hosts.setdefault(host, _Host())
                state.closed_until = max(state.closed_until, time.monotonic() + pause)
        return pause

    def _enter(self, host: str, until: float, interval: float) -> None:
        with self._changed:
            self._forget_idle()
            state = self._hosts.setdefault(host, _Host())
            state.waiting += 1
            try:
                while True:
                    now = time.monotonic()
                    ready_at = max(state.closed_until, state.next_at)
                    if ready_at > until:
                        raise HostBusy(thing=host, retry_after=ready_at - now)
                    if ready_at <= now and state.inside < self.at_once:
                        break
                    if now >= until:
                        raise HostBusy(thing=host, retry_after=max(1.0, interval))
                    self._changed.wait((min(until, ready_at) if ready_at > now else until) - now)
                state.inside += 1
                state.next_at = time.monotonic() + max(interval, state.asked_for)
            finally:
                state.waiting -= 1

    def _forget_idle(self) -> None:
        if len(self._hosts) < _REMEMBERED_HOSTS:
            return
        now = time.monotonic()
        for host, state in list(self._hosts.items()):
            if not (state.inside or state.waiting) and max(state.closed_until, state.next_at) < now:
                del self._hosts[host]


def seconds_of(retry_after: str) -> float:
    """Seconds a Retry-After header asks for; 0 where it cannot be read or lies in the past."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0
