"""Background work: how soon a reserved lane starts while collecting is busy, how many jobs a worker gets through, and
what the worker weighs. The peer is the plain worker of django-tasks-db on the same kind of database, in turns.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure, percentile

STARTS = 120
JOBS = 600
ROUNDS = 3


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        environ = {**os.environ, "HAIHE_HOME": home, "DJANGO_SETTINGS_MODULE": "haihe.base.tasks.tests.alone"}
        done = subprocess.run([sys.executable, __file__, "measure"], env=environ, stdout=subprocess.PIPE, check=True)
    return [Figure(**told) for told in json.loads(done.stdout.splitlines()[-1])]


def measure() -> list[Figure]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    rates: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _round in range(ROUNDS):
        rates["ours"].append(_our_rate())
        rates["theirs"].append(_their_rate())
    idle, busy, weight = _start_latencies()
    ours, theirs = statistics.median(rates["ours"]), statistics.median(rates["theirs"])
    calm, under_load = percentile(idle, 0.95), percentile(busy, 0.95)
    note = f"median {statistics.median(busy):.1f} ms; idle median {statistics.median(idle):.1f} ms"
    return [
        Figure("start of a bake after commit, p95, collect busy", under_load, "ms", "limit", 50, bar="value <= 50",
               note=note),
        Figure("start of a bake, p95, busy against idle", under_load, "ms", "idle", calm),
        Figure("jobs per second, one worker", ours, "1/s", "django-tasks-db db_worker", theirs, bar="ratio >= 1"),
        Figure("worker's memory (PSS, all processes, queue alone)", weight, "MB", "limit", 220, bar="value <= 220"),
    ]  # fmt: skip


@contextmanager
def _process(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _our_rate() -> float:
    from haihe.base.tasks.models import Job
    from haihe.base.tasks.tests.measured import nothing

    Job.objects.all().delete()
    for _ in range(JOBS):
        nothing.enqueue()
    mine = Job.objects.filter(task_path__endswith="nothing")
    with _process("django", "worker", "--crews", "slow"):
        _wait(lambda: mine.filter(state="done").count() == JOBS)
    return JOBS / _span(mine)


def _their_rate() -> float:
    from django_tasks_db.models import DBTaskResult

    from haihe.base.tasks.tests.measured import nothing_there

    DBTaskResult.objects.all().delete()
    for _ in range(JOBS):
        nothing_there.enqueue()
    with _process("django", "db_worker", "--backend", "peer", "--no-startup-delay", "--interval", "0.1"):
        _wait(lambda: DBTaskResult.objects.filter(status="SUCCESSFUL").count() == JOBS)
    return JOBS / _span(DBTaskResult.objects)


def _span(rows: Any) -> float:
    from django.db.models import Max, Min

    ends = rows.aggregate(begun=Min("started_at"), ended=Max("finished_at"))
    return float((ends["ended"] - ends["begun"]).total_seconds())


def _start_latencies() -> tuple[list[float], list[float], float]:
    """Milliseconds from commit to the task's first line, without and with a busy collect lane; MB of the worker."""
    from haihe.base.tasks.models import Job, Worker
    from haihe.base.tasks.tests.measured import visit

    with _process("django", "worker") as worker:
        _wait(lambda: Worker.objects.filter(crew="quick").exists() and Worker.objects.filter(crew="slow").exists())
        time.sleep(1)
        idle = _starts()
        for number in range(400):
            visit.enqueue(number)
        _wait(lambda: Job.objects.filter(state="running", lane="collect").count() == 6)
        busy = _starts()
        still = Job.objects.filter(state="running", lane="collect").count()
        if not still:
            raise RuntimeError("the collect lane was not busy to the end; give it more visits")
        weight = _pss(worker.pid)
        Job.objects.filter(state="waiting").delete()
    return idle, busy, weight


def _starts() -> list[float]:
    from django.db import transaction

    from haihe.base.tasks.tests.measured import bake

    asked = []
    for _ in range(STARTS):
        with transaction.atomic():
            result = bake.enqueue()
            asked.append((result, time.time()))
        time.sleep(0.03)
    _wait(lambda: _refreshed(asked[-1][0]).is_finished)
    return [(_refreshed(result).return_value - before) * 1000 for result, before in asked]


def _refreshed(result: Any) -> Any:
    result.refresh()
    return result


def _pss(pid: int) -> float:
    """MB of a process and all under it, shared pages counted once."""
    own = sum(
        int(line.split()[1])
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        if line[:4] == "Pss:"
    )
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own / 1024 + sum(_pss(int(child)) for child in children)


def _wait(true: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the worker did not get there")
        time.sleep(0.05)


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        print(json.dumps([asdict(figure) for figure in measure()]))
    else:
        for figure in run():
            print(figure)
