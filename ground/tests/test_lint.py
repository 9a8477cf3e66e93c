"""Lint, format, types and floors, as tests, so that one summary tells all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ground.say import ROOT

BIN = Path(sys.executable).parent
CHECKS = {
    "ruff": ["ruff", "check", "--no-cache", "."],
    "format": ["ruff", "format", "--check", "--no-cache", "."],
    "mypy": ["mypy", "--no-incremental"],
    "floors": ["lint-imports", "--no-cache"],
}


@pytest.mark.parametrize("name", CHECKS)
def test_lint(name: str) -> None:
    command = CHECKS[name]
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, env=os.environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_holds_both_sides_of_a_merge() -> None:
    done = subprocess.run(["git", "grep", "-nE", "^(<{7}|>{7}) "], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
