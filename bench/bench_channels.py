"""Channels: from publishing to ten receivers' logs while the worker collects and a heavy process runs; 100,000 owed
deliveries drained while the worker's sender is killed every five seconds; and how long all products of one story take.

BENCH_STORIES (200), BENCH_DELIVERIES (100000). Everything runs in a home of its own, on loopback; receivers are
processes that know the keys they have seen, wait 20 ms and fail five times in a hundred.
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

from city_servers import measured_inside, running
from figures import Figure, percentile

STORIES = int(os.environ.get("BENCH_STORIES", "200"))
DELIVERIES = int(os.environ.get("BENCH_DELIVERIES", "100000"))
OUTLETS = 10
KILL_EVERY = 5.0
GIVE_UP = 900.0
BUSY = "while True: sum(range(10**6))"


def run() -> list[Figure]:
    return [figure for what in ("latency", "drain", "products") for figure in measured_inside(__file__, what)]


def latency() -> list[Figure]:
    """publish() as the admin's button calls it, to the line in each receiver's log."""
    import bench_publishing as publishing_bench
    from haihe.newsroom.domain import writing
    from haihe.releases.domain import publishing

    organisation, editor, section, _topic = publishing_bench._found(publishing_bench._feed_server())
    folders = _receivers(1)
    _outlets(organisation, folders)
    began: dict[str, float] = {}
    commands = [[sys.executable, "-m", "haihe", "worker"], ["nice", "-n", "5", sys.executable, "-c", BUSY]]
    with _served(folders), running(commands, dict(os.environ)):
        time.sleep(3)
        for number in range(STORIES):
            if number % 20 == 0:
                publishing_bench._sweep()
            title = f"第{number}号渡口今日开航"
            draft = writing.begin(organisation, editor, title=title, html=f"<p>{title}。</p>" * 8, section=section)
            began[title] = time.time()
            publishing.publish(draft, editor)
            time.sleep(0.15)
        _until(lambda: len(_log(folders)) >= STORIES * OUTLETS)
    waits = [line["at"] - began[line["title"]] for line in _log(folders)]
    once = len({line["key"] for line in _log(folders)}) == len(waits) == STORIES * OUTLETS
    note = f"{STORIES} stories × {OUTLETS} outlets, median {percentile(waits, 0.5):.2f} s, each once: {once}"
    p95 = percentile(waits, 0.95)
    return [Figure("publish() to the receiver's log, p95", p95, "s", "limit", 1.0, bar="ratio <= 1", note=note)]


def drain() -> list[Figure]:
    """Owed rows to lines in the logs, while the process that sends is killed every five seconds."""
    organisation, folders = _organisation(), _receivers(2)
    outlets = _outlets(organisation, folders)
    _owe(organisation, outlets, DELIVERIES // OUTLETS)
    kills = 0
    with _served(folders, "--slow", "20", "--fail", "5"):
        began = killed_at = time.monotonic()
        worker = _worker()
        while _left() and time.monotonic() - began < GIVE_UP:
            time.sleep(0.25)
            if time.monotonic() - killed_at >= KILL_EVERY:
                kills += _kill_the_sender()
                killed_at = time.monotonic()
        took = time.monotonic() - began
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        log = _log(folders)
    once = {(line["publication"], line["version"], line["key"]) for line in log}
    note = f"{len(log)} lines for {DELIVERIES} deliveries, {len(log) - len(once)} twice, {_left()} left, {kills} kills"
    whole = len(log) == len(once) == DELIVERIES and not _left()
    rate = DELIVERIES / took if whole else 0.0
    return [Figure("owed deliveries drained", rate, "1/s", "limit", 500.0, bar="ratio >= 1", note=note)]


def products() -> list[Figure]:
    from django.conf import settings

    from haihe.channels.domain import pictures
    from haihe.channels.tests import samples
    from haihe.releases.delivery import products_of
    from haihe.releases.delivery.protocols import is_slow

    settings.MEDIA_ROOT = Path(os.environ["HAIHE_HOME"]) / "media"
    release = samples.everything()
    spent: dict[str, float] = {}
    fresh = 0.0
    for _round in range(2):  # libraries and fonts are read once in a process's life
        fresh = sum(spent.values())
        spent = {}
        pictures._encoded.cache_clear()
        for name, product in products_of("story").items():
            if is_slow(product):  # made in the heavy lane
                continue
            began = time.perf_counter()
            product.render(release)
            spent[name] = (time.perf_counter() - began) * 1000
    slowest = sorted(spent, key=lambda name: -spent[name])[:4]
    note = f"{len(spent)} products; " + ", ".join(f"{name} {spent[name]:.0f}" for name in slowest)
    return [
        Figure("all products of a story with four pictures", sum(spent.values()), "ms", "limit", 400.0,
               bar="ratio <= 1", note=note),
        Figure("the same, the first of a fresh process", fresh, "ms", "limit", 400.0, bar="ratio <= 1"),
        Figure("share card", spent["card"], "ms", "limit", 60.0, bar="ratio <= 1"),
    ]  # fmt: skip


def _organisation() -> Any:
    from haihe.city.domain.organisations import found

    return found("海河融媒体中心", slug="bench")


def _receivers(count: int) -> list[Path]:
    folders = [Path(os.environ["HAIHE_HOME"]) / f"receiver{number}" for number in range(count)]
    for folder in folders:
        folder.mkdir()
    return folders


def _served(folders: list[Path], *options: str) -> Any:
    commands = [[sys.executable, "-m", "haihe.channels.tests.receiver", str(folder), *options] for folder in folders]
    return _Ready(running(commands, dict(os.environ)), folders)


class _Ready:
    """The context of running receivers, entered when each has its port and the outlets know it."""

    def __init__(self, context: Any, folders: list[Path]) -> None:
        self._context, self._folders = context, folders

    def __enter__(self) -> None:
        from haihe.releases.delivery.models import Outlet

        self._context.__enter__()
        _until(lambda: all((folder / "port").exists() for folder in self._folders))
        for number, outlet in enumerate(Outlet.objects.order_by("pk")):
            port = (self._folders[number % len(self._folders)] / "port").read_text()
            outlet.settings = {"url": f"http://127.0.0.1:{port}/{number}"}
            outlet.save()

    def __exit__(self, *error: object) -> None:
        self._context.__exit__(*error)


def _outlets(organisation: Any, folders: list[Path]) -> list[Any]:
    from haihe.releases.delivery.domain.sealing import seal
    from haihe.releases.delivery.models import Outlet

    return [
        Outlet.objects.create(
            organisation=organisation, name=f"渠道{number}", channel="webhook", product="release",
            settings={"url": "http://127.0.0.1:1/"}, sealed=seal({"secret": "bench"}),
        )
        for number in range(OUTLETS)
    ]  # fmt: skip


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
        for release in releases:
            rows = [owing.row(outlet.pk, release, release.publication, now) for outlet in outlets]
            Delivery.objects.bulk_create(rows)
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


def _left() -> int:
    from haihe.releases.delivery.models import Delivery

    return Delivery.objects.exclude(state="sent").count()


def _log(folders: list[Path]) -> list[dict[str, Any]]:
    files = [folder / "log.jsonl" for folder in folders]
    return [json.loads(line) for file in files if file.exists() for line in file.read_text().splitlines()]


def _until(true: Any) -> None:
    end = time.monotonic() + 120
    while not true():
        if time.monotonic() > end:
            raise SystemExit("it did not happen in time")
        time.sleep(0.05)


if __name__ == "__main__":
    import django

    django.setup()
    figures = {"latency": latency, "drain": drain, "products": products}[sys.argv[1]]()
    print(json.dumps([asdict(figure) for figure in figures]))
