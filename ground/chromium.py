"""Makes sure of a Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil
import subprocess

from ground.say import Step, stop
from ground.work import run


def ensure_chromium() -> None:
    """Found on the machine, else installed by apt where that is permitted without a password, else one clear line."""
    step = Step("browser")
    found = find()
    if found is None:
        command = apt_get()
        if command is None:
            stop("Chromium is missing. Install it (sudo apt-get install chromium), or name one in HAIHE_CHROMIUM.")
        step.progress("apt-get install chromium")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run([*command, "update", "-q"], step, env=quiet)
        run([*command, "install", "-q", "-y", "--no-install-recommends", "chromium"], step, env=quiet)
        found = find()
        if found is None:
            stop("apt-get installed chromium, but no program of that name is on the PATH; name one in HAIHE_CHROMIUM.")
    step.done(found)


def find() -> str | None:
    named = os.environ.get("HAIHE_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def apt_get() -> list[str] | None:
    """apt-get as this account may run it without a password; None where it may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n", "apt-get"]
    return None
