"""Start: `make run` in a fresh clone to the first page, downloads included; `haihe up` on the demonstration city to
the first 200 of the home page and of the admin's first page, signed in; and what everything under it weighs (PSS)
BENCH_MINUTES (10) after one public, one admin and one search request.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure
from haihe.base.tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
MINUTES = float(os.environ.get("BENCH_MINUTES", "10"))
STARTS = 3
FRESH_LIMIT, START_LIMIT, WEIGHT_LIMIT = 180.0, 5.0, 500.0  # seconds, seconds, MB
SESSION = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest
request = HttpRequest()
request.session = import_module(settings.SESSION_ENGINE).SessionStore()
who = get_user_model().objects.filter(is_superuser=True).first()
login(request, who, settings.AUTHENTICATION_BACKENDS[0])
request.session.save()
print("COOKIE", settings.SESSION_COOKIE_NAME, request.session.session_key)
"""


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as folder:
        fresh = _fresh_clone(Path(folder))
        running = _running_city(Path(folder))
    note = "packages come over the network, or from a cache of this machine"
    first = Figure("make run to the first page", fresh, "s", "limit", FRESH_LIMIT, bar="ratio <= 1", note=note)
    return [first, *running]


def _fresh_clone(folder: Path) -> float:
    """Seconds from `make run` in a clone to the first 200 of its home page."""
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "haihe")], check=True)
    address = f"127.0.0.1:{free_port()}"
    environ = {**os.environ, "HAIHE_HOME": str(folder / "home"), "HAIHE_BIND": address}
    begun = time.monotonic()
    making = subprocess.Popen(
        ["make", "run"], cwd=folder / "haihe", env=environ, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _until_200(f"http://{address}/", "", within=900)
        return time.monotonic() - begun
    finally:
        os.killpg(making.pid, signal.SIGTERM)
        making.wait(60)


def _running_city(folder: Path) -> list[Figure]:
    """The city of that clone: with the packages that a city runs on, and none of those that its makers test with."""
    haihe = str(folder / "haihe" / ".venv" / "bin" / "haihe")
    environ = {**os.environ, "HAIHE_HOME": str(folder / "home"), "HAIHE_BIND": f"127.0.0.1:{free_port()}"}
    told = subprocess.run([haihe, "shell", "-c", SESSION], env=environ, check=True, capture_output=True, text=True)
    cookie = "=".join(re.findall(r"COOKIE (\S+) (\S+)", told.stdout)[-1])
    address = f"http://{environ['HAIHE_BIND']}"
    starts = [_start(haihe, environ, address, cookie) for _ in range(STARTS)]
    with _city(haihe, environ) as city:
        for path in ("/", "/admin/", "/search/?q=%E6%B2%B3"):
            _until_200(address + path, cookie)
        time.sleep(MINUTES * 60)
        weight, parts = _weight(city.pid)
    slowest = statistics.median(max(pair) for pair in starts)
    note = f"median of {STARTS}; home {statistics.median(p[0] for p in starts):.2f} s, code already on disk"
    return [
        Figure("first 200 of home and admin", slowest, "s", "limit", START_LIMIT, bar="ratio <= 1", note=note),
        Figure(f"PSS after {MINUTES:g} minutes", weight, "MB", "limit", WEIGHT_LIMIT, bar="ratio <= 1", note=parts),
    ]


def _start(haihe: str, environ: dict[str, str], address: str, cookie: str) -> tuple[float, float]:
    """Seconds from the command to the first 200 of home, and of the admin."""
    begun = time.monotonic()
    with _city(haihe, environ):
        _until_200(address + "/", cookie)
        home = time.monotonic() - begun
        _until_200(address + "/admin/", cookie)
        return home, time.monotonic() - begun


@contextmanager
def _city(haihe: str, environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    city = subprocess.Popen([haihe, "up"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield city
    finally:
        city.send_signal(signal.SIGTERM)
        city.wait(60)


def _until_200(address: str, cookie: str, within: float = 60) -> None:
    request = urllib.request.Request(address, headers={"Cookie": cookie})
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                if answer.status == 200 and answer.url == address:
                    return
                raise SystemExit(f"{address} leads to {answer.url}")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise SystemExit(f"{address} gave no 200 within {within:.0f} s")


def _weight(pid: int) -> tuple[float, str]:
    """Proportional set size of a process and all below it, MB; and the same by part."""
    everything = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    sizes = {f"{one.pid} {one.name()}": one.memory_full_info().pss / 1e6 for one in everything}
    return sum(sizes.values()), f"{len(sizes)} processes: " + " + ".join(f"{size:.0f}" for size in sizes.values())


if __name__ == "__main__":
    for figure in run():
        print(figure)
