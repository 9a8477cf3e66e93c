"""The kills of `killed_at_steps`, in an interpreter of their own.

They fork, and look at a database's file from both sides. SQLite keeps what it knows of an open file by its inode: where
another test of the process left a connection to a file that is gone, and the inode is used again, parent and child see
two states of one file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STEPS = Path(__file__).with_name("killed_at_steps.py")


@pytest.mark.parametrize("marked", ["not full", pytest.param("full", marks=pytest.mark.full)])
def test_what_is_killed_at_any_step_of_the_archive_is_made_up_for(marked: str) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-m", marked, str(STEPS)]
    done = subprocess.run(command, env=plain, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
