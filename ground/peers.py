"""Programs that tests and benches need beside us: nginx, wrk, exiftool, Hugin, a Java for Spark. Haihe runs without."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

from ground.chromium import apt_get
from ground.say import Step
from ground.work import VENV

FOLDER = VENV / "peers"
PACKAGES = {
    "exiftool": "libimage-exiftool-perl libarchive-zip-perl",
    "java": "default-jre-headless",  # for Spark
    "pto_gen": "hugin-tools",
}
PLACES = ("/usr/sbin", "/usr/local/sbin", str(FOLDER / "usr" / "sbin"))


def ensure_peers(*names: str) -> None:
    """Put each program on the PATH of what we start, by apt where permitted; else say in one line what installs it."""
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", ""), *PLACES])
    for name in names:
        step = Step("beside us")
        found = shutil.which(name) or _fetched(name, step)
        missing = f"{name} is missing: what is compared with it is left out; sudo apt-get install {_package(name)}"
        step.done(found or missing)


def _fetched(name: str, step: Step) -> str | None:
    if not shutil.which("apt-get"):
        return None
    step.progress(f"apt-get {name}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    fetch = _FETCH.get(name, _install)
    as_root = apt_get()
    if fetch(name) or (as_root and _runs(*as_root, "update", "-q") and fetch(name)):
        return shutil.which(name)
    return None


def _unpack(name: str) -> bool:
    """Out of its package, without installing it: a server's package would start the server."""
    _runs("apt-get", "download", "-q", _package(name))
    package = next(iter(sorted(FOLDER.glob(f"{_package(name)}_*.deb"))), None)
    return package is not None and _runs("dpkg-deb", "-x", str(package), str(FOLDER)) and _runs(name, "-v")


def _install(name: str) -> bool:
    as_root = apt_get()
    packages = _package(name).split()
    return as_root is not None and _runs(*as_root, "install", "-q", "-y", "--no-install-recommends", *packages)


def _package(name: str) -> str:
    return PACKAGES.get(name, name)


_FETCH: dict[str, Callable[[str], bool]] = {"nginx": _unpack}  # the others are installed


def _runs(*command: str) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, cwd=FOLDER, env=quiet, stdin=subprocess.DEVNULL, capture_output=True)
    except OSError:
        return False
    return done.returncode == 0
