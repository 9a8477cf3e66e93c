"""Collecting: entries a second through the installed worker until the last is searchable, then SIGKILL and a count;
linked pages; a sweep of quiet sources with the worker's memory; and the part of one process, beside feedparser alone.

    python bench/bench_collecting.py [PART ...] [--feeds N]      parts: reading, entries, pages, quiet
"""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import feed_server
from figures import Figure
from haihe.base.tests.ports import free_port

PARTS = ("reading", "entries", "pages", "quiet")
ENTRIES, CHARACTERS = 25, 800  # of one feed at one visit
FEEDS, ROUNDS = 2000, 2  # 100,000 entries: 100 s at the bar, which asks for 60
QUIET = 1000
SITES, PAGES = 40, 30  # linked pages: so many site maps of so many articles
AT_ONCE = 500  # entries of the one big feed that is read in this process
LONGEST = 900.0  # seconds; what has not arrived then is a figure of its own


def run(parts: tuple[str, ...] = PARTS, feeds: int = FEEDS) -> list[Figure]:
    figures = []
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
            environ = {
                **os.environ,
                "HAIHE_HOME": home,
                "DJANGO_SETTINGS_MODULE": "haihe.house.settings",
                "HAIHE_ALLOW_ADDRESSES": "127.0.0.0/8",
            }
            command = [sys.executable, __file__, "measure", part, "--feeds", str(feeds)]
            done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=True)
        figures += [Figure(**told) for told in json.loads(done.stdout.splitlines()[-1])]
    return figures


def measure(part: str, feeds: int) -> list[Figure]:
    import django

    django.setup()
    from django.core.management import call_command

    from haihe.base.search import rebuild

    call_command("migrate", verbosity=0)
    rebuild()
    return {"reading": reading, "entries": lambda: entries(feeds), "pages": pages, "quiet": quiet}[part]()


def reading() -> list[Figure]:
    """One process: from the bytes of a feed to rows, journal and ledger, in turns with feedparser alone."""
    import feedparser

    from haihe.newsroom.domain.collecting import take_upload
    from haihe.newsroom.models import Item

    box = _source(0, "", transport="upload")
    taken: dict[str, list[float]] = {"new": [], "peer": [], "known": []}
    for turn in range(6):
        data = feed_server.feed(f"r{turn}", AT_ONCE, 600)
        for name, work in (
            ("new", lambda: take_upload(box, data, filename="bench.xml", by=None)),  # noqa: B023
            ("peer", lambda: feedparser.parse(io.BytesIO(data))),  # noqa: B023
            ("known", lambda: take_upload(box, data, filename="bench.xml", by=None)),  # noqa: B023
        ):
            begun = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begun)
    assert Item.objects.count() == AT_ONCE * 6
    ours, peer, again = (AT_ONCE / statistics.median(taken[name][1:]) for name in ("new", "peer", "known"))
    what = f"{AT_ONCE} entries of 600 characters"
    return [
        Figure("entries taken in a second, one process", ours, "1/s", "limit", 1000, bar="value >= 1000", note=what),
        Figure("the same against feedparser alone", ours, "1/s", "feedparser with its sanitiser", peer),
        Figure("entries a second when nothing is new", again, "1/s", "feedparser with its sanitiser", peer),
    ]


def entries(feeds: int) -> list[Figure]:
    """Through the worker: the clock ends when the last entry is searchable and its Master durable; then SIGKILL."""
    from haihe.archive import read as read_master
    from haihe.base.search import index_pending, search
    from haihe.base.search.models import Change
    from haihe.newsroom.models import Fetch, Item, Source
    from haihe.newsroom.tasks import visit_due_sources

    expected = feeds * ENTRIES * ROUNDS
    with _server() as port:
        for letter in "ab"[:ROUNDS]:  # made before the clock starts: what makes feeds is no part of what takes them in
            urllib.request.urlopen(f"http://127.0.0.1:{port}/warm/{letter}/{feeds}/{ENTRIES}/{CHARACTERS}").close()
        sources = [_source(n, f"http://{_host(n)}:{port}/feed/a{n}/{ENTRIES}/{CHARACTERS}") for n in range(feeds)]
        with _worker() as worker:
            begun = time.monotonic()
            for turn in range(ROUNDS):
                if turn:
                    for n, source in enumerate(sources):
                        address = f"http://{_host(n)}:{port}/feed/b{n}/{ENTRIES}/{CHARACTERS}"
                        Source.objects.filter(pk=source.pk).update(address=address, etag="", next_visit_at=None)
                visit_due_sources.enqueue()
                wanted = feeds * (turn + 1)
                _wait(lambda: Fetch.objects.filter(status=200).count() >= wanted)  # noqa: B023
            collected = time.monotonic() - begun
            _wait(lambda: Item.objects.count() >= expected and not Change.objects.exists())
            took = time.monotonic() - begun
            cpu = _processor_seconds(worker.pid)
            waiting = Item.objects.filter(pending=True).count()
            worker.kill_all()
    last = f"xb{feeds - 1}x{ENTRIES - 1}x"
    index_pending()
    searchable = search(last, models=[Item]).total == 1 and search("津", models=[Item]).total >= 0
    there = Item.objects.count()
    sound = sum(bool(read_master(row.master)) for row in Fetch.objects.filter(status=200)[:: max(1, feeds // 50)])
    note = (
        f"{feeds} feeds × {ENTRIES} entries × {ROUNDS} visits; collected after {collected:.0f} s, searchable after "
        f"{took:.0f} s; {cpu / expected * 1000:.2f} ms of processor time an entry in all, with "
        f"families and terms of {expected - waiting}; {sound} Masters read back"
    )
    return [
        Figure("entries a second through the worker, to searchable", there / took, "1/s", "limit", 1000,
               bar="value >= 1000", note=note),
        Figure("entries after SIGKILL", float(there if searchable else 0), "1", "collected", float(expected),
               bar="ratio >= 1"),
    ]  # fmt: skip


def pages() -> list[Figure]:
    """Linked articles: named by site maps of many hosts, fetched, read by the article reader, taken in."""
    from haihe.newsroom.models import Item, LinkedPage
    from haihe.newsroom.tasks import visit_due_sources

    expected = SITES * PAGES
    with _server() as port, _worker() as worker:
        for n in range(SITES):
            _source(n, f"http://{_host(n)}:{port}/map/{n}/{PAGES}", transport="sitemap", linked="always")
        begun = time.monotonic()
        visit_due_sources.enqueue()
        _wait(lambda: Item.objects.count() >= expected)
        took = time.monotonic() - begun
        worker.kill_all()
    assert LinkedPage.objects.count() == expected
    note = f"{SITES} hosts × {PAGES} articles of 1,200 characters"
    return [Figure("linked pages a second", expected / took, "1/s", "limit", 30, bar="value >= 30", note=note)]


def quiet() -> list[Figure]:
    """A sweep of sources that answer 304, each on a host of its own, guard and manners on; the worker's memory."""
    from haihe.newsroom.models import Fetch
    from haihe.newsroom.tasks import visit_due_sources

    with _server() as port, _worker() as worker:
        for n in range(QUIET):
            _source(n, f"http://{_host(n)}:{port}/quiet/{n}", etag='"1"')
        begun = time.monotonic()
        visit_due_sources.enqueue()
        peak = 0.0

        def done() -> bool:
            nonlocal peak
            peak = max(peak, _weight(worker.pid))
            return Fetch.objects.filter(status=304).count() >= QUIET

        _wait(done)
        took = time.monotonic() - begun
        worker.kill_all()
    note = f"{QUIET} sources on {QUIET} hosts"
    return [
        Figure("one sweep of quiet sources", took, "s", "limit", 5, bar="value <= 5", note=note),
        Figure("worker's memory meanwhile (PSS, all processes)", peak, "MB", "limit", 400, bar="value <= 400"),
    ]


class _Worker:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process, self.pid = process, process.pid

    def kill_all(self) -> None:
        """SIGKILL for the worker and all its processes: nothing of it has a chance to tidy up."""
        import psutil

        family = [psutil.Process(each) for each in _family(self.pid)]
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGKILL)
        self.process.wait(30)
        psutil.wait_procs(family, timeout=30)


@contextmanager
def _worker() -> Iterator[_Worker]:
    """`haihe worker`, as `haihe up` starts it, in a session of its own."""
    from haihe.base.tasks.models import Worker

    process = subprocess.Popen(
        [sys.executable, "-m", "django", "worker"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    running = _Worker(process)
    try:
        _wait(lambda: Worker.objects.filter(crew="slow").exists())
        yield running
    finally:
        if process.poll() is None:
            running.kill_all()


@contextmanager
def _server() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("feed_server.py")), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _source(number: int, address: str, **fields: Any) -> Any:
    from haihe.city.domain.organisations import found
    from haihe.city.models import Organisation
    from haihe.newsroom.models import Source

    centre = Organisation.objects.filter(slug="bench").first() or found("Bench", slug="bench")
    return Source.objects.create(organisation=centre, name=f"{number}", address=address, **fields)


def _host(number: int) -> str:
    """127.0.0.2 and on, one for each source."""
    return f"127.{number // 62_500}.{number % 62_500 // 250}.{2 + number % 250}"


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("it did not end; the machine, or a defect")
        time.sleep(0.05)


def _family(pid: int) -> list[int]:
    import psutil

    parent = psutil.Process(pid)
    return [pid, *(child.pid for child in parent.children(recursive=True))]


def _weight(pid: int) -> float:
    """MB of PSS of a process and all below it."""
    import psutil

    total = 0
    for each in _family(pid):
        try:
            total += psutil.Process(each).memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 1e6


def _processor_seconds(pid: int) -> float:
    import psutil

    times = [psutil.Process(each).cpu_times() for each in _family(pid)]
    return sum(one.user + one.system for one in times)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--feeds", type=int, default=FEEDS)
    options = parser.parse_args()
    if options.parts[:1] == ["measure"]:
        print(json.dumps([asdict(figure) for figure in measure(options.parts[1], options.feeds)]))
    else:
        for figure in run(tuple(options.parts) or PARTS, options.feeds):
            print(figure)
