"""Every key of `haihe.toml`, with its type, default and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def default_home(environ: dict[str, str]) -> Path:
    """HAIHE_HOME, else `var` of the checkout Haihe runs from, else the user's data folder."""
    if environ.get("HAIHE_HOME"):
        return Path(environ["HAIHE_HOME"]).expanduser().resolve()
    checkout = Path(__file__).resolve().parents[4]
    if (checkout / "pyproject.toml").is_file():
        return checkout / "var"
    data = environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data).expanduser() / "haihe"


def key(default: Any, help: str, check: str = "") -> Any:
    """A key's default, what it means, and the name of the rule its value must meet."""
    return field(default=default, metadata={"help": help, "check": check})


@dataclass(frozen=True)
class Config:
    """The operator's settings; the environment variable of a key is its name in capitals after `HAIHE_`."""

    home: Path = key(Path(), "folder of everything Haihe keeps; default: HAIHE_HOME, else `var` in the checkout")
    city_name: str = key("海河市", "the city's name, as the portal shows it", "filled")
    city_name_en: str = key("Haihe", "the city's name on English pages", "filled")
    public_url: str = key("http://localhost:8000", "address the public uses, without a path", "web_address")
    bind: str = key("127.0.0.1:8000", "address and port the edge listens on", "host_and_port")
    web_processes: int = key(
        1, "processes that make pages; 2 (60 MB more) where over fifty people write at once", "positive"
    )
    other_hosts: tuple[str, ...] = key((), "further host names that answer, beside the one of `public_url`")
    trusted_proxies: tuple[str, ...] = key((), "networks (CIDR) of proxies whose X-Forwarded-* is believed", "networks")
    database_url: str = key("", "`postgres://user:password@host:port/name`; empty: SQLite in the home", "database")
    secret_key: str = key("", "signs sessions; empty: made once and kept in the home, readable by its owner only")
    open_sign_up: bool = key(False, "anybody may make an account, with a confirmed e-mail address; else staff invite")
    debug: bool = key(False, "developer's error pages; never in public")
    languages: tuple[str, ...] = key(("zh-hans", "en"), "languages of the portal, the first one at `/`", "languages")
    time_zone: str = key("Asia/Shanghai", "time zone of the city", "time_zone")
    smtp_url: str = key("", "`smtp://user:password@host:587` or `smtps://…:465`; empty: mail goes to the log", "smtp")
    mail_from: str = key("haihe@localhost", "sender of mail", "filled")
    allow_addresses: tuple[str, ...] = key(
        (), "private networks (CIDR) that collecting may reach all the same", "networks"
    )
    embed_hosts: tuple[str, ...] = key((), "hosts whose pages staff may embed by address (oEmbed), with all below them")
    crawler_name: str = key("Haihe", "name in the User-Agent of collecting", "filled")
    crawler_contact: str = key("", "address or mail where a site's owner reaches you")
    voice_service: str = key("", "address of a service that reads texts aloud; empty: espeak-ng where it is installed")
    picture_limit_mb: int = key(64, "largest picture staff may upload, in MB", "positive")
    watched_folder: Path = key(Path(), "folder below which sources may watch folders; default: `watched` in the home")
    upload_limit_gb: int = key(512, "largest file that may be deposited over the web, in GB", "positive")
    second_store: str = key(
        "",
        "where every object of the archive lies a second time: `file:///folder` or `s3://bucket?endpoint=…&region=…`",
    )
    fixity_mb: int = key(20, "MB a second that checking the archive may read", "positive")
    disk_floor_mb: int = key(2048, "free space below which doctor warns, in MB", "positive")
