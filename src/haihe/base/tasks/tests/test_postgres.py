"""The queue and the audit trail on a real PostgreSQL, in a cluster of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from haihe.base.tasks.tests.cluster import postgres


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    with postgres() as folder:
        told = {"HAIHE_HOME": str(folder / "home"), "ALONE_POSTGRES": str(folder)}
        environ = {**os.environ, **told, "DJANGO_SETTINGS_MODULE": "haihe.base.tasks.tests.alone"}
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environ, check=True)
        yield environ


def run(environ: dict[str, str], code: str) -> Any:
    """Run Python beside that database; gives what it prints, as JSON."""
    setup = "import django, json, time; django.setup()\nfrom haihe.base.tasks.tests import samples\n"
    setup += "from haihe.base.tasks.models import Job, Worker\n"
    done = subprocess.run(
        [sys.executable, "-c", setup + code], env=environ, stdout=subprocess.PIPE, check=True, timeout=90
    )
    return json.loads(done.stdout or b"null")


COUNT = """
while Job.objects.filter(state__in=["waiting", "running"], task_path__contains="samples").exists(): time.sleep(0.1)
rows = Job.objects.filter(task_path__contains="samples")
print(json.dumps(sorted(rows.values_list("state", "attempts").distinct())))
"""


def test_postgres_two_workers_run_every_task_once_and_a_killed_ones_again(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "django", "worker", "--crews", "slow"]
    options: dict[str, Any] = {"env": environ, "start_new_session": True, "stderr": subprocess.DEVNULL}
    workers = [subprocess.Popen(command, **options) for _ in range(2)]
    try:
        assert run(environ, "for n in range(200): samples.note.enqueue(str(n))" + COUNT) == [["done", 1]]
        lines = (Path(environ["HAIHE_HOME"]) / "ran.txt").read_text().split()
        assert sorted(lines, key=int) == [str(number) for number in range(200)]
        run(
            environ,
            "Job.objects.all().delete(); samples.slow.enqueue('a', 6.0)\n"
            "while not Job.objects.filter(state='running', task_path__contains='samples').exists(): time.sleep(0.05)",
        )
        for worker in workers:
            os.killpg(worker.pid, signal.SIGKILL)
        workers = [subprocess.Popen(command, **options)]
        assert run(environ, COUNT) == [["done", 2]]
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
            worker.wait(30)


def test_postgres_once_key_waits_for_the_callers_commit(environ: dict[str, str]) -> None:
    """While a transaction that has found the waiting job is open, no worker may start that job."""
    code = """
import threading
from django.db import transaction
from haihe.base.tasks.domain.claiming import claim
from haihe.base.tasks.domain.leases import leave, register
Job.objects.all().delete()
samples.note.enqueue_once("a", key="k")
worker = register("test")
seen = []
with transaction.atomic():
    samples.note.enqueue_once("a", key="k")
    other = threading.Thread(target=lambda: seen.append(len(claim(worker.pk, {"collect": 5}))))
    other.start(); other.join()
seen.append(len(claim(worker.pk, {"collect": 5})))
leave(worker.pk)
print(json.dumps([seen, Job.objects.count()]))
"""
    assert run(environ, code) == [[0, 1], 1]


def test_postgres_two_writers_make_one_chain_that_refuses_changes(environ: dict[str, str]) -> None:
    writer = """
import sys, django; django.setup()
from haihe.base.audit import record
for number in range(100): record("writer.wrote", detail={"n": number, "f": 1.5, "name": "海河"})
"""
    writers = [subprocess.Popen([sys.executable, "-c", writer], env=environ) for _ in range(2)]
    assert [each.wait(90) for each in writers] == [0, 0]
    code = """
from django.db import DatabaseError, connection, transaction
from haihe.base.audit import immutability, verify
refused = 0
for statement in ("UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_detail", "UPDATE audit_head SET number = 1",
                  "TRUNCATE audit_entry CASCADE", "DELETE FROM audit_entry WHERE number = 200"):
    try:
        with transaction.atomic(), connection.cursor() as cursor: cursor.execute(statement)
    except DatabaseError as error:
        refused += "append-only" in str(error)
verdict = verify()
whole = [verdict.sound, verdict.entries, refused, immutability.missing(connection)]
immutability.remove(connection)
with connection.cursor() as cursor: cursor.execute("UPDATE audit_entry SET action = 'x' WHERE number = 5")
print(json.dumps([whole, len(immutability.missing(connection)), [p.number for p in verify().problems]]))
"""
    assert run(environ, code) == [[True, 200, 5, []], 9, [5]]
