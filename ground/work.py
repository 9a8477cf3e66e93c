"""Runs the tools, and remembers by hashes what need not be done again."""

from __future__ import annotations

import collections
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ground.say import ROOT, Step, stop

VENV = ROOT / ".venv"
STAMPS = VENV / ".haihe"
TAIL = 30  # lines of a failed tool's words that are shown


def bin(name: str) -> str:
    return str(VENV / "bin" / name)


def fingerprint(files: Iterable[Path], *more: str) -> str:
    """Hash of the files' paths and bytes and of `more`."""
    digest = hashlib.sha256("\n".join(more).encode())
    for file in sorted(files):
        digest.update(f"\n{file.relative_to(ROOT)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_stamped(name: str, value: str) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == value


def put_stamp(name: str, value: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


def run(
    command: Sequence[str],
    step: Step,
    *,
    cwd: Path = ROOT,
    each_line: Callable[[str], None] | None = None,
    env: dict[str, str] | None = None,
) -> None:
    """Run a tool, its words kept back; ends everything with its last words where it fails."""
    last: collections.deque[str] = collections.deque(maxlen=TAIL)
    with subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout
        for line in process.stdout:
            last.append(line.rstrip())
            if each_line:
                each_line(line)
    if process.returncode:
        step.done("failed")
        stop("\n".join([*last, "", f"`{' '.join(map(str, command))}` ended with status {process.returncode}."]))
