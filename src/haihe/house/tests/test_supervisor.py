"""The supervisor with real processes: restarts, words told apart, an end without orphans."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import psutil
import pytest

from haihe.house import supervisor
from haihe.house.supervisor import Part, Supervisor


def _in_a_loop(coroutine: Coroutine[Any, Any, Any]) -> None:
    """As asyncio.run, also where the browser of an earlier test has left its own, resting loop in this thread."""
    resting = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        asyncio.run(coroutine)
    finally:
        asyncio._set_running_loop(resting)


SLEEPER = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);print('deaf', flush=True); time.sleep(600)"
)
PARENT = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print('child', child.pid, flush=True); time.sleep(600)"
)


def _part(name: str, code: str, *, gated: bool = False) -> Part:
    return Part(name, [sys.executable, "-u", "-c", code], gated=gated)


def _supervisor(tmp_path: Path, *parts: Part) -> Supervisor:
    return Supervisor(parts, state_file=tmp_path / "up.json", about={"bind": "nowhere"})


async def _until(condition, seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        await asyncio.sleep(0.02)


def _run(city: Supervisor, script) -> None:
    async def both() -> None:
        running = asyncio.create_task(city.run())
        try:
            await script()
        finally:
            city.stop()
            await running

    _in_a_loop(both())


def test_supervisor_starts_again_what_dies_and_leaves_the_others(tmp_path: Path) -> None:
    frail, steady = _part("frail", PARENT), _part("steady", SLEEPER)  # its child holds its pipe open
    city = _supervisor(tmp_path, frail, steady)

    async def script() -> None:
        await _until(lambda: frail.pid and steady.pid)
        first, other = frail.pid, steady.pid
        os.kill(first, signal.SIGKILL)
        await _until(lambda: frail.pid != first)
        assert (frail.deaths, frail.last_exit, steady.pid, steady.deaths) == (1, -9, other, 0)
        told = json.loads((tmp_path / "up.json").read_text())
        assert [(part["name"], part["pid"], part["deaths"]) for part in told["parts"]] == [
            ("frail", frail.pid, 1),
            ("steady", other, 0),
        ]

    _run(city, script)
    assert not psutil.pid_exists(frail.pid)
    assert not psutil.pid_exists(steady.pid)
    assert not (tmp_path / "up.json").exists()


def test_supervisor_waits_longer_after_each_death(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(supervisor, "DELAYS", (0.01, 0.3))
    hopeless = _part("hopeless", "raise SystemExit(7)")
    begun = time.monotonic()

    async def script() -> None:
        await _until(lambda: hopeless.deaths >= 4)

    _run(_supervisor(tmp_path, hopeless), script)
    assert hopeless.last_exit == 7
    assert time.monotonic() - begun >= 0.6


def test_supervisor_ends_what_does_not_listen_and_what_was_left_behind(tmp_path: Path, monkeypatch, caplog) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.3)
    caplog.set_level(logging.INFO, logger="haihe.up")
    monkeypatch.setattr(logging.getLogger("haihe.up"), "propagate", True)
    deaf, parent = _part("deaf", STUBBORN), _part("parent", PARENT)

    def said(name: str) -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == f"haihe.up.{name}"]

    async def script() -> None:
        await _until(lambda: said("deaf") and said("parent"))

    _run(_supervisor(tmp_path, deaf, parent), script)
    child = int(said("parent")[0].split()[1])
    assert said("deaf") == ["deaf"]
    assert [pid for pid in (deaf.pid, parent.pid, child) if _alive(pid)] == []


FORKING = """
import asyncio, json, logging, os, signal, sys
from pathlib import Path
from haihe.house.supervisor import Part, Supervisor

class Heard(logging.Handler):
    said = []
    def emit(self, record):
        if record.name == "haihe.up.fork":
            self.said.append(record.getMessage())

logging.getLogger("haihe.up").addHandler(Heard())
logging.getLogger("haihe.up").setLevel(logging.INFO)
secret = open("lock", "w")
here = os.getpid()

def body():
    held = {os.path.realpath(f"/dev/fd/{name}") for name in os.listdir("/dev/fd")}
    print(os.getppid() == here, os.getpgid(0) == os.getpid(), os.path.realpath("lock") in held, sys.stdin.read())
    print("trouble", file=sys.stderr)
    signal.pause()

def asked():
    print("well?")
    return 5

async def until(condition):
    while not condition():
        await asyncio.sleep(0.02)

async def main():
    part = Part("fork", body)
    city = Supervisor([part], state_file=Path("up.json"), about={})
    running = asyncio.create_task(city.run())
    await until(lambda: len(Heard.said) == 2)
    first, answer = part.pid, await city.ask(asked)
    os.kill(first, signal.SIGKILL)
    await until(lambda: part.pid != first and len(Heard.said) == 4)
    city.stop()
    await running
    print(json.dumps([Heard.said, answer, part.deaths, part.last_exit, part.pid]))

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="open files are seen in /dev/fd as on Linux")
def test_part_that_is_a_fork_speaks_ends_and_starts_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    said, answer, deaths, last_exit, pid = json.loads(done.stdout)
    assert said == ["True True False", "trouble"] * 2
    assert answer == [5, "well?"]
    assert (deaths, last_exit, _alive(pid)) == (1, -9, False)


def test_supervisor_holds_gated_parts_until_the_gate_opens(tmp_path: Path) -> None:
    free, gated = _part("free", SLEEPER), _part("gated", SLEEPER, gated=True)
    city = _supervisor(tmp_path, free, gated)

    async def script() -> None:
        await _until(lambda: free.pid)
        await asyncio.sleep(0.3)
        assert gated.pid == 0
        city.open_gate()
        await _until(lambda: gated.pid)

    _run(city, script)


def test_supervisor_stopped_before_the_gate_opens_ends(tmp_path: Path) -> None:
    gated = _part("gated", SLEEPER, gated=True)

    async def script() -> None:
        await asyncio.sleep(0.05)

    _run(_supervisor(tmp_path, gated), script)
    assert gated.pid == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_parts_end_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys; from pathlib import Path; from haihe.house.supervisor import Part, Supervisor;"
        f"part = Part('part', [sys.executable, '-c', {SLEEPER!r}]);"
        f"asyncio.run(Supervisor([part], state_file=Path({str(tmp_path / 'up.json')!r}), about={{}}).run())"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            _in_a_loop(_until((tmp_path / "up.json").exists))
            part = json.loads((tmp_path / "up.json").read_text())["parts"][0]["pid"]
            assert _alive(part)
        finally:
            process.kill()
    _in_a_loop(_until(lambda: not _alive(part)))


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
