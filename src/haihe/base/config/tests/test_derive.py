"""What follows from the settings: key, database, hosts, mail."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from haihe.base.config import Config, derive


def test_secret_key_is_made_once_even_when_many_start_together(tmp_path: Path) -> None:
    config = Config(home=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _n: derive.secret_key(config), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_secret_key_of_the_settings_leaves_no_file(tmp_path: Path) -> None:
    assert derive.secret_key(Config(home=tmp_path, secret_key="told")) == "told"
    assert list(tmp_path.iterdir()) == []


def test_database_of_a_postgres_address_is_read_whole() -> None:
    entry = derive.database(Config(database_url="postgres://city:p%40ss%2Fword@db.local:6543/haihe?sslmode=require"))
    told = {name: entry[name] for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    assert told == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "haihe",
        "USER": "city",
        "PASSWORD": "p@ss/word",
        "HOST": "db.local",
        "PORT": 6543,
        "OPTIONS": {"connect_timeout": 10, "sslmode": "require"},
    }


def test_hosts_and_origins_follow_the_public_address() -> None:
    config = Config(public_url="https://news.example.org:8443", other_hosts=("www.example.org",))
    assert derive.hosts(config) == ["news.example.org", "www.example.org", "localhost", "127.0.0.1", "[::1]"]
    assert derive.origins(config) == ["https://news.example.org:8443", "https://www.example.org"]
    assert derive.is_https(config)
    assert not derive.is_https(Config())


def test_mail_goes_where_the_address_says() -> None:
    submission = derive.mail(Config(smtp_url="smtp://u:p%20w@mail.example.org"))
    assert (submission["EMAIL_PORT"], submission["EMAIL_USE_TLS"], submission["EMAIL_USE_SSL"]) == (587, True, False)
    assert (submission["EMAIL_HOST_USER"], submission["EMAIL_HOST_PASSWORD"]) == ("u", "p w")
    wrapped = derive.mail(Config(smtp_url="smtps://u:p@mail.example.org"))
    assert (wrapped["EMAIL_PORT"], wrapped["EMAIL_USE_TLS"], wrapped["EMAIL_USE_SSL"]) == (465, False, True)
    assert derive.mail(Config())["EMAIL_BACKEND"].endswith("console.EmailBackend")
