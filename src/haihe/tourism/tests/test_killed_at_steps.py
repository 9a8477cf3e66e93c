"""The kills of `killed_at_steps`, in an interpreter of their own: they fork, before any engine has threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STEPS = Path(__file__).with_name("killed_at_steps.py")


@pytest.mark.full
@pytest.mark.parametrize("part", ["part0", "part1", "part2", "part3"])
def test_loading_and_rolling_up_survive_a_kill_at_every_step(part: str) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-k", part, str(STEPS)]
    done = subprocess.run(command, env=plain, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
