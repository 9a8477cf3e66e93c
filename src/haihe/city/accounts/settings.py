"""Settings of accounts, made from the operator's `haihe.toml`; read by the settings of the house."""

from __future__ import annotations

from typing import Any

from haihe.base.config import Config

_VALIDATION = "django.contrib.auth.password_validation."


def account_settings(config: Config) -> dict[str, Any]:
    """Django settings by name: who may sign in, how, how often they may try."""
    secure = config.public_url.startswith("https://")
    return {
        "AUTHENTICATION_BACKENDS": [
            "allauth.account.auth_backends.AuthenticationBackend",
            "haihe.city.wagtail_policy.RoleBackend",
        ],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{_VALIDATION}UserAttributeSimilarityValidator"},
            {"NAME": f"{_VALIDATION}MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
            {"NAME": f"{_VALIDATION}CommonPasswordValidator"},
            {"NAME": f"{_VALIDATION}NumericPasswordValidator"},
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/account/",
        "LOGOUT_REDIRECT_URL": "/account/login/",
        "ACCOUNT_ADAPTER": "haihe.city.accounts.adapters.AccountAdapter",
        "ACCOUNT_FORMS": {"login": "haihe.city.accounts.forms.SignIn"},
        "ACCOUNT_LOGIN_METHODS": {"username", "email"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "email*", "password1*", "password2*"],
        "ACCOUNT_UNIQUE_EMAIL": True,
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory" if config.open_sign_up else "optional",
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": f"[{config.city_name}] ",
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https" if secure else "http",
        "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": False,
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 600,
        "ACCOUNT_SESSION_REMEMBER": None,
        # Tries per time and address or account; a browser that tries too often waits, nobody is locked out for good.
        "ACCOUNT_RATE_LIMITS": {
            "login": "30/m/ip",
            "login_failed": "10/m/ip,5/5m/key",
            "reset_password": "20/m/ip,5/m/key",
            "reset_password_from_key": "20/m/ip",
            "reauthenticate": "10/m/user",
            "change_password": "5/m/user",
            "manage_email": "10/m/user",
            "signup": "20/m/ip",
            "confirm_email": "1/3m/key",
        },
        "MFA_ADAPTER": "haihe.city.accounts.adapters.MFAAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_ISSUER": config.city_name,
        "MFA_TOTP_TOLERANCE": 1,
        # Browsers offer passkeys only over https or on localhost; without this fido2 refuses the latter.
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not secure,
        # One sign-in, one place for passwords and addresses: Wagtail's own pages for these are off.
        "WAGTAILADMIN_LOGIN_URL": "account_login",
        "WAGTAIL_PASSWORD_MANAGEMENT_ENABLED": False,
        "WAGTAIL_PASSWORD_RESET_ENABLED": False,
        "WAGTAIL_EMAIL_MANAGEMENT_ENABLED": False,
        "WAGTAILUSERS_PASSWORD_REQUIRED": False,
        "WAGTAILIMAGES_IMAGE_FORM_BASE": "haihe.city.wagtail_file_forms.GatedPictureForm",
        "WAGTAILDOCS_DOCUMENT_FORM_BASE": "haihe.city.wagtail_file_forms.GatedDocumentForm",
        "WAGTAIL_ENABLE_UPDATE_CHECK": False,  # no call home
        "WAGTAIL_GRAVATAR_PROVIDER_URL": None,  # nor anybody's address, hashed, to a picture service
        "WAGTAIL_ENABLE_WHATS_NEW_BANNER": False,
    }
