"""Signed addresses: who holds one is invited to one Master until a moment. And the word the edge says to Django."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime

FORM = re.compile(r"([0-9a-f-]{36})~(\d{1,11})~([0-9a-f]{32})")


def signed(master: str, till: datetime, key: str) -> str:
    """The identifier of a Master that invites until `till` (whole seconds): it stands for the id in every address."""
    seconds = int(till.timestamp())
    return f"{master}~{seconds}~{_mac(key, f'invitation:{master}:{seconds}')}"


def invitation(identifier: str, key: str) -> tuple[str, datetime | None]:
    """(id of the Master, until when the holder is invited); None where nothing, or nothing of ours, was signed."""
    found = FORM.fullmatch(identifier)
    if found is None:
        return identifier.partition("~")[0], None
    master, seconds, mac = found.groups()
    if not hmac.compare_digest(mac, _mac(key, f"invitation:{master}:{seconds}")):
        return master, None
    try:
        return master, datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return master, None


def edge_word(key: str) -> str:
    """What the edge says to Django, so that nobody else can ask there."""
    return _mac(key, "edge asks for rights")


def _mac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]
