"""Who works, and whose work must be given to others."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from haihe.base.tasks.domain.claiming import take_back
from haihe.base.tasks.models import Job, Worker

LEASE_SECONDS = 30.0


def this_machine() -> str:
    """Name of the place in which process ids mean something: host, boot, and process namespace."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
    with suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))
    return " ".join(parts)[:200]


def born(pid: int) -> str | None:
    """When a process of this machine started, in its own unit; "" where the system does not tell; None: it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return None
        except PermissionError:
            pass
        return ""
    return None if fields[0] in "ZX" else fields[19]


def register(crew: str) -> Worker:
    """A row for the calling process; its jobs hang on it."""
    now = timezone.now()
    pid = os.getpid()
    return Worker.objects.create(
        name=f"{socket.gethostname()}/{crew}/{pid}"[:100],
        crew=crew,
        machine=this_machine(),
        pid=pid,
        born=born(pid) or "",
        beat_at=now,
        started_at=now,
    )


def beat(worker: int) -> bool:
    """Tell the others that this worker lives. False: they have given it up, and its leases are lost."""
    return bool(Worker.objects.filter(pk=worker).update(beats=F("beats") + 1, beat_at=timezone.now()))


def leave(worker: int, why: str = "the worker stopped") -> int:
    """End a worker in good order: what it still holds is put back. Returns how many jobs that were."""
    with transaction.atomic():
        freed = take_back(worker, why, crash=False)
        Worker.objects.filter(pk=worker).delete()
    return freed


class Watch:
    """Finds workers that are gone.

    On the same machine by their process; elsewhere by a beat that stood still for LEASE_SECONDS of this watcher's own
    monotonic clock, so that a wrong or corrected clock neither kills a live worker nor keeps a dead one.
    """

    def __init__(self) -> None:
        self._machine = this_machine()
        self._seen: dict[int, tuple[int, float]] = {}

    def reclaim(self) -> int:
        """Give the jobs of lost workers back to the queue; returns how many."""
        workers = list(Worker.objects.all())
        self._seen = {w.pk: self._seen[w.pk] for w in workers if w.pk in self._seen}
        freed = sum(self._bury(worker) for worker in workers if self._is_gone(worker))
        if Job.objects.filter(state=Job.State.RUNNING, worker=None).exists():
            freed += take_back(None, "the worker is unknown", crash=True)
        return freed

    def _is_gone(self, worker: Worker) -> bool:
        if worker.machine == self._machine and born(worker.pid) != worker.born:
            return True
        beats, since = self._seen.setdefault(worker.pk, (worker.beats, time.monotonic()))
        if beats != worker.beats:
            self._seen[worker.pk] = (worker.beats, time.monotonic())
            return False
        return time.monotonic() - since > LEASE_SECONDS

    @staticmethod
    def _bury(worker: Worker) -> int:
        with transaction.atomic():
            if Worker.objects.select_for_update(skip_locked=True).filter(pk=worker.pk).first() is None:
                return 0
            freed = take_back(worker.pk, f"the worker {worker.name} was lost in the middle of this task", crash=True)
            Worker.objects.filter(pk=worker.pk).delete()
        return freed
