"""Channels: owed deliveries drained while the process that sends is killed every five seconds. BENCH_DELIVERIES
(100000) says how many.

A worker runs in a home of its own, on loopback; receivers are two processes that know the keys they have seen, wait
20 ms and fail five times in a hundred.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import measured_inside
from figures import Figure
from receiving import OUTLETS, log, receivers, served, set_up

DELIVERIES = int(os.environ.get("BENCH_DELIVERIES", "100000"))
KILL_EVERY = 5.0
GIVE_UP = 900.0


def run() -> list[Figure]:
    return measured_inside(__file__, "drain")


def drain() -> list[Figure]:
    """Owed rows to lines in the logs, while the process that sends is killed every five seconds."""
    organisation, folders = _organisation(), receivers(2)
    outlets = set_up(organisation)
    _owe(organisation, outlets, DELIVERIES // OUTLETS)
    kills = 0
    with served(folders, "--slow", "20", "--fail", "5"):
        began = killed_at = time.monotonic()
        worker = _worker()
        while _goes_on() and time.monotonic() - began < GIVE_UP:
            time.sleep(0.25)
            if time.monotonic() - killed_at >= KILL_EVERY:
                kills += _kill_the_sender()
                killed_at = time.monotonic()
        took = time.monotonic() - began
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        lines = log(folders)
    once = {(line["publication"], line["version"], line["key"]) for line in lines}
    note = (
        f"{len(lines)} lines for {DELIVERIES} deliveries, {len(lines) - len(once)} twice, {_left()} left, {kills} kills"
    )
    whole = len(lines) == len(once) == DELIVERIES and not _left()
    rate = DELIVERIES / took if whole else 0.0
    return [Figure("owed deliveries drained", rate, "1/s", "limit", 500.0, bar="ratio >= 1", note=note)]


def _organisation() -> Any:
    from haihe.city.domain.organisations import found

    return found("海河融媒体中心", slug="bench")


def _owe(organisation: Any, outlets: list[Any], count: int) -> None:
    """Small releases, each owed to every outlet."""
    from django.db import transaction
    from django.utils import timezone

    from haihe.channels.tests import samples
    from haihe.releases.delivery.domain import owing
    from haihe.releases.delivery.models import Delivery
    from haihe.releases.models import Publication, Release

    content, now = samples.release().content, timezone.now()
    publications = [
        Publication(kind="story", subject_label="bench", subject_id=str(n), organisation=organisation, title=f"第{n}条",
                    path=f"/story/20261123-b{n:06d}/", state="published", first_published_at=now, changed_at=now)
        for n in range(count)
    ]  # fmt: skip
    releases = [
        Release(publication=one, number=1, action="publish", content=content, content_sha256="0" * 64, hash=f"b{n}",
                note_sha256="0" * 64, made_at=now)
        for n, one in enumerate(publications)
    ]  # fmt: skip
    with transaction.atomic():
        Publication.objects.bulk_create(publications, batch_size=500)
        Release.objects.bulk_create(releases, batch_size=500)
        rows = [owing.row(outlet.pk, one, one.publication, now) for one in releases for outlet in outlets]
        Delivery.objects.bulk_create(rows, batch_size=2000)
        owing.wake()


def _worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "haihe", "worker"]
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _kill_the_sender() -> int:
    """Kill the process of the worker that delivers; its supervisor starts another. Returns how many that were."""
    file = Path(os.environ["HAIHE_HOME"]) / "run" / "deliver.lock"
    with suppress(OSError, ValueError):
        os.kill(int(file.read_text()), signal.SIGKILL)
        return 1
    return 0


def _goes_on() -> bool:
    from haihe.releases.delivery.models import Delivery

    return Delivery.objects.filter(state__in=["owed", "sending"]).exists()


def _left() -> int:
    from haihe.releases.delivery.models import Delivery

    return Delivery.objects.exclude(state="sent").count()


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps([asdict(figure) for figure in drain()]))
