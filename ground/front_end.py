"""Builds the front end with Node: the machine's, else the one that PyPI carries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from ground.packages import install
from ground.say import ROOT, Step
from ground.work import VENV, fingerprint, is_stamped, put_stamp, run

FRONT = ROOT / "frontend"
BUILT = (
    ROOT / "src" / "haihe" / "base" / "web" / "static" / "haihe" / "built" / "manifest.json",
    ROOT / "src" / "haihe" / "base" / "web" / "fonts" / "whole" / "sans.ttf",
)
OLDEST_NODE = (20, 19)
COLOURS = ROOT / "src" / "haihe" / "base" / "web" / "colours.json"
NOT_SOURCES = {"node_modules", "generated"}


def build_front_end() -> None:
    """`npm ci` and `npm run build`, each only when what it reads has changed."""
    if not (FRONT / "package.json").exists():
        return
    wanted = fingerprint([FRONT / name for name in ("package.json", "package-lock.json", ".npmrc")])
    sources = fingerprint(_sources())
    step = Step("front end")
    if is_stamped("front-end", sources) and all(file.exists() for file in BUILT):
        step.done("unchanged")
        return
    path = _path_with_node()
    npm = shutil.which("npm", path=path) or "npm"
    if not (is_stamped("npm", wanted) and (FRONT / "node_modules").is_dir()):
        step.progress("npm ci")
        run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], step, cwd=FRONT, env={"PATH": path})
        put_stamp("npm", wanted)
    step.progress("npm run build")
    run([npm, "run", "build"], step, cwd=FRONT, env={"PATH": path})
    put_stamp("front-end", sources)
    step.done("built")


def _path_with_node() -> str:
    ambient = os.environ.get("PATH", os.defpath)
    if shutil.which("npm") and (_node_version("node") or (0,)) >= OLDEST_NODE:
        return ambient
    install("node")
    return f"{VENV / 'bin'}{os.pathsep}{ambient}"


def _node_version(node: str) -> tuple[int, ...] | None:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.match(r"v(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else None


def _sources() -> list[Path]:
    found = [COLOURS]
    for folder, folders, files in os.walk(FRONT):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        found += [Path(folder) / name for name in files]
    return found
