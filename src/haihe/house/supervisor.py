"""Keeps a set of processes running: restarts what dies, tells their words apart, ends all without orphans."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path

from haihe.house.children import Children, Process, Start

log = logging.getLogger("haihe.up")

GRACE = 8.0  # seconds between asking a part to end and ending it
SETTLED = 60.0  # seconds after which an earlier death no longer counts
DELAYS = (0.5, 1, 2, 4, 8, 15, 30)  # seconds before the first, second, ... restart in a row


@dataclass
class Part:
    """One process to keep running, and what became of it so far.

    start   its command, or a function that runs in a fork of the supervisor
    gated   starts only once `Supervisor.open_gate` was called
    socket  Unix socket that it listens on; what a killed forerunner left of it is taken away before each start
    """

    name: str
    start: Start
    gated: bool = False
    socket: Path | None = None
    pid: int = 0
    started_at: float = 0.0
    deaths: int = 0
    last_exit: int | None = None

    def state(self) -> dict[str, str | int | None]:
        return {"name": self.name, "pid": self.pid, "deaths": self.deaths, "last_exit": self.last_exit}


class Supervisor:
    """Runs parts until `stop`; `state_file` always says what runs, for doctor.

    kept  open files that parts which are forks may use too
    """

    def __init__(
        self, parts: Sequence[Part], *, state_file: Path, about: dict[str, str], kept: frozenset[int] = frozenset()
    ) -> None:
        self.parts = list(parts)
        self.state_file = state_file
        self.about = about
        self.stopping = asyncio.Event()
        self._kept = kept
        self._gate = asyncio.Event()
        self._readers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Start every part and keep it running; returns when `stop` was called and all have ended."""
        self._children = Children(self._kept)
        await asyncio.gather(*(self._keep(part) for part in self.parts))
        await asyncio.gather(*self._readers)
        self.state_file.unlink(missing_ok=True)

    def open_gate(self) -> None:
        self._gate.set()

    def stop(self) -> None:
        self.stopping.set()

    async def _keep(self, part: Part) -> None:
        if part.gated:
            await self._unless_stopping(self._gate.wait())
        failures = 0
        while not self.stopping.is_set():
            process = self._start(part)
            await self._unless_stopping(self._children.ended(process))
            if self.stopping.is_set():
                await self._end(part, process)
                return
            self._sweep(part)
            part.last_exit, part.deaths = process.returncode, part.deaths + 1
            failures = 1 if time.monotonic() - part.started_at > SETTLED else failures + 1
            delay = DELAYS[min(failures, len(DELAYS)) - 1]
            log.error("%s ended (%s); starting it again in %g s", part.name, _how(process.returncode), delay)
            self._write_state()
            await self._unless_stopping(asyncio.sleep(delay))

    async def _unless_stopping(self, awaited: Coroutine[object, object, object]) -> None:
        """Wait for `awaited`, or until `stop` is called."""
        waiting = [asyncio.ensure_future(awaited), asyncio.ensure_future(self.stopping.wait())]
        _done, unfinished = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()

    async def ask(self, start: Start) -> tuple[int, str]:
        """Run something once to its end; returns its status and what it said. Ended with the loop's task."""
        heard, spoken = os.pipe()
        process = self._children.start(start, spoken)
        os.close(spoken)
        said: list[str] = []
        try:
            await self._read(heard, said.append)
            return await self._children.ended(process), "\n".join(said)
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            raise

    def _start(self, part: Part) -> Process:
        if part.socket:
            part.socket.unlink(missing_ok=True)
        heard, spoken = os.pipe()
        try:
            process = self._children.start(part.start, spoken)
        finally:
            os.close(spoken)
        part.pid, part.started_at = process.pid, time.monotonic()
        speaker = logging.getLogger(f"haihe.up.{part.name}")
        reader = asyncio.create_task(self._read(heard, lambda line: speaker.info("%s", line)))
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)
        self._write_state()
        return process

    @staticmethod
    async def _read(heard: int, told: Callable[[str], None]) -> None:
        words = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _protocol = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(words), os.fdopen(heard, "rb", buffering=0)
        )
        while True:
            try:
                line = await words.readline()
            except ValueError:  # longer than the buffer: its start is lost, the rest follows
                line = b"(a line too long to show)\n"
            if not line:
                break
            told(line.decode(errors="replace").rstrip())
        transport.close()

    async def _end(self, part: Part, process: Process) -> None:
        ending = asyncio.ensure_future(self._children.ended(process))
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
            _done, waiting = await asyncio.wait([ending], timeout=GRACE)
            if waiting:
                log.warning("%s did not end within %g s and is killed", part.name, GRACE)
        self._sweep(part)
        await ending

    @staticmethod
    def _sweep(part: Part) -> None:
        """End whatever the part left behind in its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(part.pid, signal.SIGKILL)

    def _write_state(self) -> None:
        state = {**self.about, "pid": os.getpid(), "parts": [part.state() for part in self.parts]}
        new = self.state_file.with_suffix(".new")
        new.write_text(json.dumps(state), encoding="utf-8")
        new.replace(self.state_file)


def _how(status: int | None) -> str:
    if status is not None and status < 0:
        return f"by signal {signal.Signals(-status).name}"
    return f"with status {status}"
