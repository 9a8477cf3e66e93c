"""Signatures of webhooks, after Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac

TOLERANCE = 300  # seconds that a receiver may let clocks differ


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Value of the header `webhook-signature`."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret: base64 behind "whsec_", as receivers' libraries have it; any other text as it stands."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_"))
    return secret.encode()


def is_signed(secret: str, message_id: str, timestamp: int, body: bytes, header: str, *, now: int) -> bool:
    """What a receiver checks; several signatures may stand in the header, parted by spaces."""
    if abs(now - timestamp) > TOLERANCE:
        return False
    ours = signature(secret, message_id, timestamp, body)
    return any(hmac.compare_digest(ours, one) for one in header.split())
