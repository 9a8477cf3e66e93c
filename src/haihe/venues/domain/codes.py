"""Codes that a class says aloud, and keys that nobody guesses."""

from __future__ import annotations

import secrets

SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another


def new_code() -> str:
    """Eight signs: a thousand classes among 10^12 codes are not found by trying."""
    return "".join(secrets.choice(SIGNS) for _place in range(8))


def new_key() -> str:
    return secrets.token_urlsafe(18)
