"""`haihe up`, as an operator meets it: a real city on a free port."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from haihe.base.tests.ports import free_port
from haihe.house.tests.conftest import HAIHE, plain_environment

WITHIN = 60.0


@contextmanager
def _up(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = plain_environment(
        HAIHE_HOME=str(home), HAIHE_BIND=f"127.0.0.1:{port}", HAIHE_PUBLIC_URL=f"http://localhost:{port}"
    )
    with subprocess.Popen(
        [*HAIHE, "up"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _status(port: int, path: str = "/") -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _wait_for(port: int, path: str, process: subprocess.Popen[str]) -> int:
    ends = time.monotonic() + WITHIN
    while time.monotonic() < ends and process.poll() is None:
        status = _status(port, path)
        if status is not None and status < 500:
            return status
        time.sleep(0.1)
    pytest.fail(f"{path} did not answer; status of haihe up: {process.poll()}")


def test_up_serves_and_ends_without_orphans(home: Path, haihe) -> None:
    port = free_port()
    with _up(home, port) as process:
        assert _wait_for(port, "/", process) == 200
        assert _wait_for(port, "/admin/", process) in (200, 302)
        family = psutil.Process(process.pid).children(recursive=True)
        state = json.loads((home / "run" / "up.json").read_text())
        assert [part["name"] for part in state["parts"]] == ["web", "edge", "worker"]
        assert {part["pid"] for part in state["parts"]} <= {member.pid for member in family}

        second = haihe("up", HAIHE_BIND=f"127.0.0.1:{free_port()}")
        assert second.returncode == 2
        assert f"already runs here as process {process.pid}." in second.stderr

        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        output, _errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert time.monotonic() - asked < 15
        _gone, alive = psutil.wait_procs(family, timeout=5)
        assert alive == []
    assert _status(port) is None
    assert f"Haihe is running: http://localhost:{port}" in output
    assert output.splitlines() == (home / "log" / "haihe.log").read_text().splitlines()


def test_up_starts_a_killed_django_again(home: Path) -> None:
    port = free_port()
    with _up(home, port) as process:
        _wait_for(port, "/admin/", process)
        state = json.loads((home / "run" / "up.json").read_text())
        first = {part["name"]: part["pid"] for part in state["parts"]}
        psutil.Process(first["web"]).kill()
        ends = time.monotonic() + WITHIN
        while json.loads((home / "run" / "up.json").read_text())["parts"][0]["pid"] == first["web"]:
            assert time.monotonic() < ends
            time.sleep(0.1)
        assert _wait_for(port, "/admin/", process) in (200, 302)
        state = json.loads((home / "run" / "up.json").read_text())
        assert {part["name"]: part["deaths"] for part in state["parts"]} == {"web": 1, "edge": 0, "worker": 0}
        process.send_signal(signal.SIGINT)
        process.wait(30)


def test_up_refuses_a_home_that_is_not_prepared(haihe) -> None:
    done = haihe("up", HAIHE_BIND=f"127.0.0.1:{free_port()}")
    assert done.returncode == 2
    assert "migrations are pending" in done.stderr
    assert "`haihe prepare`" in done.stderr


def test_up_refuses_an_address_that_another_program_has(haihe) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        done = haihe("up", HAIHE_BIND=bind)
    assert done.returncode == 2
    assert done.stderr.startswith(f"haihe: {bind}: cannot be listened on (Address already in use).")


def test_up_works_in_a_home_whose_path_is_too_long_for_a_socket(home: Path, tmp_path: Path) -> None:
    long = tmp_path / ("long" * 30) / "home"
    long.parent.mkdir()
    home.rename(long)
    port = free_port()
    with _up(long, port) as process:
        assert _wait_for(port, "/admin/", process) in (200, 302)
        process.send_signal(signal.SIGTERM)
        process.wait(30)
