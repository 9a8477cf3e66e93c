"""Secrets of sources (a mailbox's password, a hub's secret), encrypted under the secret key in the database."""

from __future__ import annotations

from haihe.base import sealing

PURPOSE = "haihe.newsroom.sources"


def seal(secret: str) -> str:
    """The secret, encrypted; empty stays empty."""
    return sealing.seal(secret, purpose=PURPOSE)


def unseal(sealed: str) -> str:
    """The secret in clear. Raises SecretUnreadable."""
    return sealing.unseal(sealed, purpose=PURPOSE)
