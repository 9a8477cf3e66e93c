"""Ports for the servers that tests and benches start."""

from __future__ import annotations

import random
import socket

_BELOW_EPHEMERAL = range(10_000, 32_000)  # Linux hands out 32768–60999 to whoever connects


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens.

    Drawn from where the system draws none itself: a port that it named as free it may give to the connection of another
    test before our server is up, and that test's server would answer in the place of ours.
    """
    while True:
        port = random.SystemRandom().choice(_BELOW_EPHEMERAL)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
