"""Secrets in the database (passwords, tokens, signing secrets), encrypted under the city's secret key."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from haihe.base.errors import HaiheError


class SecretUnreadable(HaiheError):
    """The password cannot be read: Haihe's secret key is not the one it was kept under."""

    permanent = True
    hint = "Write the password again on the page where it is set."


def seal(secret: str, *, purpose: str) -> str:
    """The secret, encrypted for one purpose ("haihe.newsroom.sources"); empty stays empty."""
    return _fernet(purpose).encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str, *, purpose: str) -> str:
    """The secret in clear. Raises SecretUnreadable."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise SecretUnreadable from error


def _fernet(purpose: str) -> Fernet:
    key = hashlib.sha256(purpose.encode() + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
