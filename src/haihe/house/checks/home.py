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
from haihe.base.words import gettext as _
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
    hidden = _("(not shown)")
    told = [f"{name} {hidden}" if name in SECRET else f"{name} = {getattr(config, name)}" for name in changed]
    file = config_file(os.environ)
    which = {"file": file if file.exists() else _("no haihe.toml"), "keys": ", ".join(told) or _("nothing")}
    yield note(_("%(file)s; set: %(keys)s") % which)
    public = urlsplit(config.public_url).hostname
    local = public in ("localhost", "127.0.0.1", "::1")
    if config.debug and not local:
        yield wrong(_("debug shows the insides of Haihe to the public"), _("Set `debug = false` in haihe.toml."))
    if not local and not derive.is_https(config):
        text = _("%(address)s is not https: sessions can be read on the way") % {"address": config.public_url}
        yield warning(text, _("Set an https `public_url`."))
    if not config.smtp_url and not local:
        yield warning(_("no mail leaves: `smtp_url` is empty"), _("Set `smtp_url` and `mail_from` in haihe.toml."))
    if not config.crawler_contact:
        yield note(_("collecting names no contact; sites may refuse it: set `crawler_contact`"))


@check("house.home")
def home_can_be_written() -> Iterator[Finding]:
    home = load().home
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=home) as probe:
            probe.write(b"haihe")
            probe.flush()
    except OSError as error:
        text = _("%(folder)s cannot be written (%(why)s)") % {"folder": home, "why": error.strerror}
        yield wrong(text, _("Give its folder to the account that runs Haihe."))
        return
    yield good(_("%(folder)s can be written") % {"folder": home})


@check("house.disk")
def disk_has_room() -> Iterator[Finding]:
    config = load()
    there = next(folder for folder in [config.home, *config.home.parents] if folder.exists())
    free = shutil.disk_usage(there).free // MB
    if free < config.disk_floor_mb:
        told = {"free": free, "folder": config.home, "floor": config.disk_floor_mb}
        text = _("%(free)s MB are free on the disk of %(folder)s, fewer than disk_floor_mb = %(floor)s") % told
        yield wrong(text, _("Free some, or move the home to a larger disk; Masters are refused when it is full."))
    else:
        yield good(_("%(free)s MB free") % {"free": free})


@check("house.secret")
def secret_is_kept() -> Iterator[Finding]:
    config = load()
    for file in (config.home / "secret_key", config.home / "haihe.toml"):
        holds_secret = file.name == "secret_key" or any(getattr(config, name) for name in SECRET)
        if file.exists() and holds_secret and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield wrong(_("%(file)s can be read by other accounts") % {"file": file}, f"chmod 600 {file}")


@check("house.address")
def address_is_ours() -> Iterator[Finding]:
    config = load()
    state = running_state(config)
    if state:
        yield good(_("runs as process %(pid)s on %(bind)s") % state)
        return
    try:
        check_address(config.bind)
    except AddressTaken as error:
        yield wrong(f"{error.thing}: {error.message}", str(error.hint))
    else:
        yield note(_("does not run; %(bind)s is free") % {"bind": config.bind})


@check("house.processes")
def processes_live() -> Iterator[Finding]:
    state = running_state(load())
    for part in state["parts"] if state else ():
        if not part["pid"] or not psutil.pid_exists(part["pid"]):
            text = _("%(name)s does not run (last exit: %(last_exit)s)") % part
            yield wrong(text, _("Read log/haihe.log in the home."))
        elif part["deaths"]:
            text = _("%(name)s had to be started again %(deaths)s times") % part
            yield warning(text, _("Read log/haihe.log in the home."))


@check("house.built")
def everything_is_built() -> Iterator[Finding]:
    if not BUILT.exists():
        yield wrong(_("the front end is not built: pages have no style"), _("Run `make setup`."))
    absent = [face for face in FACES if not (FONTS / face).exists()]
    if absent:
        text = _("fonts are missing (%(names)s): Chinese in pictures and PDFs shows as boxes")
        yield wrong(text % {"names": ", ".join(absent)}, _("Run `make setup`."))
    old = messages.stale()
    if old:
        told = {"count": len(old), "first": old[0].relative_to(SOURCE)}
        text = _("%(count)s message catalogues are not compiled (%(first)s first): pages show English") % told
        yield wrong(text, _("Run `haihe prepare`."))
    static = load().home / "static"
    if not any(static.glob("*")):
        text = _("%(folder)s is empty: no page finds its styles and scripts") % {"folder": static}
        yield wrong(text, _("Run `haihe prepare`."))


@check("house.clock")
def clock_is_plausible() -> Iterator[Finding]:
    """Files of the home that are newer than now show a clock that was set back."""
    home, now = load().home, time.time()
    names = ("haihe.sqlite3", "haihe.sqlite3-wal", "prepared.json", "log/haihe.log")
    ahead = [name for name in names if (home / name).exists() and (home / name).stat().st_mtime > now + 60]
    if ahead:
        text = _("the clock stands before the last write of %(file)s") % {"file": ahead[0]}
        yield wrong(text, _("Set the clock (timedatectl set-ntp true) before anything is published."))


def running_state(config: Config) -> dict[str, Any] | None:
    """What `haihe up` says of itself, while its process lives."""
    try:
        state = json.loads((config.home / "run" / "up.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return state if psutil.pid_exists(state["pid"]) else None
