"""`haihe up`: the whole city under one supervisor.

edge → Django (web) on a Unix socket; worker with scheduler and indexer beside them. The edge opens the public
address only when the database is known to be as new as the code.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import logging
import logging.handlers
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from haihe.base.config import Config, derive, load
from haihe.base.errors import HaiheError
from haihe.base.words import gettext as _
from haihe.base.words import gettext_lazy
from haihe.house import database
from haihe.house.children import open_files
from haihe.house.preload import preload, run_worker, serve_web
from haihe.house.supervisor import Part, Supervisor

log = logging.getLogger("haihe.up")
LONGEST_SOCKET_PATH = 96  # of web.sock; the kernel's limit is 107 bytes, and the others' names are longer


class AlreadyRunning(HaiheError):
    """Haihe already runs on this home."""

    permanent = True
    hint = gettext_lazy("End it first (Ctrl-C, or a TERM signal to its process), or name another home in HAIHE_HOME.")


class AddressTaken(HaiheError):
    """Another program listens on the address of `bind`."""

    hint = gettext_lazy("End that program, or set `bind` in haihe.toml (HAIHE_BIND) to a free port.")


class NotPrepared(HaiheError):
    """The home is not as new as the code."""

    permanent = True


# modules of rooms that the edge serves itself
EDGE_ROUTES = ("haihe.archive.edge", "haihe.channels.edge", "haihe.newsroom.edge", "haihe.venues.edge")


def main(argv: list[str]) -> int:
    """Run until TERM or INT. Raises AlreadyRunning, AddressTaken, NotPrepared."""
    parser = argparse.ArgumentParser(prog="haihe up", description="Run the city: edge, Django, worker, indexer.")
    parser.parse_args(argv)
    config = load()
    run = derive.make_home(config) / "run"
    run.mkdir(exist_ok=True)
    with _only_one(run / "up.lock"), _socket_folder(run) as sockets:
        address = check_address(config.bind)
        held = open_files()
        preload()
        kept = open_files() - held
        _log_to(config.home / "log")
        about = {"bind": config.bind, "public_url": config.public_url}
        city = Supervisor(parts(config, sockets), state_file=run / "up.json", about=about, kept=kept)
        asyncio.run(_run(city, address, config.public_url))
    return 0


def parts(config: Config, sockets: Path) -> list[Part]:
    """The processes of the city; what writes or serves waits until the database is checked.

    sockets   the folder of the sockets on which those that make pages listen: web.sock, web-2.sock, ...
    """
    pages = [_web(sockets, number) for number in range(1, config.web_processes + 1)]
    edge = [sys.executable, "-u", "-m", "haihe.base.edge", "--bind", config.bind]
    edge += [word for web in pages for word in ("--django", str(web.socket))]
    edge += [word for module in EDGE_ROUTES for word in ("--route", module)]
    return [*pages, Part("edge", edge, gated=True), Part("worker", run_worker, gated=True)]


def _web(sockets: Path, number: int) -> Part:
    name = "web" if number == 1 else f"web-{number}"
    socket = sockets / f"{name}.sock"
    return Part(name, lambda: serve_web(socket), socket=socket)


def check_address(bind: str) -> tuple[str, int]:
    """Host and port of `bind`. Raises AddressTaken when another program has it."""
    host, _colon, port = bind.rpartition(":")
    host = host.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            why = _("cannot be listened on (%(why)s).") % {"why": error.strerror}
            raise AddressTaken(why, thing=bind) from error
    return host, int(port)


async def _run(supervisor: Supervisor, address: tuple[str, int], public_url: str) -> None:
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(sign, supervisor.stop)
    watching = [asyncio.create_task(_open(supervisor)), asyncio.create_task(_announce(address, public_url))]
    await supervisor.run()
    for task in watching:
        task.cancel()
    checked = (await asyncio.gather(*watching, return_exceptions=True))[0]
    if isinstance(checked, HaiheError):
        raise checked


async def _open(supervisor: Supervisor) -> None:
    """Open the gate once the database is known to be as new as the code; else stop everything."""
    status, said = await supervisor.ask(database.main)
    if status == 0:
        supervisor.open_gate()
        return
    supervisor.stop()
    lines = said.strip().splitlines()
    raise NotPrepared(lines[-1] if lines else _("the check ended with status %(status)s") % {"status": status})


async def _announce(address: tuple[str, int], public_url: str) -> None:
    while not await _answers(*address):
        await asyncio.sleep(0.1)
    told = {"address": public_url, "staff": public_url.rstrip("/") + "/admin/"}
    log.info("%s", _("Haihe is running: %(address)s  (staff: %(staff)s)") % told)


async def _answers(host: str, port: int) -> bool:
    """Whether the home page comes; without a thread, since this process is forked."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    writer = None
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            status = (await reader.readline()).split()
        return len(status) > 1 and int(status[1]) < 500
    except (OSError, TimeoutError):
        return False
    finally:
        if writer:
            writer.close()


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Hold the home for this process alone. Raises AlreadyRunning with the process that holds it."""
    with lock.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            why = _("already runs here as process %(pid)s.") % {"pid": held.read().strip()}
            raise AlreadyRunning(why, thing=lock.parent.parent) from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


@contextlib.contextmanager
def _socket_folder(run: Path) -> Iterator[Path]:
    """Where the Unix socket lies: in the home, or in a temporary folder where the home's path is too long for it."""
    if len(str(run / "web.sock")) <= LONGEST_SOCKET_PATH:
        yield run
        return
    with tempfile.TemporaryDirectory(prefix="haihe-") as folder:
        yield Path(folder)


def _log_to(folder: Path) -> None:
    """One log, with who speaks: on standard output and in `log/haihe.log`, five files of 10 MB."""
    folder.mkdir(exist_ok=True)
    file = logging.handlers.RotatingFileHandler(
        folder / "haihe.log", maxBytes=10_000_000, backupCount=5, encoding="utf-8"
    )
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout), file]
    for handler in handlers:
        handler.setFormatter(_WhoSpeaks())
        log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


class _WhoSpeaks(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        who = record.name.removeprefix("haihe.up").lstrip(".") or "up"
        return f"{self.formatTime(record, '%Y-%m-%d %H:%M:%S')} {who:7}| {record.getMessage()}"
