"""A home folder of its own in which real processes run; the test looks at its database from outside."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def wait_until(true: Callable[[], Any], seconds: float = 60.0) -> Any:
    """The first true answer; fails after so many seconds."""
    end = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)
    return answer


@dataclass
class Home:
    """A folder for real processes. The test looks at the database from outside."""

    path: Path
    settings: str = "haihe.house.settings"
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, "HAIHE_HOME": str(self.path), "DJANGO_SETTINGS_MODULE": self.settings}

    def start(self, *command: str) -> subprocess.Popen[str]:
        log = open(self.path / f"log{len(self.processes)}.txt", "w")  # noqa: SIM115
        process = subprocess.Popen(
            [sys.executable, *command], env=self.environ, stdout=log, stderr=log, text=True, start_new_session=True
        )
        self.processes.append(process)
        return process

    def worker(self, *options: str) -> subprocess.Popen[str]:
        sql = "SELECT id FROM tasks_worker WHERE crew = 'supervisor'"
        known = set(self.rows(sql))  # those of workers that were killed go when another looks
        process = self.start("-m", "django", "worker", "--no-services", *options)
        wait_until(lambda: set(self.rows(sql)) - known)
        return process

    def run(self, code: str) -> None:
        """Run Python in a Haihe of this home."""
        script = "import django; django.setup(); from haihe.base.tasks.tests import samples\n" + code
        subprocess.run([sys.executable, "-c", script], env=self.environ, check=True, timeout=60)

    def go(self) -> None:
        """Let the tasks go on that `samples.held` keeps waiting."""
        (self.path / "go").touch()

    def output(self, *words: str) -> Any:
        """What a command of this home prints, as JSON."""
        command = [sys.executable, "-m", "haihe", *words]
        done = subprocess.run(command, env=self.environ, stdout=subprocess.PIPE, timeout=60, check=False)
        return json.loads(done.stdout)

    def end(self) -> None:
        """Stop every process that was started here, and only these."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.path / "haihe.sqlite3", timeout=20) as database:
            return database.execute(sql, values).fetchall()

    def states(self) -> dict[str, int]:
        return dict(self.rows("SELECT state, count(*) FROM tasks_job WHERE task_path LIKE '%samples%' GROUP BY state"))

    def lines(self) -> list[str]:
        file = self.path / "ran.txt"
        return file.read_text().splitlines() if file.exists() else []

    def log(self) -> str:
        return "".join(file.read_text() for file in sorted(self.path.glob("log*.txt")))


def descendants(pid: int) -> list[int]:
    """Child processes of a process, and theirs; none of a process that has ended."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [each for child in children for each in (int(child), *descendants(int(child)))]
