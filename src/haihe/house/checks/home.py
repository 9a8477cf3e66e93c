"""What can be seen without Django: settings, the home folder, the disk, the address, what is built."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from haihe.base.config import Config, derive, load
from haihe.base.config.settings import SECRET, config_file
from haihe.base.doctor import Finding, check, good, note, warning, wrong
from haihe.house import messages
from haihe.house.up import AddressTaken, check_address

SOURCE = Path(__file__).resolve().parents[2]
BUILT = SOURCE / "base" / "web" / "static" / "haihe" / "built" / "manifest.json"
FONTS = SOURCE / "base" / "web" / "fonts" / "whole"
FACES = ("sans.ttf", "sans-bold.ttf", "serif.ttf", "serif-bold.ttf")
MB = 1024 * 1024


@check("house.settings")
def settings_are_sound() -> Iterator[Finding]:
    config = load()
    changed = [field.name for field in dataclasses.fields(Config) if getattr(config, field.name) != field.default]
    told = [f"{name} (not shown)" if name in SECRET else f"{name} = {getattr(config, name)}" for name in changed]
    file = config_file(os.environ)
    yield note(f"{file if file.exists() else 'no haihe.toml'}; set: {', '.join(told) or 'nothing'}")
    public = urlsplit(config.public_url).hostname
    local = public in ("localhost", "127.0.0.1", "::1")
    if config.debug and not local:
        yield wrong("debug shows the insides of Haihe to the public", "Set `debug = false` in haihe.toml.")
    if not local and not derive.is_https(config):
        yield warning(
            f"{config.public_url} is not https: sessions can be read on the way", "Set an https `public_url`."
        )
    if not config.smtp_url and not local:
        yield warning("no mail leaves: `smtp_url` is empty", "Set `smtp_url` and `mail_from` in haihe.toml.")
    if not config.crawler_contact:
        yield note("collecting names no contact; sites may refuse it: set `crawler_contact`")


@check("house.home")
def home_can_be_written() -> Iterator[Finding]:
    home = load().home
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=home) as probe:
            probe.write(b"haihe")
            probe.flush()
    except OSError as error:
        yield wrong(f"{home} cannot be written ({error.strerror})", "Give its folder to the account that runs Haihe.")
        return
    yield good(f"{home} can be written")


@check("house.disk")
def disk_has_room() -> Iterator[Finding]:
    config = load()
    there = next(folder for folder in [config.home, *config.home.parents] if folder.exists())
    free = shutil.disk_usage(there).free // MB
    if free < config.disk_floor_mb:
        text = f"{free} MB are free on the disk of {config.home}, fewer than disk_floor_mb = {config.disk_floor_mb}"
        yield wrong(text, "Free some, or move the home to a larger disk; Masters are refused when it is full.")
    else:
        yield good(f"{free} MB free")


@check("house.secret")
def secret_is_kept() -> Iterator[Finding]:
    config = load()
    for file in (config.home / "secret_key", config.home / "haihe.toml"):
        holds_secret = file.name == "secret_key" or any(getattr(config, name) for name in SECRET)
        if file.exists() and holds_secret and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield wrong(f"{file} can be read by other accounts", f"chmod 600 {file}")


@check("house.address")
def address_is_ours() -> Iterator[Finding]:
    config = load()
    state = running_state(config)
    if state:
        yield good(f"runs as process {state['pid']} on {state['bind']}")
        return
    try:
        check_address(config.bind)
    except AddressTaken as error:
        yield wrong(f"{error.thing}: {error.message}", error.hint)
    else:
        yield note(f"does not run; {config.bind} is free")


@check("house.processes")
def processes_live() -> Iterator[Finding]:
    state = running_state(load())
    for part in state["parts"] if state else ():
        if not part["pid"] or not psutil.pid_exists(part["pid"]):
            yield wrong(
                f"{part['name']} does not run (last exit: {part['last_exit']})", "Read log/haihe.log in the home."
            )
        elif part["deaths"]:
            yield warning(f"{part['name']} had to be started again {part['deaths']} times", "Read log/haihe.log.")


@check("house.built")
def everything_is_built() -> Iterator[Finding]:
    if not BUILT.exists():
        yield wrong("the front end is not built: pages have no style", "Run `make setup`.")
    absent = [face for face in FACES if not (FONTS / face).exists()]
    if absent:
        text = f"fonts are missing ({', '.join(absent)}): Chinese in pictures and PDFs shows as boxes"
        yield wrong(text, "Run `make setup`.")
    old = messages.stale()
    if old:
        text = (
            f"{len(old)} message catalogues are not compiled ({old[0].relative_to(SOURCE)} first): pages show English"
        )
        yield wrong(text, "Run `haihe prepare`.")
    static = load().home / "static"
    if not any(static.glob("*")):
        yield wrong(f"{static} is empty: no page finds its styles and scripts", "Run `haihe prepare`.")


@check("house.clock")
def clock_is_plausible() -> Iterator[Finding]:
    """Files of the home that are newer than now show a clock that was set back."""
    home, now = load().home, time.time()
    names = ("haihe.sqlite3", "haihe.sqlite3-wal", "prepared.json", "log/haihe.log")
    ahead = [name for name in names if (home / name).exists() and (home / name).stat().st_mtime > now + 60]
    if ahead:
        text = f"the clock stands before the last write of {ahead[0]}"
        yield wrong(text, "Set the clock (timedatectl set-ntp true) before anything is published.")


def running_state(config: Config) -> dict[str, Any] | None:
    """What `haihe up` says of itself, while its process lives."""
    try:
        state = json.loads((config.home / "run" / "up.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return state if psutil.pid_exists(state["pid"]) else None
