"""Access keys for programs: `HH`, the person's uuid, when it ends, and a stamp that changes with the person's password.

The secret is derived from the access key and the city's own key, so that the edge can judge a signature without asking
and nothing secret is kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from dataclasses import dataclass

FORM = re.compile(r"HH([0-9a-f]{32})([0-9a-f]{8})([0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class AccessKey:
    """Whose it is (uuid in hex), until when (seconds since 1970), and the stamp that Django compares."""

    text: str
    person: str
    until: int
    stamp: str


def access_key(person: str, until: int, stamp: str) -> str:
    """person: uuid in hex; stamp: 12 hexadecimal digits."""
    return f"HH{person}{until:08x}{stamp}"


def read(text: str) -> AccessKey | None:
    """None for what is no access key of ours, or has ended."""
    found = FORM.fullmatch(text)
    if found is None:
        return None
    person, until, stamp = found.groups()
    key = AccessKey(text, person, int(until, 16), stamp)
    return key if key.until > time.time() else None


def secret_of(text: str, key: str) -> str:
    """The secret of an access key; `key` is the city's."""
    mac = hmac.new(key.encode(), f"haihe s3 secret {text}".encode(), hashlib.sha256).digest()
    return base64.b64encode(mac, altchars=b"-_").decode()[:40]
