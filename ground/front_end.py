"""Builds the front end with Node: the machine's, else the one that PyPI carries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Tool:
    """One of npm's deeds: needed when what it reads has changed, or what it makes is gone."""

    words: tuple[str, ...]
    stamp: str
    reads: str  # fingerprint
    makes: tuple[Path, ...]

    def is_done(self) -> bool:
        return is_stamped(self.stamp, self.reads) and all(made.exists() for made in self.makes)


def build_front_end() -> None:
    """`npm ci` and `npm run build`, each only when what it reads has changed."""
    step = Step("front end")
    needed = _needed()
    path = _path_with_node() if needed else ""
    for tool in needed:
        step.progress(f"npm {' '.join(tool.words[:2])}")
        run(_command(tool, path), step, cwd=FRONT, env={"PATH": path})
        put_stamp(tool.stamp, tool.reads)
    step.done("built" if needed else "unchanged")


@contextmanager
def front_end_ahead() -> Iterator[None]:
    """Build it beside what else is done, where the machine has Node; what fails here `build_front_end` does, and tells.

    Packages wait for the network while this computes, and it needs nothing of Python.
    """
    behind = threading.Thread(target=_build_silently, daemon=True)
    if _machine_has_node():
        behind.start()
    yield
    if behind.ident:
        step = Step("front end")
        while behind.is_alive():
            step.progress("npm is at work")
            behind.join(1)


def _build_silently() -> None:
    path = os.environ.get("PATH", os.defpath)
    for tool in _needed():
        if subprocess.run(_command(tool, path), cwd=FRONT, stdin=subprocess.DEVNULL, capture_output=True).returncode:
            return
        put_stamp(tool.stamp, tool.reads)


def _needed() -> list[Tool]:
    locks = fingerprint([FRONT / name for name in ("package.json", "package-lock.json", ".npmrc")])
    build = Tool(("run", "build"), "front-end", fingerprint(_sources()), BUILT)
    if build.is_done():
        return []
    fetch = Tool(("ci", "--no-audit", "--no-fund", "--loglevel=error"), "npm", locks, (FRONT / "node_modules",))
    return [build] if fetch.is_done() else [fetch, build]


def _command(tool: Tool, path: str) -> list[str]:
    return [shutil.which("npm", path=path) or "npm", *tool.words]


def _path_with_node() -> str:
    ambient = os.environ.get("PATH", os.defpath)
    if _machine_has_node():
        return ambient
    install("node")
    return f"{VENV / 'bin'}{os.pathsep}{ambient}"


def _machine_has_node() -> bool:
    return bool(shutil.which("npm")) and (_node_version("node") or (0,)) >= OLDEST_NODE


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
