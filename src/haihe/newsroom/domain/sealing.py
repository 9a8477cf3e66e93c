"""Secrets of sources (a mailbox's password, a hub's secret), encrypted under the secret key in the database."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from haihe.base.errors import HaiheError


class SecretUnreadable(HaiheError):
    """The source's password cannot be read: Haihe's secret key is not the one it was kept under."""

    permanent = True
    hint = "Write the password again on the source's page."


def seal(secret: str) -> str:
    """The secret, encrypted; empty stays empty."""
    return _fernet().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """The secret in clear. Raises SecretUnreadable."""
    try:
        return _fernet().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise SecretUnreadable from error


def _fernet() -> Fernet:
    key = hashlib.sha256(b"haihe.newsroom.sources" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
