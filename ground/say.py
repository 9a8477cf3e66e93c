"""What a person sees while the ground is laid, and how it stops."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent

INSTALLERS = {
    "apt-get": "sudo apt-get install {debian}",
    "dnf": "sudo dnf install {fedora}",
    "apk": "sudo apk add {alpine}",
    "pacman": "sudo pacman -S {arch}",
    "brew": "brew install {brew}",
}


def stop(what: str, *, status: int = 1) -> NoReturn:
    """End with one paragraph that says what happened and what to do."""
    sys.stdout.flush()
    print(what, file=sys.stderr)
    sys.exit(status)


def missing(what: str, **packages: str) -> NoReturn:
    """End, naming what is missing and the line that installs it on this machine."""
    found = next((tool for tool in INSTALLERS if shutil.which(tool)), None)
    line = INSTALLERS[found].format(**packages) if found else f"your system's package for {what}"
    stop(f"{what} is missing. Install it, then try again:\n    {line}")


class Step:
    """One line a step: its name, what it does, how far it is, how long it took."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.begun = time.monotonic()
        self.shown = self.begun
        self.live = sys.stdout.isatty()

    def progress(self, text: str) -> None:
        """Say how far it is: at once on a terminal, every five seconds in a log."""
        now = time.monotonic()
        if self.live:
            print(f"\r\033[K{self.name:13} {text}", end="", flush=True)
        elif now - self.shown > 5:
            print(f"{self.name:13} {text}", flush=True)
            self.shown = now

    def done(self, text: str) -> None:
        start = "\r\033[K" if self.live else ""
        took = time.monotonic() - self.begun
        print(f"{start}{self.name:13} {text}" + (f"  ({took:.0f} s)" if took >= 1 else ""), flush=True)
