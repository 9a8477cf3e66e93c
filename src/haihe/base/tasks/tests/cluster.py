"""A real PostgreSQL server of a test's own, reached by a socket in its own folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def server_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


@contextmanager
def postgres(port: int = 0, *, lasting: bool = False) -> Iterator[Path]:
    """The folder of a running server: its socket, and an empty `home`; account "haihe", database "postgres".

    port      of 127.0.0.1 on which it listens too; 0: none
    lasting   each commit waits for the disk, as a city's server does
    """
    if not shutil.which("initdb") or not shutil.which("postgres"):
        pytest.skip("no PostgreSQL server (initdb, postgres) on the PATH")
    folder = Path(tempfile.mkdtemp(prefix="haihe-pg-"))
    (folder / "home").mkdir()
    user = server_user()
    if user:
        shutil.chown(folder, user)
    options: dict[str, Any] = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["initdb", "-D", folder / "data", "-U", "haihe", "-A", "trust", "-N"], check=True, **options)
    listen = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={port}"] if port else ["-c", "listen_addresses="]
    command = ["postgres", "-D", folder / "data", "-k", folder, *listen, "-c", f"fsync={'on' if lasting else 'off'}"]
    server = subprocess.Popen(command, **options)
    try:
        for _ in range(100):
            ready = subprocess.run(
                ["pg_isready", "-h", str(folder), "-p", str(port or 5432)], stdout=subprocess.DEVNULL, check=False
            )
            if ready.returncode == 0:
                break
            subprocess.run(["sleep", "0.1"], check=True)
        yield folder
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
