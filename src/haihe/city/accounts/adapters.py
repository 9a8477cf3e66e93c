"""How allauth behaves in Haihe: no open sign-up unless the operator wants it, codes kept encrypted."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.HAIHE.open_sign_up)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        staff = request.user.has_perm("wagtailadmin.access_admin")
        return reverse("wagtailadmin_home" if staff else "city_account")

    get_signup_redirect_url = get_login_redirect_url


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes lie encrypted in the database, under the secret key."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        return {"id": context.request.get_host().partition(":")[0], "name": settings.HAIHE.city_name}


def _fernet() -> Fernet:
    key = hashlib.sha256(b"haihe.city.accounts" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
