"""A home made once by `haihe prepare`, copied for each test that breaks it; and the command as a person runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HAIHE = [sys.executable, "-m", "haihe"]


def plain_environment(**settings: str) -> dict[str, str]:
    """The environment without anyone's settings, in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HAIHE_", "DJANGO_", "LC_"))}
    return {**kept, "LANG": "C.UTF-8", **settings}


@pytest.fixture
def haihe(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `haihe WORDS` and waits; settings as keywords, the home is `home` below tmp_path unless given."""

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = plain_environment(**{"HAIHE_HOME": str(tmp_path / "home"), **settings})
        return subprocess.run(
            [*HAIHE, *words], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=600
        )

    return run


@pytest.fixture(scope="session")
def prepared_once(begun: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose first `haihe prepare --no-demo` was cut short after the migrations, and taken up again."""
    home = begun(tmp_path_factory.mktemp("prepared") / "home")
    (home / "prepared.json").write_text('{"demo": "not wanted"}')
    done = subprocess.run(
        [*HAIHE, "prepare"], env=plain_environment(HAIHE_HOME=str(home)), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (home / "prepare.log").write_text(done.stdout)
    return home


@pytest.fixture
def home(prepared_once: Path, tmp_path: Path) -> Iterator[Path]:
    """A prepared home of this test's own."""
    copy = tmp_path / "home"
    shutil.copytree(prepared_once, copy, symlinks=True)
    yield copy
    shutil.rmtree(copy, ignore_errors=True)
