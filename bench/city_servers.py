"""The city's servers as `haihe up` starts them, and single requests to them; all on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from figures import Figure
from haihe.base.tests.ports import free_port


@contextmanager
def edge_and_django(home: Path) -> Iterator[dict[str, str]]:
    """Addresses of an edge and of the Django behind it, by name; both answer."""
    ports = {"edge": free_port(), "django": free_port()}
    python = [sys.executable, "-m"]
    django = [*python, "granian", "--log-level", "critical", "--no-ws", "--interface", "wsgi", "--port"]
    edge = [*python, "haihe.base.edge", "--bind", f"127.0.0.1:{ports['edge']}", "--route", "haihe.archive.edge"]
    edge += ["--route", "haihe.venues.edge"]
    commands = [
        [*django, str(ports["django"]), "--blocking-threads", "4", "haihe.house.wsgi:application"],
        [*edge, "--django", f"127.0.0.1:{ports['django']}"],
    ]
    environ = {**os.environ, "HAIHE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
    with running(commands, environ):
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        for url in urls.values():
            wait_for(url + "/")
        yield urls


def measured_inside(script: str, what: str = "inside", *, up: bool = False) -> list[Figure]:
    """The figures that `script what` prints, run in a home of its own that was prepared without the demonstration.

    up   a city runs in that home meanwhile (`haihe up`); its address is `bind` of the settings
    """
    haihe = [sys.executable, "-m", "haihe"]
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        bind = f"127.0.0.1:{free_port()}"
        environ = {**os.environ, "HAIHE_HOME": home, "HAIHE_BIND": bind, "HAIHE_PUBLIC_URL": f"http://{bind}"}
        environ |= {"HAIHE_ALLOW_ADDRESSES": "127.0.0.0/8", "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
        subprocess.run([*haihe, "prepare", "--no-demo"], env=environ, check=True, stdout=subprocess.DEVNULL)
        with running([[*haihe, "up"]] if up else [], environ):
            if up:
                wait_for(f"http://{bind}/")
            done = subprocess.run([sys.executable, script, what], env=environ, check=True, stdout=subprocess.PIPE)
    return [Figure(**told) for told in json.loads(done.stdout.splitlines()[-1])]


@contextmanager
def running(commands: Sequence[Sequence[str]], environ: dict[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Programs that run meanwhile and are ended afterwards."""
    started = [
        subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def get(url: str, headers: dict[str, str] | None = None) -> tuple[dict[str, str], bytes]:
    """Headers (names in small letters) and body of an answer. Raises urllib.error.URLError."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=20) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def wait_for(url: str) -> None:
    """Until the address answers; TimeoutError after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            get(url)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(url)
