"""`.venv` with the locked packages in it, and Haihe itself."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ground.say import ROOT, Step, missing
from ground.work import VENV, bin, fingerprint, is_stamped, put_stamp, run

LOCKS = ROOT / "requirements"
PIP_INSTALL = [bin("python"), "-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check"]


def lay_venv() -> None:
    """A virtual environment of this Python; made anew when the one that is there is of another version or broken."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        missing(
            "Python's venv", debian=f"{version}-venv", fedora="python3", alpine="python3", arch="python", brew="python"
        )
    if _venv_version() == sys.version_info[:2]:
        return
    step = Step("venv")
    step.progress("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(VENV)], step)
    step.done(f".venv with Python {sys.version.split()[0]}")


def install(lock: str) -> None:
    """What `requirements/<lock>.txt` pins, hashes checked; pip's own configuration says where from."""
    file = LOCKS / f"{lock}.txt"
    stamp = fingerprint([file])
    step = Step("packages")
    if is_stamped(f"packages-{lock}", stamp):
        step.done(f"{lock}: unchanged")
        return
    pinned = len(re.findall(r"^[A-Za-z0-9_.-]+(\[.*\])?==", file.read_text(), re.MULTILINE))
    seen = 0

    def count(line: str) -> None:
        nonlocal seen
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            seen += 1
            step.progress(f"{lock}: {seen} of {pinned}")
        elif line.startswith("Installing collected packages"):
            step.progress(f"{lock}: unpacking {pinned} packages")

    run(
        [*PIP_INSTALL, "--require-hashes", "--progress-bar", "off", "-r", str(file)],
        step,
        each_line=count,
    )
    put_stamp(f"packages-{lock}", stamp)
    step.done(f"{lock}: {pinned} packages")


def install_haihe() -> None:
    """The editable package itself, built by the locked setuptools without asking an index."""
    stamp = fingerprint([ROOT / "pyproject.toml", *LOCKS.glob("*.in")])
    if is_stamped("haihe", stamp) and Path(bin("haihe")).exists():
        return
    step = Step("haihe")
    run(
        [*PIP_INSTALL, "--no-build-isolation", "--no-index", "-e", str(ROOT)],
        step,
    )
    put_stamp("haihe", stamp)
    step.done(".venv/bin/haihe")


def _venv_version() -> tuple[int, ...] | None:
    try:
        said = subprocess.run(
            [bin("python"), "-c", "import sys, pip; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(map(int, said.stdout.split()))
