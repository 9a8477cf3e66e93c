"""Faults, really done: what is killed, doubled or starved while a city works; afterwards everything is there once."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from haihe.archive.tests.disk import fill, small_disk
from haihe.base.outbound.testing import LOOPBACK, Site, serving
from haihe.house.tests.conftest import HAIHE, plain_environment

WITHIN = 240.0

FOUND = """
import django
django.setup()
from haihe.city import grant
from haihe.city.domain.organisations import found
from haihe.city.models import Person
from haihe.newsroom.models import Source
desk = found("海河区融媒体中心", slug="desk")
person = Person.objects.create_user("desk", "desk@desk.example")
for role in ("reporter", "publisher"):
    grant(person, role, desk)
for name, address in json.loads(sys.argv[1]):
    Source.objects.create(organisation=desk, name=name, address=address)
"""

# What a minute in the life of a desk asks for: every source is due, stories are published and scheduled.
WORK = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from haihe.city.models import Organisation, Person
from haihe.newsroom.domain import writing
from haihe.newsroom.models import Manuscript, Source
from haihe.newsroom.tasks import visit_source
from haihe.releases.domain import publish
from haihe.releases.tasks import publish_due
desk, person = Organisation.objects.get(slug="desk"), Person.objects.get(username="desk")
for source in Source.objects.all():
    visit_source.enqueue_once(key=f"source:{source.pk}", source_id=source.pk)
publish_due.enqueue()
print("asked", flush=True)
for number in range(int(sys.argv[1]), int(sys.argv[2])):
    title = f"渡口第{number:04}号今日开航"
    story = Manuscript.objects.filter(title=title).first() or writing.begin(
        desk, person, title=title, html=f"<p>{title}。</p>"
    )
    if number % 3 == 0:  # the worker publishes this one
        story.go_live_at = timezone.now() + timedelta(seconds=1)
        story.save_revision(user=person, clean=False)
    publish(story, person)
    print(title, flush=True)
"""

LOOK = """
import django
django.setup()
from warcio.archiveiterator import ArchiveIterator
from haihe.archive import read, verify as verify_archive
from haihe.archive.domain import layout, segments
from haihe.archive.models import Master
from haihe.base.search import search
from haihe.newsroom.models import Fetch, Item, ItemVersion, Manuscript
from haihe.releases.domain import verify
from haihe.releases.models import Publication
segments.seal_abandoned()
records = {}
for path in sorted(layout.segment_file("").iterdir()):
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
            records[record.rec_type] = records.get(record.rec_type, 0) + 1
masters = list(Master.objects.select_related("blob", "segment"))
items = list(Item.objects.select_related("source"))
published = list(Publication.objects.all())
shown = [*items, *published, *Manuscript.objects.all()]
versions = {}
for item_id, number in ItemVersion.objects.order_by("number").values_list("item_id", "number"):
    versions.setdefault(item_id, []).append(number)
print(json.dumps({
    "items": sorted([row.source.name, row.entry_id, row.title, row.text] for row in items),
    "versions_in_a_row": all(versions.get(i.pk, []) == list(range(1, i.version)) for i in items),
    "items_cite_their_bytes": all(row.entry_id.encode() in read(row.master) for row in items),
    "masters": len(masters),
    "records": len({(row.segment_id, row.offset) for row in masters}),
    "records_in_files": records.get("response", 0) + records.get("revisit", 0),
    "troubles": sorted(set(Fetch.objects.exclude(problem="").values_list("problem_code", flat=True))),
    "damaged": [str(finding) for finding in verify_archive() if finding],
    "published": sorted(row.title for row in published),
    "releases": sorted({tuple(row.releases.values_list("action", flat=True)) for row in published}),
    "chains": [str(fault) for row in published for fault in verify(row)],
    "found_not_once": [
        str(row) for row in shown if [hit.pk for hit in search(row.title, models=[type(row)]).hits] != [row.pk]
    ],
    "indexed": [search("", models=[Item]).total, search("", models=[Publication]).total],
    "paths": [row.path for row in published],
}))
"""

STANDING = "SELECT (SELECT count(*) FROM newsroom_item), (SELECT count(*) FROM releases_publication)"
OPEN = (
    "SELECT (SELECT count(*) FROM search_change WHERE problem = ''), (SELECT count(*) FROM baking_bakedpage "
    "WHERE dirty_since IS NOT NULL), (SELECT count(*) FROM tasks_job WHERE state IN "
    "('waiting', 'running') AND task_path IN ('haihe.newsroom.tasks.visit_source', "
    "'haihe.releases.baking.tasks.bake_waiting', 'haihe.releases.tasks.publish_due'))"
)


@dataclass
class City:
    """A home, what runs in it, and what its feeds hold."""

    home: Path
    site: Site
    feeds: int
    entries: dict[tuple[int, int], str] = field(default_factory=dict)  # (feed, entry) → text
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        told = plain_environment(HAIHE_HOME=str(self.home), HAIHE_ALLOW_ADDRESSES=LOOPBACK)
        return {**told, "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}

    def address(self, feed: int) -> str:
        return self.site.url(f"/{feed}.xml", host=f"127.0.0.{feed + 2}")  # each a host of its own

    def offer(self, count: int, edition: int) -> None:
        """Each feed now holds `count` entries; the first of each says something else in each edition."""
        for feed in range(self.feeds):
            for number in range(count):
                text = f"第{edition}次说明" if number == 0 else f"条目{feed:03}之{number:05}的正文，与别的都不一样。"
                self.entries[feed, number] = text
            self.serve(feed)

    def serve(self, feed: int) -> None:
        self.site.put(f"/{feed}.xml", self._feed(feed), Content_Type="application/rss+xml; charset=utf-8")

    def _feed(self, feed: int) -> str:
        said = "".join(
            f"<item><guid isPermaLink='false'>{entry_id(feed, number)}</guid><title>{title(feed, number)}</title>"
            f"<description>{text}</description></item>"
            for (of, number), text in self.entries.items()
            if of == feed
        )
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>源</title>{said}</channel></rss>"

    def wanted(self) -> list[list[str]]:
        return sorted([f"源{f}", entry_id(f, n), title(f, n), text] for (f, n), text in self.entries.items())

    def start(self, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            words, env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.running.append(process)
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        with (self.home / "said.txt").open("a") as log:
            for line in process.stdout or ():
                log.write(line)

    def worker(self) -> subprocess.Popen[str]:
        return self.start(*HAIHE, "worker")

    def do(self, code: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", "import json, sys\n" + code, *words],
            env=self.environ, capture_output=True, text=True, timeout=WITHIN,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def work(self, first: int, last: int) -> subprocess.Popen[str]:
        return self.start(sys.executable, "-c", "import json, sys\n" + WORK, str(first), str(last))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.home / "haihe.sqlite3", timeout=20) as database:
            return database.execute(sql).fetchall()

    def settle(self, stories: int) -> None:
        """Wait until everything is collected, published, baked and indexed, or time is up: then the looking tells."""
        until(lambda: self.rows(STANDING) == [(len(self.entries), stories)] and self.rows(OPEN) == [(0, 0, 0)])

    def said(self) -> str:
        return (self.home / "said.txt").read_text()[-4000:]

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()


def title(feed: int, number: int) -> str:
    return f"源{feed:03}之条目{number:05}号"


def entry_id(feed: int, number: int) -> str:
    return f"urn:{feed:03}:{number:05}."


def until(holds: Callable[[], Any], within: float = WITHIN) -> Any:
    """Ask again until it holds; its last answer."""
    ends = time.monotonic() + within
    while not (answer := holds()) and time.monotonic() < ends:
        time.sleep(0.1)
    return answer


def killed(process: subprocess.Popen[str]) -> None:
    """SIGKILL for a process and all its children, at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def a_city(home: Path, feeds: int) -> Iterator[City]:
    with serving("0.0.0.0") as site:
        city = City(home, site, feeds)
        try:
            city.do(FOUND, json.dumps([[f"源{feed}", city.address(feed)] for feed in range(feeds)]))
            yield city
        finally:
            city.end()


def assert_everything_is_there_once(city: City, stories: int, troubles: Sequence[str] = ()) -> None:
    found = json.loads(city.do(LOOK))
    assert found["items"] == city.wanted()
    assert (found["versions_in_a_row"], found["items_cite_their_bytes"], found["damaged"]) == (True, True, [])
    assert found["records"] == found["masters"] <= found["records_in_files"]
    assert found["troubles"] == list(troubles)
    assert found["published"] == [f"渡口第{number:04}号今日开航" for number in range(stories)]
    assert (found["releases"], found["chains"]) == ([["publish"]], [])
    assert found["found_not_once"] == []
    assert found["indexed"] == [len(city.wanted()), stories]
    verified = subprocess.run(
        [*HAIHE, "audit", "verify", "--json"], env=city.environ, capture_output=True, text=True, timeout=WITHIN
    )
    assert (verified.returncode, json.loads(verified.stdout)["sound"]) == (0, True)
    not_baked = [
        path for path in found["paths"] if not (city.home / "baked" / path.strip("/") / "index.html").is_file()
    ]
    assert not_baked == []
    assert city.rows("SELECT task_path, state FROM tasks_job WHERE state = 'running'") == []
    # Three lost workers make a dead letter: staff see it, and the next visit or round has done the work since.
    assert city.rows("SELECT DISTINCT error_class FROM tasks_job WHERE state = 'dead'") in (
        [],
        [("haihe.base.tasks.errors.WorkerDied",)],
    )


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("feeds", "rounds"),
    [pytest.param(5, 2, marks=pytest.mark.full), pytest.param(20, 25, marks=pytest.mark.full)],
    ids=["short", "long"],
)
def test_worker_killed_again_and_again_leaves_everything_once(home: Path, feeds: int, rounds: int) -> None:
    chance = random.Random(20261123)
    with a_city(home, feeds) as city:
        for round_ in range(rounds):
            city.offer(8 * (round_ + 1), edition=round_)
            asked = len(city.site.asked)
            worker, desk = city.worker(), city.work(0, 6 * (round_ + 1))
            assert until(lambda asked=asked: len(city.site.asked) > asked), "the worker does not collect"
            time.sleep(chance.uniform(0.0, 1.5))
            killed(worker)
            if round_ % 2:
                killed(desk)
            assert desk.wait(WITHIN) in (0, -signal.SIGKILL), city.said()
        city.offer(8 * (rounds + 1), edition=rounds)
        city.worker()
        assert city.work(0, 6 * rounds).wait(WITHIN) == 0, city.said()
        city.settle(6 * rounds)
        city.end()
        assert_everything_is_there_once(city, 6 * rounds)


@pytest.mark.full
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("feeds", "killings"), [(10, 0), (20, 10)])
def test_two_workers_at_once_leave_everything_once(home: Path, feeds: int, killings: int) -> None:
    with a_city(home, feeds) as city:
        city.offer(30, edition=0)
        city.worker()
        second = city.worker()
        assert city.work(0, 12).wait(WITHIN) == 0, city.said()
        for number in range(killings):
            city.offer(30 + number, edition=number)
            assert city.work(0, 12).wait(WITHIN) == 0, city.said()
            killed(second)
            second = city.worker()
        city.settle(12)
        city.end()
        assert_everything_is_there_once(city, 12)


@pytest.mark.full
def test_full_disk_in_the_middle_of_a_visit_stops_one_source_and_loses_nothing(home: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "4m") as small, a_city(home, feeds=4) as city:
        (small / "archive").mkdir()
        (home / "archive").symlink_to(small / "archive")
        city.offer(2, edition=0)
        assert city.start(*HAIHE, "collect").wait(WITHIN) == 0, city.said()
        filler = fill(small, leave=64 * 1024)
        city.offer(4, edition=1)
        city.entries[0, 4] = random.Random(20261123).randbytes(200_000).hex()
        city.serve(0)
        worker = city.worker()
        assert city.work(0, 0).wait(WITHIN) == 0, city.said()
        problem = "SELECT name FROM newsroom_source WHERE problem_code = 'StoreFull'"
        items = (
            "SELECT s.name, count(*) FROM newsroom_item i JOIN newsroom_source s ON s.id = i.source_id "
            "GROUP BY 1 ORDER BY 1"
        )
        assert until(lambda: city.rows(problem)) == [("源0",)]
        assert until(lambda: city.rows(items) == [("源0", 2), ("源1", 4), ("源2", 4), ("源3", 4)])

        filler.unlink()
        assert city.work(0, 3).wait(WITHIN) == 0, city.said()
        city.settle(3)
        assert worker.poll() is None
        city.end()
        assert_everything_is_there_once(city, 3, ["StoreFull"])
