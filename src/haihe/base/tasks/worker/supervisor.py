"""The parent of all: forks crews, services and heavy children, fires periodic work, gives lost work back."""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError

from haihe.base.memory import few_arenas
from haihe.base.tasks.domain.leases import Watch, beat, leave, register
from haihe.base.tasks.domain.patience import patiently
from haihe.base.tasks.domain.running import heal_clock
from haihe.base.tasks.domain.schedule import Clockwork
from haihe.base.tasks.lanes import Lane, lanes
from haihe.base.tasks.registry import Service, discover, periodic_tasks, prepare_to_fork, services
from haihe.base.tasks.wake import Bell
from haihe.base.tasks.worker.crew import BEAT_EVERY, TICK, Crew
from haihe.base.tasks.worker.heavy import Heavy
from haihe.base.tasks.worker.process import drop_connection, fork, how_it_ended, keep_connections_small

logger = logging.getLogger("haihe.tasks")
HEAL_EVERY = 30.0
CALM = 3.0  # seconds after which an end is an accident of its own, not the start's fault: it costs no waiting


@dataclass
class Member:
    """A process that should always run, or whenever it is wanted."""

    name: str
    body: Callable[[], int]
    niceness: int = 0
    wanted: Callable[[], bool] | None = None
    pid: int = 0
    started: float = 0.0
    falls: int = 0
    start_at: float = 0.0


class Supervisor:
    """`haihe worker`.

    crews         which of quick, slow, heavy this machine runs
    grace         seconds that running jobs get at the end
    with_services whether the services of the rooms (the indexer ...) run here too
    """

    def __init__(self, crews: Sequence[str], *, grace: float = 20.0, with_services: bool = True) -> None:
        self._grace = grace
        self._stopping = False
        known = lanes()
        self._members = [
            self._crew(name, [lane for lane in known.values() if lane.crew == name])
            for name in crews
            if name != "heavy"
        ]
        if with_services:
            self._members += [_member(each) for each in services()]
        self._heavy_lane = known["heavy"] if "heavy" in crews else None

    def _crew(self, name: str, own: Sequence[Lane]) -> Member:
        return Member(name, lambda: Crew(name, own, grace=self._grace).run(), max(lane.niceness for lane in own))

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        few_arenas()
        discover()
        keep_connections_small()
        self._works = periodic_tasks()
        self._bell = Bell()
        signal.set_wakeup_fd(self._bell.wakeup_fd, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        prepare_to_fork()
        gc.collect()
        gc.freeze()  # the collector's marks would copy every shared page
        worker = patiently(lambda: register("supervisor")).pk
        heavy = Heavy(self._heavy_lane, worker) if self._heavy_lane else None
        self._watch, self._clockwork = Watch(), Clockwork()
        try:
            self._loop(worker, heavy)
        finally:
            if heavy:
                heavy.stop()
            self._end_members()
            with suppress(DatabaseError):
                patiently(lambda: leave(worker))
            self._bell.close()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _loop(self, worker: int, heavy: Heavy | None) -> None:
        next_tick = next_beat = next_heal = 0.0
        while not self._stopping:
            lost = self._reap(heavy)
            self._start_members()
            try:
                now = time.monotonic()
                if lost or now >= next_tick:
                    next_tick = now + TICK
                    self._tick(heavy)
                if now >= next_beat:
                    next_beat = now + BEAT_EVERY
                    if not beat(worker):
                        logger.error("this supervisor was given up by the others; it ends, to be started anew")
                        return
                if now >= next_heal:
                    next_heal = now + HEAL_EVERY
                    heal_clock()
                if heavy:
                    heavy.start()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("supervisor: the database does not answer: %s", error)
                drop_connection()
            self._bell.wait(TICK)

    def _tick(self, heavy: Heavy | None) -> None:
        if freed := self._watch.reclaim():
            logger.warning("%s jobs of lost workers run again", freed)
        for name in self._clockwork.fire_due(self._works):
            logger.info("periodic work %s", name)
        if heavy:
            heavy.look_after()

    def _start_members(self) -> None:
        now = time.monotonic()
        for member in self._members:
            if not member.pid and now >= member.start_at:
                if not _wanted(member):
                    member.start_at = now + TICK
                    continue
                member.pid = fork(member.body, on_parent_death=signal.SIGTERM, niceness=member.niceness)
                member.started = now

    def _reap(self, heavy: Heavy | None) -> bool:
        """Take leave of children that ended. True: one of them may have left jobs behind."""
        lost = False
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return lost
            if not pid:
                return lost
            if heavy and pid in heavy.children:
                heavy.ended(pid, status)
            for member in self._members:
                if member.pid == pid and member.wanted and not status:
                    member.pid, member.falls = 0, 0  # it has done what there was to do
                elif member.pid == pid:
                    lost = True
                    self._fell(member, how_it_ended(status))

    @staticmethod
    def _fell(member: Member, how: str) -> None:
        now = time.monotonic()
        member.falls = 0 if now - member.started > CALM else member.falls + 1
        member.start_at = now + min(30.0, 0.25 * 2**member.falls if member.falls else 0.0)
        member.pid = 0
        logger.error("%s ended (%s); it starts again", member.name, how or "by itself")

    def _end_members(self) -> None:
        for member in self._members:
            if member.pid:
                with suppress(ProcessLookupError):
                    os.kill(member.pid, signal.SIGTERM)
        end = time.monotonic() + self._grace + 5
        for member in self._members:
            while member.pid:
                with suppress(ChildProcessError):
                    if os.waitpid(member.pid, os.WNOHANG) == (0, 0):
                        if time.monotonic() > end:
                            os.kill(member.pid, signal.SIGKILL)
                        time.sleep(0.02)
                        continue
                member.pid = 0
        with suppress(DatabaseError):
            self._watch.reclaim()


def _member(service: Service) -> Member:
    return Member(f"service {service.name}", lambda: _serve(service), wanted=service.wanted)


def _wanted(member: Member) -> bool:
    try:
        return member.wanted is None or member.wanted()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("%s waits: the database does not answer: %s", member.name, error)
        drop_connection()
        return False


def _serve(service: Service) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    service.run(stop)
    return 0
