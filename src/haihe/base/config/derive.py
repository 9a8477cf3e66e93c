"""What follows from the operator's settings: the secret key, the database, hosts, mail."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from haihe.base.config.keys import Config

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
    "PRAGMA cache_size=-16000; PRAGMA journal_size_limit=67108864;"
)


def secret_key(config: Config) -> str:
    """The key of the settings, else the one of the home, made once; two processes that start together get one key."""
    if config.secret_key:
        return config.secret_key
    return kept_secret(config.home / "secret_key")


def kept_secret(file: Path) -> str:
    """The secret that `file` keeps, readable by its owner only; made once, also where two processes start together."""
    if not file.exists():
        made = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(50))
        try:
            os.link(made, file)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return file.read_text(encoding="ascii").strip()


def database(config: Config) -> dict[str, Any]:
    """Django's entry for the database: SQLite in the home, or PostgreSQL by `database_url`."""
    if not config.database_url:
        return {
            "ENGINE": "haihe.base.sqlite",
            "NAME": config.home / "haihe.sqlite3",
            "CONN_MAX_AGE": 60,  # opening one takes as long as thirty questions: it reads the whole schema
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
            "TEST": {"NAME": ":memory:"},
        }
    parts = urlsplit(config.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10, **dict(parse_qsl(parts.query))},
    }


def hosts(config: Config) -> list[str]:
    """Host names that answer: the public one, the operator's further ones, and this machine's own."""
    public = urlsplit(config.public_url).hostname or "localhost"
    return list(dict.fromkeys([public, *config.other_hosts, "localhost", "127.0.0.1", "[::1]"]))


def origins(config: Config) -> list[str]:
    """Origins whose forms are accepted: the public address and the further hosts with its scheme."""
    parts = urlsplit(config.public_url)
    return [f"{parts.scheme}://{host}" for host in (parts.netloc.rpartition("@")[2], *config.other_hosts)]


def is_https(config: Config) -> bool:
    return config.public_url.startswith("https://")


def mail(config: Config) -> dict[str, Any]:
    """Django's EMAIL_* settings; without `smtp_url` mail is written to the log."""
    sender = {"DEFAULT_FROM_EMAIL": config.mail_from, "SERVER_EMAIL": config.mail_from, "EMAIL_TIMEOUT": 30}
    if not config.smtp_url:
        return {**sender, "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(config.smtp_url)
    secure = parts.scheme == "smtps"
    return {
        **sender,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": not secure and bool(parts.username),  # a relay without an account is a local one
    }


def make_home(config: Config) -> Path:
    """The home folder, made if need be."""
    config.home.mkdir(parents=True, exist_ok=True)
    return config.home
